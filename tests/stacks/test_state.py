"""Layer `state`, and its use by every stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fixtures import ENVIRONMENTS

if TYPE_CHECKING:
    from config.environment import Environment
    from tests.template import Template

every_environment = pytest.mark.parametrize("environment", ENVIRONMENTS)


@every_environment
def test_every_stack_has_its_state_in_the_bucket_of_layer_state(stacks: dict[str, Template], environment: str) -> None:
    state = stacks[f"{environment}-state"]
    for stack in stacks.values():
        if stack.metadata["environment"] != environment:
            continue
        backend = stack.document["terraform"]["backend"]["s3"]
        assert backend["bucket"] == state.named("aws_s3_bucket.state_bucket")["bucket"]
        assert backend["dynamodb_table"] == state.only("aws_dynamodb_table")["name"]
        assert backend["kms_key_id"].endswith(":" + state.only("aws_kms_alias")["name"])
        assert (backend["use_lockfile"], backend["encrypt"]) == (True, True)
        assert backend["key"] == f"{stack.metadata['name']}/terraform.tfstate"


@every_environment
def test_every_stack_is_bound_to_its_account_and_to_one_provider(
    stacks: dict[str, Template], environments: dict[str, Environment], environment: str
) -> None:
    for document in (s.document for s in stacks.values() if s.metadata["environment"] == environment):
        for provider in document["provider"]["aws"]:
            assert provider["allowed_account_ids"] == [environments[environment].account_id]
            assert provider["default_tags"][0]["tags"]["Environment"] == environment
        assert document["terraform"]["required_providers"]["aws"]["version"] == "5.100.0"
        assert document["terraform"]["required_version"] == ">= 1.11"
        assert document["//"]["metadata"]["protect_data"] is environments[environment].protect_data


def test_prod_state_cannot_be_destroyed(stacks: dict[str, Template]) -> None:
    state = stacks["prod-state"]
    for kind in ("aws_s3_bucket", "aws_dynamodb_table", "aws_kms_key"):
        assert state.all(kind)
        assert all(r["lifecycle"]["prevent_destroy"] is True for r in state.all(kind).values())


def test_dev_can_be_destroyed(stacks: dict[str, Template]) -> None:
    state = stacks["dev-state"]
    assert all(bucket["force_destroy"] is True for bucket in state.all("aws_s3_bucket").values())
    assert "prevent_destroy" not in str(state.document["resource"])
