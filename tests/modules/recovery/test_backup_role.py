"""The role of AWS Backup may do what a backup, a copy and its deletion need, and within its boundary nothing else."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from compliance.evaluation import Request, is_allowed
from modules.boundary import Boundary, boundary_arn
from modules.recovery.backup_role import BackupKey, backup_role_arn, create_backup_role
from modules.security.backup_limits import backup_limits
from tests.template import LABEL, Template, new_stack, statements

ACCOUNT = LABEL.account_id
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/databases"
COPIES_KEY = f"arn:aws:kms:us-west-2:{ACCOUNT}:key/copies"
ALIAS = "alias/user-management-test-databases"
DATABASE = f"arn:aws:rds:us-east-1:{ACCOUNT}:db:user-management-test-postgres"
SNAPSHOT = f"arn:aws:rds:us-east-1:{ACCOUNT}:snapshot:awsbackup:job-1"
COPY = f"arn:aws:rds:us-west-2:{ACCOUNT}:cluster-snapshot:awsbackup:copyjob-1"
HAS_ALIAS = {"kms:resourcealiases": [ALIAS]}
VIA_RDS = {"kms:viaservice": ["rds.us-east-1.amazonaws.com"], **HAS_ALIAS}
VIA_RDS_THERE = {"kms:viaservice": ["rds.us-west-2.amazonaws.com"]}
TAGGED = {"aws:resourcetag/backup-plan": ["user-management-test"]}
FOR_AWS = {"kms:grantisforawsresource": ["true"]}


@cache
def made(copies_region: str | None = "us-west-2") -> Template:
    stack = new_stack()
    if copies_region is None:
        create_backup_role(stack, "role", label=LABEL, databases_key=BackupKey.of(KEY), copies_key=None)
    else:
        create_backup_role(
            stack,
            "role",
            label=LABEL.in_region(copies_region),
            databases_key=BackupKey.named(LABEL, ALIAS),
            copies_key=BackupKey.of(COPIES_KEY),
        )
    return Template.of(stack)


def may(action: str, resource: str, context: dict[str, list[str]] | None = None, **made_with: Any) -> bool:
    policy = made(**made_with).only("aws_iam_role_policy")["policy"]
    request = Request(action=action, resource=resource, context=context or {})
    boundary: list[dict[str, Any]] = [statement.to_json() for statement in backup_limits(LABEL)]
    return is_allowed(request, identity=statements(policy), boundary=boundary)


def test_only_aws_backup_assumes_it_within_the_boundary_of_backups() -> None:
    role = made().only("aws_iam_role", name="user-management-test-backup-us-west-2")
    (trust,) = statements(role["assume_role_policy"])
    assert trust["Principal"] == {"Service": "backup.amazonaws.com"}
    assert role["permissions_boundary"] == boundary_arn(LABEL, Boundary.BACKUP)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("rds:CreateDBSnapshot", DATABASE),
        ("rds:CreateDBSnapshot", SNAPSHOT),
        ("rds:CreateDBClusterSnapshot", DATABASE.replace(":db:", ":cluster:")),
        ("rds:AddTagsToResource", SNAPSHOT),
        ("rds:DescribeDBInstances", DATABASE),
        ("rds:CopyDBSnapshot", SNAPSHOT),
        ("rds:CopyDBClusterSnapshot", COPY),
        ("backup:CopyFromBackupVault", SNAPSHOT),
        (
            "backup:CopyIntoBackupVault",
            f"arn:aws:backup:us-west-2:{ACCOUNT}:backup-vault:user-management-test-recovery",
        ),
        ("tag:GetResources", "*"),
    ],
)
def test_it_may_back_up_copy_and_delete(action: str, resource: str) -> None:
    assert may(action, resource)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("rds:CreateDBSnapshot", DATABASE.replace("-test-", "-prod-")),
        ("rds:DeleteDBSnapshot", f"arn:aws:rds:us-east-1:{ACCOUNT}:snapshot:user-management-test-postgres-final"),
        ("rds:DeleteDBInstance", DATABASE),
        ("rds:ModifyDBSnapshotAttribute", SNAPSHOT),
        ("rds:RestoreDBInstanceFromDBSnapshot", SNAPSHOT),
        ("backup:CopyIntoBackupVault", "arn:aws:backup:us-west-2:111111111111:backup-vault:theirs"),
        ("backup:DeleteRecoveryPoint", SNAPSHOT),
    ],
)
def test_it_may_not_share_restore_or_touch_what_is_not_its_own(action: str, resource: str) -> None:
    assert not may(action, resource)


@pytest.mark.parametrize(
    ("action", "snapshot"), [("rds:DeleteDBSnapshot", SNAPSHOT), ("rds:DeleteDBClusterSnapshot", COPY)]
)
def test_it_deletes_backups_of_its_own_environment_only(action: str, snapshot: str) -> None:
    assert may(action, snapshot, TAGGED)
    assert not may(action, snapshot, {"aws:resourcetag/backup-plan": ["user-management-prod"]})
    assert not may(action, snapshot)


@pytest.mark.parametrize("action", ["kms:Decrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:Encrypt"])
def test_rds_may_use_both_keys_on_its_behalf(action: str) -> None:
    assert may(action, KEY, VIA_RDS)
    assert may(action, COPIES_KEY, VIA_RDS_THERE)
    assert not may(action, KEY, HAS_ALIAS)
    assert not may(action, f"{COPIES_KEY}-other", VIA_RDS_THERE)
    assert not may(action, KEY, {**VIA_RDS, "kms:resourcealiases": ["alias/other"]})


def test_it_may_grant_the_keys_to_aws_services_only() -> None:
    assert may("kms:CreateGrant", KEY, {**FOR_AWS, **HAS_ALIAS})
    assert may("kms:CreateGrant", COPIES_KEY, FOR_AWS)
    assert not may("kms:CreateGrant", KEY, {"kms:grantisforawsresource": ["false"], **HAS_ALIAS})


def test_its_arn_is_known_without_its_stack() -> None:
    arn = backup_role_arn(LABEL.in_region("us-west-2"))
    assert arn == f"arn:aws:iam::{ACCOUNT}:role/{made().only('aws_iam_role')['name']}"


def test_without_a_second_region_it_names_the_key_by_its_arn() -> None:
    assert may("kms:Decrypt", KEY, {"kms:viaservice": ["rds.us-east-1.amazonaws.com"]}, copies_region=None)


def test_without_a_second_region_it_has_no_rights_there() -> None:
    assert "us-west-2" not in made(copies_region=None).only("aws_iam_role_policy")["policy"]
    assert not may("rds:CopyDBSnapshot", COPY, copies_region=None)


def test_its_policy_fits_with_the_longest_names() -> None:
    stack = new_stack()
    label = replace(
        LABEL, project="a" * 24, environment="e" * 16, region="ap-northeast-1", home_region="ap-southeast-1"
    )
    create_backup_role(
        stack,
        "role",
        label=label,
        databases_key=BackupKey.named(label.in_home_region(), f"alias/{'k' * 60}"),
        copies_key=BackupKey.of(COPIES_KEY),
    )
    assert Template.of(stack).all("aws_iam_role_policy")
