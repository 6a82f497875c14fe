"""Neither the apply role nor a role that it makes can destroy the copies, or stop that they are made."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from compliance.evaluation import Request, is_allowed
from modules.policy import render_statements
from modules.security.audit_protection import deny_audit_erasure
from modules.security.copy_protection import deny_copy_changes
from tests.modules.security.layer import Principals, security_layer
from tests.template import LABEL

ACCOUNT = "444444444444"
PREFIX = "user-management-test"
HOME, THERE = "us-east-1", "us-west-2"
ALIASES = "kms:ResourceAliases"
REGION = "aws:RequestedRegion"
BOUNDARY = "iam:PermissionsBoundary"


@pytest.fixture(scope="module")
def who() -> Principals:
    return Principals(security_layer(replace(LABEL, recovery_region=THERE)))


def key(region: str) -> str:
    return f"arn:aws:kms:{region}:{ACCOUNT}:key/1"


def copies(component: str) -> str:
    return f"arn:aws:s3:::{PREFIX}-{component}-copy-{THERE}-{ACCOUNT}"


@pytest.mark.parametrize("region", [HOME, THERE])
@pytest.mark.parametrize(
    "action",
    [
        "DeleteBackupPlan",
        "DeleteBackupSelection",
        "DeleteBackupVault",
        "DeleteBackupVaultAccessPolicy",
        "DeleteBackupVaultLockConfiguration",
        "DeleteRecoveryPoint",
        "DisassociateRecoveryPoint",
        "PutBackupVaultAccessPolicy",
        "PutBackupVaultLockConfiguration",
        "StopBackupJob",
        "UpdateBackupPlan",
        "UpdateRecoveryPointLifecycle",
        "UpdateRegionSettings",
    ],
)
def test_neither_changes_aws_backup_in_any_region(who: Principals, action: str, region: str) -> None:
    assert not who.apply_may(f"backup:{action}", **{REGION: region})
    assert not who.workload_may(f"backup:{action}", **{REGION: region})


@pytest.mark.parametrize(
    "action",
    [
        "cloudwatch:DeleteAlarms",
        "ecr:BatchDeleteImage",
        "ecr:DeleteRepository",
        "ecr:PutLifecyclePolicy",
        "events:DisableRule",
        "kms:CreateAlias",
        "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion",
        "lambda:UpdateFunctionCode",
        "logs:DeleteLogGroup",
        "rds:DeleteDBInstanceAutomatedBackup",
        "rds:DeleteDBSnapshot",
        "rds:StopDBInstanceAutomatedBackupsReplication",
        "s3:DeleteObjectVersion",
        "scheduler:DeleteSchedule",
        "ssm:DeleteParameter",
        "ssm:PutParameter",
    ],
)
def test_it_changes_nothing_in_the_second_region(who: Principals, action: str) -> None:
    resource = f"arn:aws:lambda:{THERE}:{ACCOUNT}:function:{PREFIX}-x" if action.startswith("lambda:") else "*"
    assert not who.apply_may(action, resource, **{REGION: THERE})


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("backup:DescribeBackupVault", "*"),
        ("backup:GetBackupPlan", "*"),
        ("backup:ListTags", "*"),
        ("cloudwatch:DeleteAlarms", "*"),
        ("ecr:DeleteRepository", "*"),
        ("kms:PutKeyPolicy", key(HOME)),
        ("lambda:UpdateFunctionCode", f"arn:aws:lambda:{HOME}:{ACCOUNT}:function:{PREFIX}-jwt-rotation"),
        ("rds:ModifyDBInstance", "*"),
        ("s3:PutLifecycleConfiguration", f"arn:aws:s3:::{PREFIX}-backups-{ACCOUNT}"),
        ("ssm:PutParameter", "*"),
    ],
)
def test_it_still_applies_the_other_layers_in_the_first(who: Principals, action: str, resource: str) -> None:
    assert who.apply_may(action, resource, **{REGION: HOME})


@pytest.mark.parametrize("alias", ["copies", "recovery-functions", "state"])
@pytest.mark.parametrize("action", ["DisableKey", "PutKeyPolicy", "RevokeGrant", "ScheduleKeyDeletion", "UpdateAlias"])
@pytest.mark.parametrize("region", [HOME, THERE])
def test_it_does_not_touch_the_keys_of_the_copies(who: Principals, action: str, alias: str, region: str) -> None:
    context = {ALIASES: f"alias/{PREFIX}-{alias}", REGION: region}
    assert not who.apply_may(f"kms:{action}", key(region), **context)
    assert not who.workload_may(f"kms:{action}", key(region), **context)


@pytest.mark.parametrize("alias", ["assets", "backups", "databases", "registry", "secrets"])
def test_it_changes_the_keys_of_the_data_and_deletes_none(who: Principals, alias: str) -> None:
    context = {ALIASES: f"alias/{PREFIX}-{alias}", REGION: HOME}
    ends = ("DeleteImportedKeyMaterial", "DisableKey", "RevokeGrant", "ScheduleKeyDeletion", "UpdateAlias")
    for action in ends:
        assert not who.apply_may(f"kms:{action}", key(HOME), **context), action
    for action in ("CreateAlias", "EnableKeyRotation", "PutKeyPolicy", "TagResource"):
        assert who.apply_may(f"kms:{action}", key(HOME), **context), action
    assert not who.apply_may(
        "kms:DeleteAlias", f"arn:aws:kms:{HOME}:{ACCOUNT}:alias/{PREFIX}-{alias}", **{REGION: HOME}
    )


def test_it_leaves_no_key_to_nobody(who: Principals) -> None:
    bypass = "kms:BypassPolicyLockoutSafetyCheck"
    assert not who.apply_may("kms:PutKeyPolicy", key(HOME), **{bypass: "true"})
    assert who.apply_may("kms:PutKeyPolicy", key(HOME), **{bypass: "false"})


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("ecr:PutReplicationConfiguration", "*"),
        ("rds:StopDBInstanceAutomatedBackupsReplication", "*"),
        *(
            ("s3:PutReplicationConfiguration", f"arn:aws:s3:::{PREFIX}-{one}-{ACCOUNT}")
            for one in ("assets", "backups")
        ),
        *(
            (f"lambda:{one}", f"arn:aws:lambda:{HOME}:{ACCOUNT}:function:{PREFIX}-{function}")
            for one in ("DeleteFunction", "PutFunctionConcurrency", "UpdateFunctionCode")
            for function in ("copy-heartbeats", "parameter-mirror")
        ),
        ("rds:DeleteDBSnapshot", f"arn:aws:rds:{HOME}:{ACCOUNT}:snapshot:awsbackup:job-1"),
        ("rds:DeleteDBClusterSnapshot", f"arn:aws:rds:{HOME}:{ACCOUNT}:cluster-snapshot:awsbackup:job-1"),
    ],
)
def test_it_does_not_stop_that_copies_are_made(who: Principals, action: str, resource: str) -> None:
    assert not who.apply_may(action, resource, **{REGION: HOME})
    assert not who.workload_may(action, resource, **{REGION: HOME})


@pytest.mark.parametrize(
    "name",
    [
        "assets-replication",
        "audit-replication",
        "backup",
        "backups-replication",
        "copy-ages-us-west-2",
        "copy-heartbeats",
        "parameter-mirror",
        "parameter-mirror-schedule",
        # All of the second region: those of the layer, of what serves there, and of a service of any name.
        *(f"{name}-{THERE}" for name in ("backend-task", "drills-vpc-flow-logs", "postgres-roles", "serving-region")),
    ],
)
@pytest.mark.parametrize(
    "action", ["DeleteRole", "DeleteRolePolicy", "PassRole", "PutRolePolicy", "UpdateAssumeRolePolicy"]
)
@pytest.mark.parametrize("boundary", ["backup", "workload"])
def test_it_does_not_change_the_roles_that_make_copies(who: Principals, name: str, action: str, boundary: str) -> None:
    context = {
        BOUNDARY: f"arn:aws:iam::{ACCOUNT}:policy/{PREFIX}-{boundary}-boundary",
        "iam:PassedToService": "lambda.amazonaws.com",
    }
    assert not who.apply_may(f"iam:{action}", f"arn:aws:iam::{ACCOUNT}:role/{PREFIX}-{name}", **context)


@pytest.mark.parametrize("service", ["backup.amazonaws.com", "s3.amazonaws.com"])
def test_it_lets_no_role_of_its_own_make_backups_or_replicate(who: Principals, service: str) -> None:
    assert not who.apply_may(
        "iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/{PREFIX}-x", **{"iam:PassedToService": service}
    )


@pytest.mark.parametrize("component", ["assets", "audit", "backups"])
@pytest.mark.parametrize("action", ["DeleteObject", "DeleteObjectVersion", "PutObject", "PutObjectRetention"])
def test_only_s3_writes_the_copies_of_files(who: Principals, component: str, action: str) -> None:
    for may in (who.apply_may, who.workload_may):
        assert not may(f"s3:{action}", f"{copies(component)}/a", **{REGION: HOME})
    assert who.workload_may("s3:ReplicateObject", f"{copies(component)}/a")


@pytest.mark.parametrize("name", ["copy-machine-task", "postgres-roles", "restore-task", "us-west-2-task"])
def test_it_changes_the_roles_of_the_first_region(who: Principals, name: str) -> None:
    context = {BOUNDARY: f"arn:aws:iam::{ACCOUNT}:policy/{PREFIX}-workload-boundary"}
    assert who.apply_may("iam:PutRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/{PREFIX}-{name}", **context)


def test_us_east_1_is_a_second_region_like_any_other() -> None:
    """The settings refuse it where the environment has something for DNS there."""
    label = replace(LABEL, region="eu-west-1", home_region="eu-west-1", recovery_region=HOME)
    denials = json.loads(render_statements(*deny_audit_erasure(label), *deny_copy_changes(label)))["Statement"]
    for action in ("cloudwatch:DeleteAlarms", "kms:PutKeyPolicy", "logs:DeleteLogGroup"):
        for region, is_denied in ((HOME, True), ("eu-west-1", False)):
            request = Request(action=action, resource=key(region), context={"aws:requestedregion": [region]})
            allowed = is_allowed(request, identity=[{"Effect": "Allow", "Action": "*", "Resource": "*"}, *denials])
            assert allowed is not is_denied, action
