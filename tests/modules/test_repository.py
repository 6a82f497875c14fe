"""Image repositories: immutable tags, scanned images, and expiry of old ones."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

import pytest

from modules.key import Key
from modules.repository import EnhancedScanning, Repository
from modules.role import Role, ServicePrincipal
from tests.modules.service.parts import REGISTRY
from tests.template import LABEL, Template, new_stack, statements


def template(*, protect: bool = False) -> Template:
    stack = new_stack()
    key = Key(stack, "key", label=LABEL, name="registry", description="Images", protect=protect)
    repository = Repository(
        stack, "api-images", config=REGISTRY, prefix=LABEL.project, service="api", key=key, protect=protect
    )
    for name, grant in (("puller", repository.grant_pull), ("pusher", repository.grant_push)):
        grant(Role(stack, name, label=LABEL, service=ServicePrincipal.ECS_TASKS, description=name))
    EnhancedScanning(stack, "scanning", prefixes=["user-management-", "copies/"])
    return Template.of(stack)


def test_tags_are_immutable_and_each_push_is_scanned() -> None:
    repository = template().only("aws_ecr_repository")
    assert repository["name"] == "user-management-api"
    assert repository["image_tag_mutability"] == "IMMUTABLE"
    assert repository["image_scanning_configuration"] == {"scan_on_push": True}


def test_it_is_encrypted_with_the_key() -> None:
    (encryption,) = template().only("aws_ecr_repository")["encryption_configuration"]
    assert encryption == {"encryption_type": "KMS", "kms_key": "${aws_kms_key.key.arn}"}


def rules() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(template().only("aws_ecr_lifecycle_policy")["policy"])["rules"]
    return found


def test_builds_expire_by_number_and_untagged_images_by_age() -> None:
    _, untagged, builds = (rule["selection"] for rule in rules())
    assert (untagged["tagStatus"], untagged["countNumber"], untagged["countUnit"]) == ("untagged", 3, "days")
    assert (builds["tagPatternList"], builds["countType"], builds["countNumber"]) == (
        ["build-*"],
        "imageCountMoreThan",
        5,
    )


def test_a_release_stays_also_with_the_tag_of_its_build() -> None:
    images = [{"build-1", "release-1"}, *({f"build-{number}"} for number in range(2, 9)), {"release-2"}, {"v1"}]
    assert expired(images, rules()) == [{"build-2"}, {"build-3"}]  # a release counts as a build of the newest five


def expired(images: list[set[str]], policy: list[dict[str, Any]]) -> list[set[str]]:
    """The images that a policy expires, the oldest first: each is of the first rule that matches it.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
    """
    gone = []
    matched: list[set[str]] = []
    for rule in policy:
        patterns = rule["selection"].get("tagPatternList")
        if not patterns:
            continue
        found = [one for one in images if all(any(fnmatchcase(tag, p) for tag in one) for p in patterns)]
        surplus = found[: max(0, len(found) - rule["selection"]["countNumber"])]
        gone += [one for one in surplus if one not in matched]
        matched += found
    return gone


def test_only_an_unprotected_one_is_deleted_with_its_images() -> None:
    assert template().only("aws_ecr_repository")["force_delete"] is True
    protected = template(protect=True).only("aws_ecr_repository")
    assert (protected["force_delete"], protected["lifecycle"]) == (False, {"prevent_destroy": True})


@pytest.mark.parametrize(("role", "pushes"), [("puller", False), ("pusher", True)])
def test_grant_pull_does_not_allow_push(role: str, *, pushes: bool) -> None:
    log_in, images = statements(template().named(f"aws_iam_role_policy.{role}_permissions")["policy"])
    assert (log_in["Action"], log_in["Resource"]) == ("ecr:GetAuthorizationToken", "*")
    assert ("ecr:PutImage" in images["Action"]) is pushes
    assert images["Resource"] == "${aws_ecr_repository.api-images.arn}"


def test_enhanced_scanning_covers_these_repositories_only() -> None:
    (rule,) = template().only("aws_ecr_registry_scanning_configuration", scan_type="ENHANCED")["rule"]
    assert rule["scan_frequency"] == "CONTINUOUS_SCAN"
    assert rule["repository_filter"] == [
        {"filter": "user-management-*", "filter_type": "WILDCARD"},
        {"filter": "copies/*", "filter_type": "WILDCARD"},
    ]
