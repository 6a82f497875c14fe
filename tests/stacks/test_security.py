"""Layer `security` of the test environments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fixtures import ENVIRONMENTS

if TYPE_CHECKING:
    from tests.template import Template

every_environment = pytest.mark.parametrize("environment", ENVIRONMENTS)
PAID_SERVICES = ("aws_cloudtrail", "aws_guardduty_detector", "aws_config_configuration_recorder")


@pytest.mark.parametrize("kind", [*PAID_SERVICES, "aws_accessanalyzer_analyzer"])
def test_prod_has_every_service_once(stacks: dict[str, Template], kind: str) -> None:
    assert stacks["prod-security"].only(kind)


@every_environment
def test_every_account_has_the_free_protections(stacks: dict[str, Template], environment: str) -> None:
    security = stacks[f"{environment}-security"]
    for kind in ("aws_s3_account_public_access_block", "aws_ebs_encryption_by_default"):
        assert security.only(kind)


def test_dev_has_no_paid_security_services(stacks: dict[str, Template]) -> None:
    assert not any(stacks["dev-security"].all(kind) for kind in PAID_SERVICES)


def test_prods_trail_cannot_be_deleted_for_a_year(stacks: dict[str, Template]) -> None:
    lock = stacks["prod-security"].only("aws_s3_bucket_object_lock_configuration")
    assert lock["rule"]["default_retention"] == {"mode": "COMPLIANCE", "days": 365}


@every_environment
def test_there_are_no_github_roles_without_the_table(stacks: dict[str, Template], environment: str) -> None:
    assert stacks[f"{environment}-security"].all("aws_iam_openid_connect_provider") == {}
