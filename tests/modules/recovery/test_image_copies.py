"""The repositories of the second region are those of the first, and the registry copies to them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from modules.key import Key
from modules.recovery.image_copies import ImageCopies, RegistryReplication
from tests.modules.service.parts import REGISTRY
from tests.template import LABEL, Template, new_stack

THERE = replace(LABEL, region="us-west-2")


@pytest.fixture(scope="module")
def template() -> Template:
    stack = new_stack()
    ImageCopies(
        stack,
        "images",
        config=REGISTRY,
        label=THERE,
        key=Key(stack, "key", label=THERE, name="copies", description="Copies", protect=True),
        repository_prefix="user-management",
        services=["backend", "public"],
        public_images={"placeholder": "public.ecr.aws/docker/library/python:3.13@sha256:" + "a" * 64},
        protect=True,
    )
    return Template.of(stack)


def repositories(template: Template) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in template.all("aws_ecr_repository").values()}


def test_each_service_has_one_with_the_name_of_its_source(template: Template) -> None:
    assert {name for name in repositories(template) if "/" not in name} == {
        "user-management-backend",
        "user-management-public",
    }


def test_all_have_immutable_tags_and_the_key(template: Template) -> None:
    for one in repositories(template).values():
        assert one["image_tag_mutability"] == "IMMUTABLE"
        assert one["encryption_configuration"] == [{"encryption_type": "KMS", "kms_key": "${aws_kms_key.key.arn}"}]
        assert one["lifecycle"] == {"prevent_destroy": True}


def test_the_lifecycle_keeps_releases(template: Template) -> None:
    for policy in template.all("aws_ecr_lifecycle_policy").values():
        assert "release-*" in policy["policy"]
    assert len(template.all("aws_ecr_lifecycle_policy")) == 2


def test_public_images_have_a_way_of_their_own(template: Template) -> None:
    rule = template.only("aws_ecr_pull_through_cache_rule")
    assert f"{rule['ecr_repository_prefix']}/docker/library/python" in repositories(template)


def test_the_registry_copies_the_repositories_of_the_environment_only() -> None:
    stack = new_stack()
    RegistryReplication(stack, "images", label=LABEL, region="us-west-2", prefixes=["user-management-"])
    (rule,) = Template.of(stack).only("aws_ecr_replication_configuration")["replication_configuration"]["rule"]
    assert rule["destination"] == [{"region": "us-west-2", "registry_id": "444444444444"}]
    assert rule["repository_filter"] == [{"filter": "user-management-", "filter_type": "PREFIX_MATCH"}]


def test_a_rule_has_no_more_filters_than_ecr_takes() -> None:
    stack, names = new_stack(), [f"app-{number}" for number in range(101)]
    RegistryReplication(stack, "images", label=LABEL, region="us-west-2", prefixes=names)
    rules = Template.of(stack).only("aws_ecr_replication_configuration")["replication_configuration"]["rule"]
    filters = [[one["filter"] for one in rule["repository_filter"]] for rule in rules]
    assert filters == [names[:100], names[100:]]
