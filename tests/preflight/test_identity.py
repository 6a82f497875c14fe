from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.parsers import ResponseParserError

from preflight.account import Account
from preflight.identity import identify, longest_wait
from preflight.line import Status
from tests.preflight.samples import platform

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator import Emulator
    from tests.preflight.conftest import Place

ROLE = "arn:aws:iam::{}:role/deploy"
WAIT = {"aws_acm_certificate_validation.v": {"timeouts": {"create": "1h30m"}}}


def environment_account(monkeypatch: pytest.MonkeyPatch, *, ends: timedelta | None) -> Account:
    """Temporary credentials in the variables of a shell."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "123456789012")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    if ends is not None:
        monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", (datetime.now(UTC) + ends).isoformat())
    return Account(boto3.Session(), home_region="us-east-1")


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("AWS_CREDENTIAL_EXPIRATION", "garbage", "garbage"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/missing", "/missing"),
        ("AWS_ENDPOINT_URL", "garbage", "garbage"),
    ],
)
def test_a_variable_that_cannot_be_used_is_a_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, found: str
) -> None:
    if name == "AWS_WEB_IDENTITY_TOKEN_FILE":
        monkeypatch.setenv("AWS_ROLE_ARN", ROLE.format("123456789012"))
    else:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "123456789012")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv(name, value)

    (line,), account = identify(platform(account="123456789012"), Account(boto3.Session(), home_region="us-east-1"))

    assert (line.subject, line.status, account) == ("credentials", Status.UNREADABLE, None)
    assert line.found.startswith("the caller cannot be read: ")
    assert found in line.found


def test_an_answer_without_a_body_is_a_line(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> tuple[int, dict[str, str], bytes]:
        raise ResponseParserError

    monkeypatch.setattr("botocore.parsers.QueryParser.parse", refuse)

    (line,), account = identify(platform(account=place.id), place.account)

    assert (line.status, account) == (Status.UNREADABLE, None)
    assert "ResponseParserError" in line.found


def test_credentials_of_the_account_are_ok(place: Place) -> None:
    (line,), account = identify(platform(account=place.id), place.account)

    assert (line.subject, line.status) == ("credentials", Status.OK)
    assert f":{place.id}:" in line.found
    assert account is place.account


def test_credentials_of_another_account_are_a_problem(place: Place) -> None:
    (line,), account = identify(platform(account="999999999999"), place.account)

    assert line.status is Status.PROBLEM
    assert line.found.endswith(f"is of account {place.id}; test is 999999999999")
    assert "account 999999999999" in line.fix
    assert account is None


def test_no_credentials_are_a_problem(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.url)

    (line,), account = identify(platform(), Account(boto3.Session(), home_region="us-east-1"))

    assert (line.status, line.found) == (Status.PROBLEM, "there are no valid credentials (NoCredentialsError)")
    assert "aws sso login" in line.fix
    assert account is None


def test_a_dead_endpoint_is_no_pass(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")

    (line,), account = identify(platform(account=place.id), place.account)

    assert (line.status, line.found) == (Status.UNREADABLE, "no answer from http://127.0.0.1:9/")
    assert "AWS_ENDPOINT_URL" in line.fix
    assert account is None


def test_a_denied_call_is_no_pass(place: Place, deny: Callable[..., None]) -> None:
    deny("sts:GetCallerIdentity")

    (line,), account = identify(platform(account=place.id), place.account)

    assert (line.status, account) == (Status.UNREADABLE, None)


def test_the_account_is_read_with_the_role_that_terraform_assumes(place: Place) -> None:
    provider = {"assume_role": [{"role_arn": ROLE.format("777777777777"), "external_id": "acme"}]}

    (line,), account = identify(platform(account="777777777777", provider=provider), place.account)

    assert (line.subject, line.status) == ("deploy role", Status.OK)
    assert line.found == "arn:aws:sts::777777777777:assumed-role/deploy/preflight"
    assert account is not None
    assert account.called == {"sts:AssumeRole", "sts:GetCallerIdentity"}


def test_a_role_of_another_account_is_a_problem(place: Place) -> None:
    provider = {"assume_role": [{"role_arn": ROLE.format("777777777777")}]}

    (line,), account = identify(platform(account="888888888888", provider=provider), place.account)

    assert (line.status, account) == (Status.PROBLEM, None)


def test_a_role_that_cannot_be_assumed_is_a_problem(place: Place, deny: Callable[..., None]) -> None:
    deny("sts:AssumeRole")
    provider = {"assume_role": [{"role_arn": ROLE.format("777777777777")}]}

    (line,), account = identify(platform(account="777777777777", provider=provider), place.account)

    assert line.status is Status.PROBLEM
    assert line.found == "arn:aws:iam::777777777777:role/deploy cannot be assumed"
    assert "deploy_role_arn in environments/test.toml" in line.fix
    assert account is None


@pytest.mark.usefixtures("place")
def test_a_session_that_outlives_the_longest_wait_is_ok(monkeypatch: pytest.MonkeyPatch) -> None:
    account = environment_account(monkeypatch, ends=timedelta(hours=2, seconds=30))

    _, session = identify(platform(WAIT, account="123456789012"), account)[0]

    assert (session.status, session.found) == (Status.OK, "ends in 120 min")


@pytest.mark.usefixtures("place")
def test_a_session_that_ends_before_the_longest_wait_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    account = environment_account(monkeypatch, ends=timedelta(minutes=60, seconds=30))

    _, session = identify(platform(WAIT, account="123456789012"), account)[0]

    assert session.status is Status.PROBLEM
    assert session.found == "ends in 60 min, and an apply waits up to 90 min for a certificate"


@pytest.mark.usefixtures("place")
def test_a_session_without_a_known_end_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    account = environment_account(monkeypatch, ends=None)

    _, session = identify(platform(account="123456789012"), account)[0]

    assert session.found == "its end is not known: AWS_CREDENTIAL_EXPIRATION is not set"


@pytest.mark.parametrize(
    ("text", "minutes"), [("2h", 120), ("45m", 45), ("1h30m", 90), ("90s", 1.5), ("", 0), (None, 0)]
)
def test_the_longest_wait_is_that_of_the_validations(text: str | None, minutes: float) -> None:
    found = platform({"aws_acm_certificate_validation.v": {"timeouts": {"create": text}}})

    assert longest_wait(found) == timedelta(minutes=minutes)
