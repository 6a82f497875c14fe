"""Restore drills: what is restored, into a network without a way out, by whom, and who is told."""

from __future__ import annotations

import json
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any

import pytest

from config.database_roles import DatabaseRole, drill_role
from config.logs import LogSettings
from config.recovery_drills import DrillSettings
from config.recovery_targets import CopyTargets
from modules.key import Key
from modules.recovery.restore_drills import RestoreDrills
from tests.modules.recovery.regions import THERE, allowed, of_action
from tests.modules.topics import topics_in
from tests.template import Template, new_stack

if TYPE_CHECKING:
    from collections.abc import Iterator

ARN = "arn:aws:iam::444444444444:role/user-management-test-restore-reader-us-west-2"
SETTINGS = DrillSettings(start="sun:10:00", zones=("usw2-az1", "usw2-az2"), cidr=IPv4Network("10.9.0.0/24"))
SELECTION, ALARM = "aws_backup_restore_testing_selection", "aws_cloudwatch_metric_alarm"
WRITER = DatabaseRole(database="documentdb", name="backend", access="read_write")
READER, CHECK, ROLE = (
    "drills_reader_function_role_permissions",
    "drills_check_function_role_permissions",
    "drills_role_permissions",
)


def drills_of(*, documentdb: bool = True) -> Template:
    stack = new_stack()
    roles = {
        "postgres": (drill_role("postgres", role_arn=ARN),),
        "documentdb": (WRITER, drill_role("documentdb", role_arn=ARN)) if documentdb else (),
    }
    RestoreDrills(
        stack,
        "drills",
        config=SETTINGS,
        targets=CopyTargets(),
        label=THERE,
        roles=roles,
        copies_key_arn="arn:aws:kms:us-west-2:444444444444:key/copies",
        key=Key(stack, "key", label=THERE, name="recovery-drills", description="Drills", protect=False),
        logs=LogSettings(retention_days=30),
        topics=topics_in(stack, label=THERE),
    )
    return Template.of(stack)


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


def test_without_documentdb_only_postgres_is_restored() -> None:
    alone = drills_of(documentdb=False)
    assert alone.only(SELECTION)["protected_resource_type"] == "RDS"
    assert not alone.all("aws_docdb_subnet_group")
    assert not of_action(alone, CHECK, "rds:CreateDBInstance")


def test_the_network_has_four_subnets_and_nothing_that_leads_out(made: Template) -> None:
    blocks = [subnet["cidr_block"] for subnet in made.all("aws_subnet").values()]
    assert sorted(blocks) == ["10.9.0.0/26", "10.9.0.128/26", "10.9.0.192/26", "10.9.0.64/26"]
    for kind in ("aws_internet_gateway", "aws_nat_gateway", "aws_route", "aws_vpc_endpoint"):
        assert not made.all(kind)


def rules(made: Template) -> Iterator[tuple[str, int]]:
    for kind in ("ingress", "egress"):
        for rule in made.all(f"aws_vpc_security_group_{kind}_rule").values():
            assert rule["referenced_security_group_id"]
            yield kind, rule["from_port"]


def test_the_reader_alone_reaches_the_databases_on_their_ports(made: Template) -> None:
    assert sorted(rules(made)) == [("egress", 5432), ("egress", 27017), ("ingress", 5432), ("ingress", 27017)]


def test_the_reader_may_sign_in_as_one_user_and_has_no_other_right_for_data(made: Template) -> None:
    (statement,) = of_action(made, READER, "rds-db:connect")
    assert statement["Resource"] == "arn:aws:rds-db:us-west-2:444444444444:dbuser:*/restore_check_iam"
    actions = {action for one in allowed(made, READER) if one["Effect"] == "Allow" for action in many(one["Action"])}
    assert not {action for action in actions if action.startswith(("ssm:", "secretsmanager:", "s3:", "rds:"))}


def many(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def test_what_is_restored_has_the_names_of_restore_tests(made: Template) -> None:
    (restores,) = of_action(made, ROLE, "rds:RestoreDBInstanceFromDBSnapshot")
    databases = [arn for arn in restores["Resource"] if ":db:" in arn or ":cluster:" in arn]
    assert databases == [
        f"arn:aws:rds:us-west-2:444444444444:{kind}:awsbackup-restore-test*" for kind in ("cluster", "db")
    ]
    (removes,) = of_action(made, ROLE, "rds:DeleteDBInstance")
    assert removes["Resource"] == databases


def test_the_check_adds_and_removes_instances_of_its_own_name_only(made: Template) -> None:
    own = "arn:aws:rds:us-west-2:444444444444:db:user-management-test-drill-*"
    (removes,) = of_action(made, CHECK, "rds:DeleteDBInstance")
    assert removes["Resource"] == own
    (adds,) = of_action(made, CHECK, "rds:CreateDBInstance")
    assert [arn for arn in adds["Resource"] if ":db:" in arn] == [own]
    assert (
        made.only("aws_lambda_function", function_name="user-management-test-restore-check")["environment"][
            "variables"
        ]["INSTANCE_PREFIX"]
        == "user-management-test-drill-"
    )


def test_the_check_may_use_the_key_of_the_copies_for_an_instance_that_rds_makes(made: Template) -> None:
    via_rds = {"StringEquals": {"kms:ViaService": "rds.us-west-2.amazonaws.com"}}
    (describes,) = of_action(made, CHECK, "kms:DescribeKey")
    (grants,) = of_action(made, CHECK, "kms:CreateGrant")
    (restores,) = of_action(made, ROLE, "kms:CreateGrant")
    assert describes["Resource"] == grants["Resource"] == restores["Resource"]
    assert describes["Condition"] == via_rds
    assert grants["Condition"] == via_rds | {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    assert not of_action(drills_of(documentdb=False), CHECK, "kms:CreateGrant")


def test_the_check_is_called_by_restores_of_this_plan_and_by_a_schedule(made: Template) -> None:
    (rule,) = made.all("aws_cloudwatch_event_rule").values()
    detail = json.loads(rule["event_pattern"])["detail"]
    assert detail["status"] == ["COMPLETED"]
    assert detail["restoreTestingPlanArn"][0].startswith("${aws_backup_restore_testing_plan.")
    assert made.only("aws_scheduler_schedule")["schedule_expression"] == "rate(15 minutes)"


@pytest.mark.parametrize(
    ("name", "threshold", "missing", "severity"),
    [
        ("drill-age", 9, "breaching", "critical"),
        ("restore-minutes", 120, "ignore", "warning"),
        ("restores-left", 1, "notBreaching", "warning"),
    ],
)
def test_each_database_has_alarms_on_its_drills(
    made: Template, name: str, threshold: int, missing: str, severity: str
) -> None:
    for engine in ("postgres", "documentdb"):
        alarm: dict[str, Any] = made.only(ALARM, alarm_name=f"user-management-test-{engine}-{name}")
        assert (alarm["threshold"], alarm["treat_missing_data"]) == (threshold, missing)
        assert (alarm["tags"]["Severity"], alarm["dimensions"]) == (severity, {"Store": engine})


def test_the_reader_is_in_the_network_and_reads_what_others_write(made: Template) -> None:
    function = made.only("aws_lambda_function", function_name="user-management-test-restore-reader")
    assert function["vpc_config"]["subnet_ids"]
    assert json.loads(function["environment"]["variables"]["DATABASES"]) == ["backend"]
