"""The lock table of the state is encrypted with the state's key and can be restored."""

from __future__ import annotations

import pytest

from modules.state_store import StateStore
from tests.fixtures import ENVIRONMENTS, fixture_environment
from tests.template import LABEL, Template, new_stack


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_lock_table_can_be_restored_and_is_encrypted(environment: str) -> None:
    settings = fixture_environment(environment)
    stack = new_stack()
    StateStore(
        stack,
        "state",
        config=settings.state,
        label=LABEL,
        access_log_retention_days=30,
        protect=settings.protect_data,
    )
    table = Template.of(stack).only("aws_dynamodb_table")
    assert table["point_in_time_recovery"] == {"enabled": True}
    assert table["server_side_encryption"]["kms_key_arn"].startswith("${aws_kms_key.state_key")
    assert table["deletion_protection_enabled"] is (environment == "prod")
