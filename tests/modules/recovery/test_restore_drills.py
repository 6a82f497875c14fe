"""Restore drills: the databases that there are, and one key for all that is not restored data."""

from __future__ import annotations

from tests.modules.recovery.drills import drills_of

SELECTION = "aws_backup_restore_testing_selection"


def test_without_documentdb_only_postgres_is_restored() -> None:
    alone = drills_of(documentdb=False)
    assert alone.only(SELECTION)["protected_resource_type"] == "RDS"
    assert not alone.all("aws_docdb_subnet_group")


def test_without_postgres_only_documentdb_is_restored() -> None:
    alone = drills_of(postgres=False)
    assert alone.only(SELECTION)["protected_resource_type"] == "DocumentDB"
    assert not alone.all("aws_db_subnet_group")


def test_the_plan_restores_from_the_vault_of_its_region_with_the_role_of_drills() -> None:
    made = drills_of()
    roles = {one["iam_role_arn"] for one in made.all(SELECTION).values()}
    (role,) = (f"${{aws_iam_role.{name}.arn}}" for name in made.all("aws_iam_role") if name.startswith("drills_role_"))
    assert roles == {role}


def test_the_key_of_drills_encrypts_all_logs_and_no_restored_data() -> None:
    made = drills_of()
    groups = made.all("aws_cloudwatch_log_group").values()
    assert {group["kms_key_id"] for group in groups} == {"${aws_kms_key.key.arn}"}
    assert "${aws_kms_key.key" not in str(made.all(SELECTION))


def test_the_flow_logs_are_apart_from_those_of_the_network_that_serves() -> None:
    names = {group["name"] for group in drills_of().all("aws_cloudwatch_log_group").values()}
    assert "/user-management/test/drills-vpc-flow-logs" in names
