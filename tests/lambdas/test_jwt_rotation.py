"""The rotation on Parameter Store: the previous secret still verifies, and a bad secret can be undone."""

from __future__ import annotations

import contextlib
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from moto import mock_aws

from lambdas.jwt_rotation.handler import BUSY, BusyError, Rotation, handler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lambdas.jwt_rotation.handler import ParameterStore

CURRENT, PREVIOUS = "/user-management/test/jwt/current", "/user-management/test/jwt/previous"


@pytest.fixture
def ssm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Parameter Store as Terraform leaves it, and the function's environment."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "CURRENT_PARAMETER": CURRENT,
        "PREVIOUS_PARAMETER": PREVIOUS,
        "MIN_AGE_HOURS": "360",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        key = boto3.client("kms").create_key()["KeyMetadata"]["Arn"]
        monkeypatch.setenv("KEY_ID", key)
        client = cast("Any", boto3.client("ssm"))
        for name, value in ((CURRENT, "first"), (PREVIOUS, "before-the-first")):
            client.put_parameter(Name=name, Value=value, Type="SecureString", KeyId=key)
        yield client


def value_of(ssm: Any, name: str) -> str:
    value: str = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    return value


def rotation(ssm: Any, store: ParameterStore | None = None) -> Rotation:
    key = ssm.describe_parameters()["Parameters"][0]["KeyId"]
    return Rotation(store=store or ssm, current=CURRENT, previous=PREVIOUS, key_id=key, min_age=timedelta(hours=360))


def test_a_secret_verifies_for_one_period_after_it_signed(ssm: Any) -> None:
    start = datetime.now(tz=UTC)
    rotation(ssm).rotate(now=start + timedelta(days=30))
    second = value_of(ssm, CURRENT)
    assert (second != "first", value_of(ssm, PREVIOUS)) == (True, "first")

    rotation(ssm).rotate(now=start + timedelta(days=60))
    third = value_of(ssm, CURRENT)
    assert len({"first", second, third}) == 3
    assert value_of(ssm, PREVIOUS) == second


