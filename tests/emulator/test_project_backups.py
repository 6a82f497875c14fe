"""The project's own plan, role and boundary let AWS Backup back up and copy each database, and not empty."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from config.backup_plan import BackupPlanSettings
from modules.backup_names import backup_tag
from modules.boundary import Boundary, boundary_arn, boundary_name
from modules.policy import render_statements
from modules.recovery.backup_plan import BackupPlan
from modules.recovery.backup_role import BackupKey, create_backup_role
from modules.recovery.backup_vault import BackupVault, vault_arn, vault_name
from modules.security.backup_limits import backup_limits
from tests.emulator import postgres
from tests.emulator.services.backup import AWAY, HOME, Backups
from tests.template import LABEL, Template, new_stack

if TYPE_CHECKING:
    from emulator import Emulator
    from tests.emulator.conftest import Client

LABEL_HERE = replace(LABEL, account_id="700000000909", region=HOME, home_region=HOME)
TAGS = {**LABEL_HERE.tags, **backup_tag(LABEL_HERE)}
ALIAS = f"alias/{LABEL_HERE.prefix}-databases"


class World:
    """An account with the two vaults, the two databases, and what the project synthesizes for them."""

    def __init__(self, client: Client, emulator: Emulator) -> None:
        self.backups = Backups(client, emulator, LABEL_HERE.account_id)
        self.key, self.copies_key = self.backups.key(HOME), self.backups.key(AWAY)
        self.backups.service("kms").create_alias(AliasName=ALIAS, TargetKeyId=self.key)
        for region, key in ((HOME, self.key), (AWAY, self.copies_key)):
            backup = self.backups.service("backup", region)
            backup.create_backup_vault(BackupVaultName=vault_name(LABEL_HERE), EncryptionKeyArn=key)
        self.backups.service("backup").update_region_settings(ResourceTypeOptInPreference={"DocumentDB": True})
        self._add_databases(client)
        self._iam = self.backups.service("iam")
        self._iam.create_policy(
            PolicyName=boundary_name(LABEL_HERE, Boundary.BACKUP),
            PolicyDocument=render_statements(*backup_limits(LABEL_HERE)),
        )

    def _add_databases(self, client: Client) -> None:
        tags = [{"Key": key, "Value": value} for key, value in TAGS.items()]
        encrypted: dict[str, Any] = {"StorageEncrypted": True, "KmsKeyId": self.key, "Tags": tags}
        name = f"{LABEL_HERE.prefix}-postgres"
        postgres.create(client, name, account=LABEL_HERE.account_id, **encrypted)
        self.backups.service("rds").create_db_cluster(
            DBClusterIdentifier=f"{LABEL_HERE.prefix}-documentdb",
            Engine="docdb",
            MasterUsername="chief",
            MasterUserPassword=postgres.PASSWORD,
            **encrypted,
        )

    def run(self, name: str, *, without: str = "") -> Any:
        """Make the plan, with a role that lacks one statement, and run its daily rule."""
        template = self._synthesize()
        policy = json.loads(template.only("aws_iam_role_policy")["policy"])
        policy["Statement"] = [one for one in policy["Statement"] if one["Sid"] != without]
        role = template.only("aws_iam_role")
        arn = self._iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=role["assume_role_policy"],
            PermissionsBoundary=boundary_arn(LABEL_HERE, Boundary.BACKUP),
        )["Role"]["Arn"]
        self._iam.put_role_policy(RoleName=name, PolicyName="permissions", PolicyDocument=json.dumps(policy))
        backup = self.backups.service("backup")
        rules = [_rule(rule) for rule in template.only("aws_backup_plan")["rule"]]
        plan = backup.create_backup_plan(BackupPlan={"BackupPlanName": name, "Rules": rules})["BackupPlanId"]
        selection = template.only("aws_backup_selection")
        tests = selection["condition"][0]["string_equals"]
        conditions = [{"ConditionKey": test["key"], "ConditionValue": test["value"]} for test in tests]
        chosen = {
            "SelectionName": name,
            "IamRoleArn": arn,
            "Resources": selection["resources"],
            "Conditions": {"StringEquals": conditions},
        }
        backup.create_backup_selection(BackupPlanId=plan, BackupSelection=chosen)
        return self.backups.run_plans(plan=plan, rule="daily")

    def _synthesize(self) -> Template:
        stack = new_stack()
        config = BackupPlanSettings()
        role = create_backup_role(
            stack,
            "role",
            label=LABEL_HERE.in_region(AWAY),
            databases_key=BackupKey.named(LABEL_HERE, ALIAS),
            copies_key=BackupKey.of(self.copies_key),
        )
        vault = BackupVault(stack, "vault", config=config, label=LABEL_HERE, key_arn=self.key, protect=False)
        copies = vault_arn(LABEL_HERE, region=AWAY)
        BackupPlan(
            stack,
            "plan",
            config=config,
            label=LABEL_HERE,
            vault=vault,
            role_arn=role.arn,
            copies_vault_arn=copies,
            has_documentdb=True,
        )
        return Template.of(stack)


def _rule(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule as the provider sends it."""
    return {
        "RuleName": rule["rule_name"],
        "TargetBackupVaultName": vault_name(LABEL_HERE),
        "ScheduleExpression": rule["schedule"],
        "StartWindowMinutes": rule["start_window"],
        "CompletionWindowMinutes": rule["completion_window"],
        "Lifecycle": {"DeleteAfterDays": rule["lifecycle"]["delete_after"]},
        "CopyActions": [
            {
                "DestinationBackupVaultArn": copy["destination_vault_arn"],
                "Lifecycle": {"DeleteAfterDays": copy["lifecycle"]["delete_after"]},
            }
            for copy in rule["copy_action"]
        ],
    }


