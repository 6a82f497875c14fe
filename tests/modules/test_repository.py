"""Image repositories: immutable tags, scanned images, and expiry of old ones."""

from __future__ import annotations

import json

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
    EnhancedScanning(stack, "scanning", prefix=LABEL.project)
    return Template.of(stack)


def test_tags_are_immutable_and_each_push_is_scanned() -> None:
    repository = template().only("aws_ecr_repository")
    assert repository["name"] == "user-management-api"
    assert repository["image_tag_mutability"] == "IMMUTABLE"
    assert repository["image_scanning_configuration"] == {"scan_on_push": True}


def test_it_is_encrypted_with_the_key() -> None:
    (encryption,) = template().only("aws_ecr_repository")["encryption_configuration"]
    assert encryption == {"encryption_type": "KMS", "kms_key": "${aws_kms_key.key.arn}"}


def test_the_newest_releases_are_kept_and_untagged_images_expire() -> None:
    rules = json.loads(template().only("aws_ecr_lifecycle_policy")["policy"])["rules"]
    untagged, tagged = (rule["selection"] for rule in rules)
    assert (untagged["tagStatus"], untagged["countNumber"], untagged["countUnit"]) == ("untagged", 3, "days")
    assert (tagged["tagPatternList"], tagged["countType"], tagged["countNumber"]) == (["*"], "imageCountMoreThan", 5)


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
    assert rule["repository_filter"] == [{"filter": "user-management-*", "filter_type": "WILDCARD"}]
