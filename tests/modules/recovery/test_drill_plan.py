"""The newest copy in the vault of this environment is restored: small, private, and readable by a role of IAM."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from config.recovery_drills import PATIENCE_HOURS
from tests.modules.recovery.drills import drills_of

if TYPE_CHECKING:
    from tests.template import Template


SELECTION = "aws_backup_restore_testing_selection"
RULES = ("aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule")


@pytest.fixture(scope="module")
def made() -> Template:
    return drills_of()


def test_the_plan_takes_the_newest_copy_in_the_vault_of_this_environment(made: Template) -> None:
    plan = made.only("aws_backup_restore_testing_plan")
    (chosen,) = plan["recovery_point_selection"]
    assert chosen["algorithm"] == "LATEST_WITHIN_WINDOW"
    assert chosen["include_vaults"] == [
        "arn:aws:backup:us-west-2:444444444444:backup-vault:user-management-test-recovery"
    ]
    assert (plan["schedule_expression"], plan["start_window_hours"]) == ("cron(0 10 ? * SUN *)", 1)
    assert plan["name"] == "user_management_test_drills"


def test_an_instance_comes_up_small_private_and_with_sign_in_by_iam(made: Template) -> None:
    selection = made.only(SELECTION, protected_resource_type="RDS")
    overrides = selection["restore_metadata_overrides"]
    assert overrides["dbSubnetGroupName"].startswith("${aws_db_subnet_group.")
    assert json.loads(overrides["vpcSecurityGroupIds"])[0].startswith("${aws_security_group.")
    fixed = {key: value for key, value in overrides.items() if not value.startswith(("$", "["))}
    assert fixed == {
        "dbInstanceClass": "db.t4g.micro",
        "enableIamDatabaseAuthentication": "true",
        "multiAz": "false",
        "publiclyAccessible": "false",
    }


def test_a_cluster_gets_the_zones_of_its_subnets_and_no_key_that_aws_does_not_take(made: Template) -> None:
    overrides = made.only(SELECTION, protected_resource_type="DocumentDB")["restore_metadata_overrides"]
    assert set(overrides) == {"availabilityZones", "dbSubnetGroupName", "vpcSecurityGroupIds"}
    assert len(json.loads(overrides["availabilityZones"])) == 2


def test_a_plan_of_each_month_is_on_a_day_that_each_month_has() -> None:
    plan = drills_of(start="28:22:00").only("aws_backup_restore_testing_plan")
    assert (plan["schedule_expression"], plan["schedule_expression_timezone"]) == ("cron(0 22 28 * ? *)", "Etc/UTC")


def test_each_database_of_the_vault_is_restored_by_the_role_for_it_once_it_may(made: Template) -> None:
    for selection in made.all(SELECTION).values():
        assert selection["protected_resource_arns"] == ["*"]
        assert selection["restore_testing_plan_name"].startswith("${aws_backup_restore_testing_plan.drills_plan_")
        assert selection["iam_role_arn"].startswith("${aws_iam_role.drills_role_")
        assert any(one.startswith("aws_iam_role_policy.drills_role_") for one in selection["depends_on"])
        assert selection["validation_window_hours"] > PATIENCE_HOURS


def test_nothing_is_restored_before_the_reader_can_reach_it(made: Template) -> None:
    rules = {f"{kind}.{name}" for kind in RULES for name in made.all(kind)}
    for selection in made.all(SELECTION).values():
        assert rules <= set(selection["depends_on"])
