"""Layer `security` as the committed environments get it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fixtures import ENVIRONMENTS

if TYPE_CHECKING:
    from tests.template import Template

every_environment = pytest.mark.parametrize("environment", ENVIRONMENTS)
WATCHERS = ("aws_cloudtrail", "aws_guardduty_detector", "aws_config_configuration_recorder")


@pytest.mark.parametrize("kind", [*WATCHERS, "aws_accessanalyzer_analyzer"])
def test_prod_has_every_service_once(stacks: dict[str, Template], kind: str) -> None:
    assert stacks["prod-security"].only(kind)


@every_environment
def test_every_account_is_closed_where_that_is_free(stacks: dict[str, Template], environment: str) -> None:
    security = stacks[f"{environment}-security"]
    for kind in ("aws_s3_account_public_access_block", "aws_ebs_encryption_by_default"):
        assert security.only(kind)


def test_dev_pays_for_none_of_the_watchers(stacks: dict[str, Template]) -> None:
    assert not any(stacks["dev-security"].all(kind) for kind in WATCHERS)


def test_prods_trail_cannot_be_deleted_for_a_year(stacks: dict[str, Template]) -> None:
    lock = stacks["prod-security"].only("aws_s3_bucket_object_lock_configuration")
    assert lock["rule"]["default_retention"] == {"mode": "COMPLIANCE", "days": 365}


@every_environment
def test_nobody_from_github_gets_in_unless_a_person_says_who(stacks: dict[str, Template], environment: str) -> None:
    assert stacks[f"{environment}-security"].all("aws_iam_openid_connect_provider") == {}
