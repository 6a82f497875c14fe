"""Layer `state`, and its use by every stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fixtures import ENVIRONMENTS

if TYPE_CHECKING:
    from config.environment import Environment
    from tests.template import Template

SURVIVORS = {"prod-notifications-us-west-2", "prod-recovery-us-west-2", "prod-recovery-drills-us-west-2"}
"""The stacks that are planned and applied while the first region is lost."""

every_environment = pytest.mark.parametrize("environment", ENVIRONMENTS)


@every_environment
def test_every_stack_has_its_state_in_the_bucket_of_layer_state(stacks: dict[str, Template], environment: str) -> None:
    state = stacks[f"{environment}-state"]
    region = state.metadata["region"]
    for stack in stacks.values():
        if stack.metadata["environment"] != environment:
            continue
        backend = stack.document["terraform"]["backend"]["s3"]
        kept = "copies" if backend["region"] != region else "state"
        assert backend["bucket"] == state.named(f"aws_s3_bucket.{kept}_bucket")["bucket"]
        assert backend["dynamodb_table"] == state.only("aws_dynamodb_table")["name"]
        alias = state.named(f"aws_kms_alias.{kept}_key_alias")["name"]
        assert backend["kms_key_id"] == f"arn:aws:kms:{backend['region']}:{account(state)}:{alias}"
        assert (backend["use_lockfile"], backend["encrypt"]) == (True, True)
        assert backend["key"] == f"{stack.metadata['name']}/terraform.tfstate"


def account(stack: Template) -> str:
    """The one account that Terraform may change."""
    (number,) = stack.document["provider"]["aws"][0]["allowed_account_ids"]
    return str(number)


def test_a_stack_that_survives_the_first_region_keeps_its_state_in_the_second_one(stacks: dict[str, Template]) -> None:
    kept = {id_: stack.document["terraform"]["backend"]["s3"]["region"] for id_, stack in stacks.items()}
    in_second = {id_ for id_, region in kept.items() if region == "us-west-2"}
    assert in_second == SURVIVORS


@pytest.mark.parametrize("id_", sorted(SURVIVORS))
def test_and_reads_no_state_of_the_first_one(stacks: dict[str, Template], id_: str) -> None:
    read = stacks[id_].document.get("data", {}).get("terraform_remote_state", {})
    assert {entry["config"]["region"] for entry in read.values()} <= {"us-west-2"}


def test_the_copies_have_the_provider_of_the_second_region_and_nothing_else_has(stacks: dict[str, Template]) -> None:
    state = stacks["prod-state"]
    placed = {
        f"{kind}.{name}": resource.get("provider")
        for kind, named in state.document["resource"].items()
        for name, resource in named.items()
    }
    assert {where for where, provider in placed.items() if provider == "aws.us-west-2"} == {
        where for where in placed if where.partition(".")[2].startswith("copies_")
    }
    assert set(placed.values()) == {None, "aws.us-west-2"}
    assert {one.get("alias"): one["region"] for one in state.document["provider"]["aws"]} == {
        None: "us-east-1",
        "us-west-2": "us-west-2",
    }


def test_the_states_are_copied_to_the_bucket_in_the_second_region(stacks: dict[str, Template]) -> None:
    state = stacks["prod-state"]
    replication = state.only("aws_s3_bucket_replication_configuration")
    assert replication["bucket"].startswith("${aws_s3_bucket.state_bucket")
    target = replication["rule"][0]["destination"]
    assert target["bucket"] == f"arn:aws:s3:::{state.named('aws_s3_bucket.copies_bucket')['bucket']}"
    assert "provider" not in replication


def test_the_replica_of_the_lock_table_is_protected_as_the_table_is(stacks: dict[str, Template]) -> None:
    state = stacks["prod-state"]
    table, replica = state.only("aws_dynamodb_table"), state.only("aws_dynamodb_table_replica")
    assert table["stream_view_type"] == "NEW_AND_OLD_IMAGES"
    assert table["lifecycle"]["ignore_changes"] == ["replica"]
    assert replica["deletion_protection_enabled"] is replica["point_in_time_recovery"] is True
    assert replica["kms_key_arn"].startswith("${aws_kms_key.copies_key")
    assert replica["lifecycle"]["prevent_destroy"] is True


@pytest.mark.parametrize("environment", ["dev", "staging"])
def test_without_a_second_region_there_is_no_copy(stacks: dict[str, Template], environment: str) -> None:
    state = stacks[f"{environment}-state"]
    assert state.all("aws_dynamodb_table_replica") == {}
    assert "stream_enabled" not in state.only("aws_dynamodb_table")
    assert len(state.document["provider"]["aws"]) == 1


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


def test_the_role_that_copies_the_states_comes_after_its_boundary(
    stacks: dict[str, Template],
) -> None:
    """IAM neither makes a role whose boundary does not exist, nor deletes a policy that is one."""
    state = stacks["prod-state"]
    role = state.only("aws_iam_role")
    boundary = next(name for name in state.all("aws_iam_policy") if name.startswith("boundaries_deployment"))
    assert role["permissions_boundary"].endswith(":policy/user-management-prod-deployment-boundary")
    assert f"aws_iam_policy.{boundary}" in role["depends_on"]
