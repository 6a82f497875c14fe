"""The checks of the layer `recovery` find a parameter whose copy differs, and a copy that is old or not measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from acceptance.checks.recovery import check_parameters_have_equal_copies, check_the_ages_of_copies_are_measured
from tests.emulator.functions import RIGHTS, TRUST, zip_code

if TYPE_CHECKING:
    from acceptance.account import EmulatedSession
    from config.environment import Environment

THERE = "us-west-2"
LAMBDAS = Path(__file__).parents[2] / "lambdas"


class Place:
    """An account with the parameters of prod in both regions, and with the functions that a test makes."""

    def __init__(self, session: EmulatedSession, environment: Environment) -> None:
        self.session, self.environment = session, environment
        iam = session.client("iam")
        self._role = iam.create_role(RoleName="functions", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
        statement = {"Effect": "Allow", "Action": list(RIGHTS), "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_role_policy(RoleName="functions", PolicyName="functions", PolicyDocument=policy)
        for name in ("jwt/current", "jwt/previous", "api-keys/email", "recovery/marker"):
            for region in ("us-east-1", THERE):
                self.write(name, f"{region} of {name}", region)

    def write(self, name: str, value: str, region: str) -> None:
        ssm: Any = self.session.client("ssm", region_name=region)
        ssm.put_parameter(Name=self.environment.names.path(name), Value=value, Type="SecureString", Overwrite=True)

    def make(self, name: str, code: str, region: str, **variables: str) -> None:
        functions: Any = self.session.client("lambda", region_name=region)
        functions.create_function(
            FunctionName=f"{self.environment.names.prefix}-{name}",
            Runtime="python3.13",
            Handler="code.handler",
            Role=self._role,
            Code={"ZipFile": zip_code(code)},
            Timeout=60,
            Environment={"Variables": variables},
        )

    def make_mirror(self, **variables: str) -> None:
        path = self.environment.names.path
        names = " ".join(path(name) for name in ("jwt/current", "jwt/previous", "api-keys/email"))
        code = (LAMBDAS / "parameter_mirror" / "handler.py").read_text(encoding="utf-8")
        known = {"PARAMETERS": names, "MARKER_PARAMETER": path("recovery/marker"), "COPIES_REGION": THERE}
        self.make("parameter-mirror", code, "us-east-1", **known, KEY_ID="alias/aws/ssm", **variables)

    def make_watch(self, ages: dict[str, float]) -> None:
        code = f"def handler(event, context):\n    return {ages!r}\n"
        self.make("copy-ages", code, THERE)

    def unequal(self) -> list[str]:
        return list(check_parameters_have_equal_copies(self.environment, self.session))

    def old(self) -> list[str]:
        return list(check_the_ages_of_copies_are_measured(self.environment, self.session))


@pytest.fixture
def place(session: EmulatedSession, environments: dict[str, Environment], account_id: str) -> Place:
    return Place(session, environments["prod"].model_copy(update={"account_id": account_id}))


def test_copies_that_the_function_makes_equal_have_no_finding(place: Place) -> None:
    place.make_mirror()
    assert place.unequal() == []


def test_a_parameter_that_cannot_be_copied_is_found_with_the_reason(place: Place) -> None:
    place.make_mirror()
    place.write("api-keys/email", "unset", "us-east-1")
    path = place.environment.names.path("api-keys/email")
    assert place.unequal() == [
        f'parameters are not copied: {path} is "unset"; its copy, which has a value, is kept',
        f"{path} and its copy in us-west-2 are not equal",
    ]


def test_copies_as_new_as_they_must_be_have_no_finding(place: Place) -> None:
    place.make_watch({store.name: float(store.most_minutes) for store in place.environment.copied_stores})
    assert place.old() == []


def test_an_old_copy_and_one_that_is_not_measured_are_found(place: Place) -> None:
    ages = {store.name: 1.0 for store in place.environment.copied_stores}
    del ages["audit"]
    place.make_watch({**ages, "postgres": 61.0})
    assert place.old() == [
        "the newest copy of the transaction logs of PostgreSQL is 61.0 minutes old; it must be 60 minutes old or newer",
        "the newest copy of the bucket of the audit trail is not measured; it must be 75 minutes old or newer",
    ]


def test_a_watch_that_fails_is_found_with_its_error(place: Place) -> None:
    place.make("copy-ages", 'def handler(event, context):\n    raise RuntimeError("no rights")\n', THERE)
    assert place.old() == ["copies are not measured: no rights"]


def test_without_copies_or_functions_there_is_nothing_to_check(place: Place) -> None:
    assert (place.unequal(), place.old()) == ([], [])
    place.make_watch({})
    place.environment = place.environment.model_copy(update={"recovery": None})
    assert (place.unequal(), place.old()) == ([], [])
