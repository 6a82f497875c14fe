"""A selection finds what is named or has a listed tag, is not left out, and meets all conditions."""

from __future__ import annotations

import pytest

from compliance.backup_selections import Criteria, TagTest

ARN = "arn:aws:rds:us-east-1:444444444444:db:acme-test-postgres"
TAGS = {"backup-plan": "acme-test", "Team": "web"}
NAMED = ("arn:aws:rds:*:*:db:acme-*",)
PLAN = TagTest(key="aws:ResourceTag/backup-plan", value="acme-test")
OTHER = TagTest(key="Team", value="api")


@pytest.mark.parametrize(
    ("criteria", "is_found"),
    [
        (Criteria(resources=NAMED, conditions=(PLAN,)), True),
        (Criteria(resources=NAMED, conditions=(PLAN, OTHER)), False),
        (Criteria(listed_tags=(OTHER, PLAN)), True),
        (Criteria(conditions=(PLAN,)), False),
        (Criteria(resources=NAMED, not_resources=(ARN,), conditions=(PLAN,)), False),
        (Criteria(resources=NAMED, conditions=(TagTest(key="Team", value="w*", operator="string_like"),)), True),
        (Criteria(resources=NAMED, conditions=(TagTest(key="No", value="x", operator="string_not_equals"),)), True),
        (Criteria(resources=NAMED, conditions=(TagTest(key="Team", value="w*", operator="string_not_like"),)), False),
    ],
)
def test_a_resource_is_found(criteria: Criteria, is_found: bool) -> None:  # noqa: FBT001
    assert criteria.find(ARN, TAGS) is is_found
    assert criteria.is_about_tags