def test_the_function_rotates_and_returns_only_versions(ssm: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        response = handler({"action": "rotate", "force": True}, None)
    assert response == {"outcome": "rotated", "version_before": 1, "version": 2}
    assert "rotated" in caplog.text
    assert value_of(ssm, CURRENT) not in caplog.text


def test_a_new_secret_is_long_enough_and_needs_no_escaping(ssm: Any) -> None:
    handler({"force": True}, None)
    secret = value_of(ssm, CURRENT)
    assert (len(secret), secret.isalnum(), secret.isascii()) == (64, True, True)


def test_a_repeated_call_keeps_the_secret_of_the_last_period(ssm: Any) -> None:
    handler({"force": True}, None)
    after = value_of(ssm, CURRENT)
    assert handler({}, None) == {"outcome": "too-young", "version_before": 2, "version": 2}
    assert (value_of(ssm, CURRENT), value_of(ssm, PREVIOUS)) == (after, "first")


def test_a_leaked_secret_is_gone_after_two_forced_rotations(ssm: Any) -> None:
    handler({"force": True}, None)
    handler({"force": True}, None)
    assert "first" not in {value_of(ssm, CURRENT), value_of(ssm, PREVIOUS)}


def test_a_bad_rotation_is_undone_and_what_it_signed_still_verifies(ssm: Any) -> None:
    version = handler({"force": True}, None)["version"]
    bad = value_of(ssm, CURRENT)
    assert handler({"action": "undo", "bad_version": version}, None)["outcome"] == "undone"
    assert (value_of(ssm, CURRENT), value_of(ssm, PREVIOUS)) == ("first", bad)


def test_a_repeated_undo_does_not_restore_the_bad_secret(ssm: Any) -> None:
    version = handler({"force": True}, None)["version"]
    outcomes = [handler({"action": "undo", "bad_version": version}, None)["outcome"] for _ in range(2)]
    assert outcomes == ["undone", "not-that-version"]
    assert value_of(ssm, CURRENT) == "first"


def test_every_value_keeps_its_key(ssm: Any) -> None:
    before = {p["Name"]: p["KeyId"] for p in ssm.describe_parameters()["Parameters"]}
    handler({"force": True}, None)
    found = ssm.describe_parameters()["Parameters"]
    assert {p["Name"]: p["KeyId"] for p in found} == before
    assert {p["Type"] for p in found} == {"SecureString"}


class FailsAt:
    """Parameter Store that stops at a certain write."""

    def __init__(self, ssm: Any, write: int) -> None:
        self._ssm, self._left = ssm, write

    def get_parameter(self, **arguments: Any) -> dict[str, Any]:
        found: dict[str, Any] = self._ssm.get_parameter(**arguments)
        return found

    def put_parameter(self, **arguments: Any) -> dict[str, Any]:
        self._left -= 1
        if self._left == 0:
            message = "the connection is lost"
            raise ConnectionError(message)
        written: dict[str, Any] = self._ssm.put_parameter(**arguments)
        return written


@pytest.mark.parametrize("write", [1, 2])
def test_a_rotation_that_stops_halfway_leaves_the_secret_good_and_can_be_repeated(ssm: Any, write: int) -> None:
    due = datetime.now(tz=UTC) + timedelta(days=30)
    with pytest.raises(ConnectionError):
        rotation(ssm, FailsAt(ssm, write)).rotate(now=due)
    assert value_of(ssm, CURRENT) == "first"
    rotation(ssm).rotate(now=due)
    assert value_of(ssm, PREVIOUS) == "first"


def test_an_undo_that_stops_halfway_leaves_the_good_secret_everywhere(ssm: Any) -> None:
    version = handler({"force": True}, None)["version"]
    with pytest.raises(ConnectionError):
        rotation(ssm, FailsAt(ssm, 2)).undo(now=datetime.now(tz=UTC), bad_version=version)
    assert {value_of(ssm, CURRENT), value_of(ssm, PREVIOUS)} == {"first"}


class Interrupted:
    """Parameter Store in which another run happens just before the nth call of this one."""

    def __init__(self, ssm: Any, call: int, other: Callable[[], object]) -> None:
        self._ssm, self._left, self._other = ssm, call, other

    def _count(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._other()

    def get_parameter(self, **arguments: Any) -> dict[str, Any]:
        self._count()
        found: dict[str, Any] = self._ssm.get_parameter(**arguments)
        return found

    def put_parameter(self, **arguments: Any) -> dict[str, Any]:
        self._count()
        written: dict[str, Any] = self._ssm.put_parameter(**arguments)
        return written


# The calls: read current, read previous, write previous, write current. Whoever wrote `previous` first goes on.
@pytest.mark.parametrize(("call", "goes_on"), [(2, "other"), (3, "other"), (4, "this")])
def test_of_two_rotations_at_once_only_one_replaces_the_secret(ssm: Any, call: int, goes_on: str) -> None:
    ended: list[str] = []

    def run(name: str, store: ParameterStore) -> None:
        with contextlib.suppress(BusyError):
            rotation(ssm, store).rotate(now=datetime.now(tz=UTC), force=True)
            ended.append(name)

    run("this", Interrupted(ssm, call, lambda: run("other", ssm)))
    assert ended == [goes_on]
    assert value_of(ssm, PREVIOUS) == "first"
    assert ssm.get_parameter(Name=CURRENT)["Parameter"]["Version"] == 2


@pytest.mark.parametrize(("since", "goes_on"), [(BUSY, True), (BUSY / 2, False)])
def test_a_run_that_stopped_is_ended_by_the_retry_and_one_that_is_going_on_is_not(
    ssm: Any, since: timedelta, *, goes_on: bool
) -> None:
    with pytest.raises(ConnectionError):
        rotation(ssm, FailsAt(ssm, 2)).rotate(now=datetime.now(tz=UTC), force=True)
    written = ssm.get_parameter(Name=PREVIOUS)["Parameter"]["LastModifiedDate"]
    with contextlib.nullcontext() if goes_on else pytest.raises(BusyError, match="repeat this one in a minute"):
        rotation(ssm).rotate(now=written + since, force=True)
    assert (value_of(ssm, CURRENT) != "first") is goes_on
    assert value_of(ssm, PREVIOUS) == "first"


@pytest.mark.usefixtures("ssm")
def test_an_unknown_action_is_refused() -> None:
    with pytest.raises(ValueError, match='action \'revert\' is not known: "rotate" or "undo"'):
        handler({"action": "revert"}, None)