@pytest.fixture(scope="module")
def world(client: Client, emulator: Emulator) -> World:
    return World(client, emulator)


def test_each_database_is_backed_up_and_copied(world: World) -> None:
    ran = world.run("whole")
    assert sorted(job["resource"].rpartition(":")[2] for job in ran["backups"]) == [
        f"{LABEL_HERE.prefix}-documentdb",
        f"{LABEL_HERE.prefix}-postgres",
    ]
    assert [(job["state"], job["empty"]) for job in ran["backups"]] == [("COMPLETED", False)] * 2
    assert [job["state"] for job in ran["copies"]] == ["COMPLETED"] * 2
    points = world.backups.service("backup", AWAY).list_recovery_points_by_backup_vault(
        BackupVaultName=vault_name(LABEL_HERE)
    )["RecoveryPoints"]
    assert {point["EncryptionKeyArn"] for point in points} == {world.copies_key}
    assert {point["Lifecycle"]["DeleteAfterDays"] for point in points} == {7}


@pytest.mark.parametrize("region", [HOME, AWAY])
def test_each_backup_and_copy_has_the_tag_by_which_the_role_may_delete_it(world: World, region: str) -> None:
    ran = world.run(f"tagged-{region}")
    rds = world.backups.service("rds", region)
    found = [
        *rds.describe_db_snapshots(SnapshotType="awsbackup")["DBSnapshots"],
        *rds.describe_db_cluster_snapshots(SnapshotType="awsbackup")["DBClusterSnapshots"],
    ]
    assert len(found) >= len(ran["backups"])
    for snapshot in found:
        assert backup_tag(LABEL_HERE).items() <= {tag["Key"]: tag["Value"] for tag in snapshot["TagList"]}.items()


@pytest.mark.parametrize("statement", ["GrantDatabaseKey", "DescribeDatabaseKey"])
def test_without_a_right_for_the_key_jobs_succeed_and_are_empty(world: World, statement: str) -> None:
    ran = world.run(f"blind-{statement}", without=statement)
    assert [(job["state"], job["empty"]) for job in ran["backups"]] == [("COMPLETED", True)] * 2


@pytest.mark.parametrize("statement", ["MakeSnapshots", "DescribeDatabases"])
def test_without_a_right_for_the_snapshots_jobs_fail(world: World, statement: str) -> None:
    ran = world.run(f"weak-{statement}", without=statement)
    assert [job["state"] for job in ran["backups"]] == ["FAILED"] * 2


@pytest.mark.parametrize("statement", ["CopySnapshots", "UseVaults"])
def test_without_a_right_for_the_copies_they_fail_and_the_backups_do_not(world: World, statement: str) -> None:
    ran = world.run(f"home-{statement}", without=statement)
    assert [job["state"] for job in ran["backups"]] == ["COMPLETED"] * 2
    assert [job["state"] for job in ran["copies"]] == ["FAILED"] * 2
