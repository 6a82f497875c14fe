from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ProfileNotFound,
    ReadTimeoutError,
)

from preflight.failures import line_from
from preflight.line import Status

if TYPE_CHECKING:
    from preflight.line import Line


def refused(code: str, message: str = "no") -> Line:
    error = ClientError({"Error": {"Code": code, "Message": message}}, "GetRole")
    return line_from("roles", error, permission="iam:GetRole")


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"])
def test_a_denied_call_names_the_permission_and_not_the_message(code: str) -> None:
    line = refused(code, "Encoded authorization failure message: " + "x" * 1000)

    assert (line.status, line.found) == (Status.UNREADABLE, "iam:GetRole is denied")
    assert line.fix.startswith("Allow iam:GetRole to your role")


@pytest.mark.parametrize(
    ("code", "found", "fix"),
    [
        ("ExpiredToken", "the credentials are not valid, or no longer (ExpiredToken)", "Log in again"),
        ("InvalidClientTokenId", "the credentials are not valid", "Log in again"),
        ("OptInRequired", "iam:GetRole: OptInRequired", "Enable the region or the service"),
        ("AuthFailure", "iam:GetRole: AuthFailure", "Enable the region or the service"),
        ("Throttling", "iam:GetRole is throttled (Throttling)", "Repeat it"),
        ("TooManyRequestsException", "iam:GetRole is throttled", "Repeat it"),
        ("InternalFailure", "iam:GetRole: InternalFailure: no", "Remove the cause"),
    ],
)
def test_each_refusal_says_what_to_do(code: str, found: str, fix: str) -> None:
    line = refused(code)

    assert line.status is Status.UNREADABLE
    assert line.found.startswith(found)
    assert line.fix.startswith(fix)


def test_a_long_message_is_cut() -> None:
    assert len(refused("InternalFailure", "long " * 100).found) < 160


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="https://iam.amazonaws.com/"),
        ConnectTimeoutError(endpoint_url="https://iam.amazonaws.com/"),
        ReadTimeoutError(endpoint_url="https://iam.amazonaws.com/"),
    ],
)
def test_an_endpoint_without_answer_is_named(error: BotoCoreError) -> None:
    line = line_from("roles", error, permission="iam:GetRole")

    assert (line.status, line.found) == (Status.UNREADABLE, "no answer from https://iam.amazonaws.com/")
    assert "HTTPS_PROXY" in line.fix


def test_missing_credentials_are_named() -> None:
    line = line_from("roles", ProfileNotFound(profile="acme"), permission="iam:GetRole")

    assert line.found == "there are no valid credentials (ProfileNotFound)"
