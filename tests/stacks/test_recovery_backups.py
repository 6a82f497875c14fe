"""Layer `recovery`: backups of the databases in both regions, whose stacks know each other by names alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.template import statements

if TYPE_CHECKING:
    from tests.template import Template

HOME, COPIES = "prod-recovery", "prod-recovery-us-west-2"


def states_read(template: Template) -> set[str]:
    """The keys of the states that a stack reads."""
    read = template.document.get("data", {}).get("terraform_remote_state", {})
    return {entry["config"]["key"].partition("/")[0] for entry in read.values()}


def test_neither_stack_reads_a_state_of_the_other_region(stacks: dict[str, Template]) -> None:
    elsewhere = {"recovery-us-west-2", "notifications-us-west-2"}
    assert not states_read(stacks[HOME]) & elsewhere
    assert states_read(stacks[COPIES]) <= elsewhere


def test_copies_go_to_the_vault_that_the_other_stack_makes(stacks: dict[str, Template]) -> None:
    vault = stacks[COPIES].only("aws_backup_vault")
    destinations = {
        copy["destination_vault_arn"]
        for rule in stacks[HOME].only("aws_backup_plan")["rule"]
        for copy in rule["copy_action"]
    }
    (destination,) = destinations
    assert destination.startswith("arn:aws:backup:us-west-2:")
    assert destination.endswith(f":backup-vault:{vault['name']}")
    assert vault["kms_key_arn"] == "${aws_kms_key.key.arn}"


def test_the_role_is_made_where_it_is_destroyed_last(stacks: dict[str, Template]) -> None:
    (role,) = (one for name, one in stacks[COPIES].all("aws_iam_role").items() if name.startswith("backup-role"))
    selection = stacks[HOME].only("aws_backup_selection")
    assert selection["iam_role_arn"].endswith(f":role/{role['name']}")
    assert not any(name.startswith("backup-role") for name in stacks[HOME].all("aws_iam_role"))
    assert any("backup-role" in one for one in stacks[COPIES].only("aws_backup_vault")["depends_on"])


def test_the_role_may_use_the_key_of_the_databases_by_its_alias(stacks: dict[str, Template]) -> None:
    data = stacks["prod-data"]
    alias = data.only("aws_kms_alias", target_key_id="${aws_kms_key.databases-key.key_id}")["name"]
    policies = stacks[COPIES].all("aws_iam_role_policy")
    (policy,) = (one["policy"] for name, one in policies.items() if name.startswith("backup-role"))
    uses = {one["Sid"]: one for one in statements(policy)}
    assert uses["GrantDatabaseKey"]["Condition"]["ForAnyValue:StringEquals"] == {"kms:ResourceAliases": alias}
    assert ":kms:us-east-1:" in uses["GrantDatabaseKey"]["Resource"]
    assert uses["GrantCopiesKey"]["Resource"] == "${aws_kms_key.key.arn}"


def test_the_source_of_the_replicated_backups_is_the_instance_of_the_layer_data(stacks: dict[str, Template]) -> None:
    replication = stacks[COPIES].only("aws_db_instance_automated_backups_replication")
    primary = stacks["prod-data"].named("aws_db_instance.postgres")
    assert replication["source_db_instance_arn"].endswith(f":db:{primary['identifier']}")
    assert replication["retention_period"] == primary["backup_retention_period"]


def test_each_database_has_the_tags_of_the_selection_in_prod_only(stacks: dict[str, Template]) -> None:
    data = stacks["prod-data"]
    for database in (data.named("aws_db_instance.postgres"), data.only("aws_docdb_cluster")):
        assert database["tags"] == {"backup-plan": "user-management-prod"}
    assert "tags" not in stacks["staging-data"].named("aws_db_instance.postgres")


@pytest.mark.parametrize("stack", [HOME, COPIES])
def test_failures_are_reported_in_both_regions(stacks: dict[str, Template], stack: str) -> None:
    rules = stacks[stack].all("aws_cloudwatch_event_rule").values()
    details = {kind for rule in rules for kind in json.loads(rule["event_pattern"]).get("detail-type", ())}
    assert details >= {"Backup Job State Change", "Copy Job State Change", "Restore Job State Change"}


@pytest.mark.parametrize("stack", [HOME, COPIES])
def test_both_vaults_are_locked_as_the_settings_say(stacks: dict[str, Template], stack: str) -> None:
    lock = stacks[stack].only("aws_backup_vault_lock_configuration")
    assert (lock["changeable_for_days"], lock["min_retention_days"], lock["max_retention_days"]) == (3, 7, 365)
