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
_QUEUE = ("aws_sqs_queue", "aws_cloudwatch_metric_alarm")


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


def test_it_has_no_queue_of_failed_calls_because_who_calls_it_waits_for_the_answer(made: Template) -> None:
    assert "dead_letter_config" not in made.only("aws_lambda_function", function_name=NAME)
    names = [str(one.get("name") or one.get("alarm_name")) for kind in _QUEUE for one in made.all(kind).values()]
    assert not [name for name in names if name.startswith(NAME)]
    assert not of_action(made, READER, "sqs:SendMessage")
