"""The check that sends an environment to sleep finds a function that has a wrong name."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from acceptance.sleeping import check_the_environment_sleeps_and_wakes
from config.cost import CostSettings
from modules.function_code import zip_files
from tests.lambdas.sleeping import PREFIX, REGION, SETTINGS, sleeping_environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from config.environment import Environment as Settings
    from tests.lambdas.sleeping import Environment

VARIABLES = (
    *("STATE_PARAMETER", "OVERRIDE_PARAMETER", "KEY_ID", "NAMESPACE", "REGIONS"),
    *("CLUSTER", "SERVICES", "POSTGRES", "DOCUMENTDB"),
)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Environment]:
    with sleeping_environment(monkeypatch, tmp_path) as made:
        yield made


@pytest.fixture
def settings(environments: dict[str, Settings], environment: Environment) -> Settings:
    cost = CostSettings(sleep=SETTINGS)
    changed = {"name": "test", "region": REGION, "account_id": environment.account, "cost": cost}
    return environments["dev"].model_copy(update=changed)


def create_function(**others: str) -> boto3.Session:
    """The function as Terraform creates it, but for these variables."""
    trust = '{"Version": "2012-10-17", "Statement": []}'
    role = boto3.client("iam").create_role(RoleName="sleep", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    client: Any = boto3.client("lambda")
    client.create_function(
        FunctionName=f"{PREFIX}-sleep-schedule",
        Runtime="python3.13",
        Handler="x.handler",
        Role=role,
        Code={"ZipFile": zip_files({"x.py": b""})},
        Environment={"Variables": {name: os.environ[name] for name in VARIABLES} | others},
    )
    return boto3.Session()


def test_an_environment_that_sleeps_and_wakes_has_no_problem(environment: Environment, settings: Settings) -> None:
    assert list(check_the_environment_sleeps_and_wakes(settings, create_function())) == []
    assert (environment.counts, environment.databases) == ([3, 1, 0], ["available"] * 3)


def test_a_service_that_the_function_does_not_know_keeps_it_from_nothing_but_a_database_does(
    environment: Environment, settings: Settings
) -> None:
    session = create_function(POSTGRES="another")
    with pytest.raises(ClientError, match="DBInstanceNotFound"):
        list(check_the_environment_sleeps_and_wakes(settings, session))
    assert environment.counts == [0, 0, 0]


def test_a_database_that_does_not_stop_is_reported(environment: Environment, settings: Settings) -> None:
    session = create_function()
    environment.rds.create_db_instance_read_replica(
        DBInstanceIdentifier="copy", SourceDBInstanceIdentifier=os.environ["POSTGRES"]
    )
    found = list(check_the_environment_sleeps_and_wakes(settings, session))
    assert "the environment is not asleep after 6 runs, but falling asleep: Cannot stop instance" in found[0]
    assert found[1] == "PostgreSQL is available while the environment sleeps"


def test_an_environment_without_a_schedule_is_left_alone(settings: Settings) -> None:
    awake = settings.model_copy(update={"cost": None})
    assert list(check_the_environment_sleeps_and_wakes(awake, boto3.Session())) == []
