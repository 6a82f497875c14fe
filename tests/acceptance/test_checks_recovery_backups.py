"""The checks of backups find a database without the tag of the plan, and backups that are not replicated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from acceptance.account import EmulatedSession
from acceptance.checks.recovery import (
    check_the_backup_plan_finds_each_database,
    check_the_backups_of_postgres_are_replicated,
)
from emulator import Emulator
from tests.emulator.backup_role import create_role
from tests.fixtures import fixture_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNT = "900000000091"
ENVIRONMENT = fixture_environment("prod").model_copy(update={"account_id": ACCOUNT, "documentdb": None})
PREFIX, AWAY = ENVIRONMENT.names.prefix, "us-west-2"
SOURCE = f"arn:aws:rds:us-east-1:{ACCOUNT}:db:{PREFIX}-postgres"
TAG = {"Key": "backup-plan", "Value": PREFIX}


@pytest.fixture(scope="module")
def session() -> Iterator[EmulatedSession]:
    with Emulator() as running:
        made = EmulatedSession(url=running.url, account_id=ACCOUNT, region="us-east-1")
        backup = made.client("backup")
        backup.create_backup_vault(BackupVaultName="vault")
        rule = {"RuleName": "daily", "TargetBackupVaultName": "vault"}
        plan = {"BackupPlanName": f"{PREFIX}-databases", "Rules": [rule]}
        wanted = {"ConditionKey": f"aws:ResourceTag/{TAG['Key']}", "ConditionValue": TAG["Value"]}
        backup.create_backup_selection(
            BackupPlanId=backup.create_backup_plan(BackupPlan=plan)["BackupPlanId"],
            BackupSelection={
                "SelectionName": "databases",
                "IamRoleArn": create_role(made.client("iam"), "backup"),
                "Resources": ["*"],
                "Conditions": {"StringEquals": [wanted]},
            },
        )
        made.client("rds").create_db_instance(
            DBInstanceIdentifier=f"{PREFIX}-postgres",
            Engine="postgres",
            DBInstanceClass="db.t4g.micro",
            AllocatedStorage=20,
            BackupRetentionPeriod=7,
        )
        yield made


def test_a_database_without_the_tag_is_found(session: Any) -> None:
    problem = f"no selection of a backup plan finds {SOURCE}"
    session.client("rds").remove_tags_from_resource(ResourceName=SOURCE, TagKeys=[TAG["Key"]])
    assert list(check_the_backup_plan_finds_each_database(ENVIRONMENT, session)) == [problem]
    session.client("rds").add_tags_to_resource(ResourceName=SOURCE, Tags=[TAG])
    assert list(check_the_backup_plan_finds_each_database(ENVIRONMENT, session)) == []


def test_a_selection_that_names_other_databases_finds_none_and_documentdb_needs_the_opt_in(session: Any) -> None:
    backup, rds = session.client("backup"), session.client("rds")
    (plan,) = backup.list_backup_plans()["BackupPlansList"]
    (listed,) = backup.list_backup_selections(BackupPlanId=plan["BackupPlanId"])["BackupSelectionsList"]
    place = {"BackupPlanId": plan["BackupPlanId"], "SelectionId": listed["SelectionId"]}
    rds.add_tags_to_resource(ResourceName=SOURCE, Tags=[TAG])
    selection = backup.get_backup_selection(**place)["BackupSelection"]
    rds.create_db_cluster(
        DBClusterIdentifier=f"{PREFIX}-documentdb",
        Engine="docdb",
        MasterUsername="root1",
        MasterUserPassword="password1",
        Tags=[TAG],
    )
    both = fixture_environment("prod").model_copy(update={"account_id": ACCOUNT})
    cluster = f"arn:aws:rds:us-east-1:{ACCOUNT}:cluster:{PREFIX}-documentdb"

    opt_in = f"no backup plan finds {cluster}: the region has not opted in to DocumentDB"
    assert list(check_the_backup_plan_finds_each_database(both, session)) == [opt_in]
    backup.update_region_settings(ResourceTypeOptInPreference={"DocumentDB": True})
    assert list(check_the_backup_plan_finds_each_database(both, session)) == []

    backup.delete_backup_selection(**place)
    only = {**selection, "Resources": [f"arn:aws:rds:us-east-1:{ACCOUNT}:db:{PREFIX}-*"]}
    backup.create_backup_selection(BackupPlanId=plan["BackupPlanId"], BackupSelection=only)
    missing = f"no selection of a backup plan finds {cluster}"
    assert list(check_the_backup_plan_finds_each_database(both, session)) == [missing]


def test_backups_that_are_not_replicated_are_found(session: Any) -> None:
    (problem,) = check_the_backups_of_postgres_are_replicated(ENVIRONMENT, session)
    assert problem == f"the backups of {SOURCE} in us-west-2 are not there, not replicating"
    away = session.client("rds", region_name=AWAY)
    away.start_db_instance_automated_backups_replication(SourceDBInstanceArn=SOURCE)
    assert list(check_the_backups_of_postgres_are_replicated(ENVIRONMENT, session)) == []


def test_an_environment_without_recovery_has_nothing_to_check(session: Any) -> None:
    without = ENVIRONMENT.model_copy(update={"recovery": None})
    assert list(check_the_backup_plan_finds_each_database(without, session)) == []
    assert list(check_the_backups_of_postgres_are_replicated(without, session)) == []
