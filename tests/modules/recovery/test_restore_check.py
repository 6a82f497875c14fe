"""The function that judges drills: what calls it, what it may delete, and who is notified."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.modules.recovery.drills import CHECK, ROLE, drills_of
from tests.modules.recovery.regions import of_action

if TYPE_CHECKING:
    from tests.template import Template


ALARM = "aws_cloudwatch_metric_alarm"


@pytest.fixture(scope="module")
def made() -> Template:
    return drills_of()


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


def test_without_documentdb_it_makes_no_instance() -> None:
    assert not of_action(drills_of(documentdb=False), CHECK, "rds:CreateDBInstance")


def test_the_age_is_measured_before_there_is_an_alarm_on_it(made: Template) -> None:
    for engine in ("postgres", "documentdb"):
        alarm = made.only(ALARM, alarm_name=f"user-management-test-{engine}-drill-age")
        assert any(one.startswith("aws_lambda_invocation.drills_check_first") for one in alarm["depends_on"])
