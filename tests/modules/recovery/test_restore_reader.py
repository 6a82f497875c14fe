"""The function that reads what was restored: its way to the databases, and no right to any other data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.modules.recovery.drills import READER, READER_ARN, drills_of
from tests.modules.recovery.regions import allowed, many, of_action

if TYPE_CHECKING:
    from tests.template import Template


NAME = "user-management-test-restore-reader"


@pytest.fixture(scope="module")
def made() -> Template:
    return drills_of()


def test_the_reader_may_sign_in_as_one_user_and_has_no_other_right_for_data(made: Template) -> None:
    (statement,) = of_action(made, READER, "rds-db:connect")
    assert statement["Resource"] == "arn:aws:rds-db:us-west-2:444444444444:dbuser:*/restore_check_iam"
    actions = {action for one in allowed(made, READER) if one["Effect"] == "Allow" for action in many(one["Action"])}
    assert not {action for action in actions if action.startswith(("ssm:", "secretsmanager:", "s3:", "rds:"))}


def test_the_reader_is_in_the_network_and_reads_what_others_write(made: Template) -> None:
    function = made.only("aws_lambda_function", function_name=NAME)
    subnets = {f"${{aws_subnet.{name}.id}}" for name in made.all("aws_subnet") if "_reader-" in name}
    assert set(function["vpc_config"]["subnet_ids"]) == subnets
    assert json.loads(function["environment"]["variables"]["DATABASES"]) == ["backend"]


def test_without_postgres_it_signs_in_by_its_role_alone() -> None:
    alone = drills_of(postgres=False)
    assert not of_action(alone, READER, "rds-db:connect")


def test_it_runs_as_the_role_that_the_databases_know(made: Template) -> None:
    assert [role["name"] for role in made.all("aws_iam_role").values() if role["name"].startswith(NAME)] == [
        READER_ARN.rpartition("/")[2]
    ]


def test_its_failure_is_a_warning_because_a_drill_that_was_not_read_is_critical_itself(made: Template) -> None:
    alarm = made.only("aws_cloudwatch_metric_alarm", alarm_name=f"{NAME}-failed")
    assert alarm["tags"]["Severity"] == "warning"
