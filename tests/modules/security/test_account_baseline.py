"""Each part of the baseline exists exactly if its setting is on."""

from __future__ import annotations

import pytest

from config.security import SecuritySettings
from modules.security.account_baseline import AccountBaseline
from tests.template import LABEL, Template, new_stack

PARTS = {
    "block_public_buckets": {"aws_s3_account_public_access_block"},
    "encrypt_volumes": {"aws_ebs_encryption_by_default", "aws_ebs_snapshot_block_public_access"},
    "password_policy": {"aws_iam_account_password_policy"},
    "access_analyzer": {"aws_accessanalyzer_analyzer"},
}


def template(*on: str) -> Template:
    stack = new_stack()
    switches = {name: name in on for name in PARTS}
    config = SecuritySettings.model_validate({**switches, "cis_alarms": False})
    AccountBaseline(stack, "account", config=config, label=LABEL)
    return Template.of(stack)


@pytest.mark.parametrize("part", PARTS)
def test_each_setting_adds_only_its_own_resources(part: str) -> None:
    assert {address.partition(".")[0] for address in template(part).addresses} == PARTS[part]


def test_public_buckets_are_blocked_in_all_four_ways() -> None:
    block = template("block_public_buckets").only("aws_s3_account_public_access_block")
    settings = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    assert all(block[setting] is True for setting in settings)


def test_passwords_are_long_and_not_reused() -> None:
    policy = template("password_policy").only("aws_iam_account_password_policy")
    assert (policy["minimum_password_length"], policy["password_reuse_prevention"]) == (14, 24)


def test_snapshots_cannot_be_shared_publicly() -> None:
    assert template("encrypt_volumes").only("aws_ebs_snapshot_block_public_access")["state"] == "block-all-sharing"
