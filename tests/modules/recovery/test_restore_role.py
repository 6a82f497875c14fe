"""The role that restores: databases by the names of restore tests, from copies, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.modules.recovery.drills import ROLE, drills_of
from tests.modules.recovery.regions import allowed, many, of_action
from tests.template import statements

if TYPE_CHECKING:
    from tests.template import Template


KEY = "arn:aws:kms:us-west-2:444444444444:key/copies"
RDS = "arn:aws:rds:us-west-2:444444444444"


@pytest.fixture(scope="module")
def made() -> Template:
    return drills_of()


def test_what_is_restored_has_the_names_of_restore_tests(made: Template) -> None:
    (restores,) = of_action(made, ROLE, "rds:RestoreDBInstanceFromDBSnapshot")
    databases = [arn for arn in restores["Resource"] if ":db:" in arn or ":cluster:" in arn]
    assert databases == [
        f"arn:aws:rds:us-west-2:444444444444:{kind}:awsbackup-restore-test*" for kind in ("cluster", "db")
    ]
    (removes,) = of_action(made, ROLE, "rds:DeleteDBInstance")
    assert removes["Resource"] == databases


def test_it_restores_snapshots_of_aws_backup_into_the_subnets_of_drills_only(made: Template) -> None:
    for action in ("rds:RestoreDBInstanceFromDBSnapshot", "rds:RestoreDBClusterFromSnapshot"):
        (restores,) = of_action(made, ROLE, action)
        assert {arn for arn in restores["Resource"] if "snapshot" in arn} == {
            f"{RDS}:snapshot:awsbackup:*",
            f"{RDS}:cluster-snapshot:awsbackup:*",
        }
        groups = [arn for arn in restores["Resource"] if ":subgrp:" in arn]
        assert len(groups) == len({"postgres", "documentdb"})
        assert all("subnet_group.drills_network_" in arn for arn in groups)


def test_it_uses_the_key_of_the_copies_through_rds_only(made: Template) -> None:
    (decrypts,) = of_action(made, ROLE, "kms:Decrypt")
    assert decrypts["Resource"] == KEY
    assert decrypts["Condition"] == {"StringEquals": {"kms:ViaService": "rds.us-west-2.amazonaws.com"}}
    (grants,) = of_action(made, ROLE, "kms:CreateGrant")
    assert grants["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_whatever_changes_something_names_what_it_changes(made: Template) -> None:
    for one in allowed(made, ROLE):
        if one["Sid"] != "DescribeDatabases":
            assert not {"*"} & {arn.rpartition(":")[2] for arn in many(one["Resource"]) if "awsbackup:*" not in arn}


def test_aws_backup_alone_takes_it_within_the_boundary_of_restores(made: Template) -> None:
    role = made.only("aws_iam_role", name="user-management-test-restore-testing-us-west-2")
    (trusted,) = statements(role["assume_role_policy"])
    assert trusted["Principal"] == {"Service": "backup.amazonaws.com"}
    assert role["permissions_boundary"].endswith("/user-management-test-restore-boundary")
