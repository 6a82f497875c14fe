"""Names are within AWS's limits, and two names are never the same."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.label import NameLimit
from tests.template import LABEL

COMPONENTS = st.from_regex(r"[a-z][a-z0-9-]{0,80}", fullmatch=True)


def test_a_short_name_is_project_environment_component() -> None:
    assert LABEL.name("api", limit=NameLimit.IAM_ROLE) == "user-management-test-api"


@given(component=COMPONENTS, limit=st.sampled_from(NameLimit))
def test_no_name_is_longer_than_its_limit(component: str, limit: NameLimit) -> None:
    name = LABEL.name(component, limit=limit)
    assert len(name) <= limit
    assert not name.endswith("-") or component.endswith("-")


@given(component=COMPONENTS)
def test_a_bucket_name_is_valid_for_s3(component: str) -> None:
    name = LABEL.bucket_name(component.rstrip("-") or "a")
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", name)
    assert name.endswith(f"-{LABEL.account_id}")


def test_two_long_names_with_the_same_start_stay_different() -> None:
    names = {LABEL.name("x" * 60 + end, limit=NameLimit.IAM_ROLE) for end in ("a", "b")}
    assert len(names) == 2
    assert {len(name) for name in names} == {NameLimit.IAM_ROLE}


def test_tags_name_the_owner_and_the_tool() -> None:
    assert LABEL.tags == {
        "Project": "user-management",
        "Environment": "test",
        "Layer": "unit",
        "ManagedBy": "terraform",
        "Owner": "platform",
        "CostCenter": "user-management",
    }


@pytest.mark.parametrize(
    ("region", "arn"),
    [
        (None, "arn:aws:logs:us-east-1:444444444444:log-group:x"),
        ("", "arn:aws:logs::444444444444:log-group:x"),
    ],
)
def test_an_arn_is_of_this_account(region: str | None, arn: str) -> None:
    assert LABEL.arn("logs", "log-group:x", region=region) == arn


def test_another_environment_has_another_prefix() -> None:
    assert replace(LABEL, environment="prod").prefix == "user-management-prod"
