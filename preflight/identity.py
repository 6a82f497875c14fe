"""Whose credentials these are, and how long they last."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from preflight.account import WriteRefusedError, error_code
from preflight.failures import LOGIN, NO_CREDENTIALS, line_from, shortened
from preflight.line import Line, Status, ok, problem, unreadable

if TYPE_CHECKING:
    from preflight.account import Account
    from preflight.platform import Platform

CREDENTIALS: Final = "credentials"
ROLE: Final = "deploy role"
SESSION: Final = "session"
_FROM_VARIABLES: Final = "env"
"""botocore's name of credentials in AWS_ACCESS_KEY_ID: nothing can renew them."""

_DURATION: Final = re.compile(r"(\d+)([hms])")
_UNITS: Final = {"h": "hours", "m": "minutes", "s": "seconds"}
_DENIED: Final = {"AccessDenied", "AccessDeniedException"}


def identify(platform: Platform, account: Account) -> tuple[list[Line], Account | None]:
    """The lines about the credentials, and the account to read; None if it is not the environment's."""
    try:
        return _identify(platform, account)
    except WriteRefusedError:
        raise
    except Exception as error:  # noqa: BLE001 - a variable or a file that botocore does not check, or a proxy's own answer
        found = f"the caller cannot be read: {type(error).__name__}: {shortened(str(error))}"
        fix = "Correct the variables of AWS and the proxies of this shell, and the files that they name; then repeat."
        return [unreadable(ROLE if platform.role else CREDENTIALS, found, fix)], None


def _identify(platform: Platform, account: Account) -> tuple[list[Line], Account | None]:
    if not platform.role:
        line = _caller(CREDENTIALS, platform, account)
        lines = [line, *_session(platform, account)] if line.status is Status.OK else [line]
        return lines, account if line.status is Status.OK else None
    role_arn = str(platform.role["role_arn"])
    try:
        assumed = account.assuming(platform.role)
    except ClientError as error:
        if error_code(error) not in _DENIED:
            return [line_from(ROLE, error, permission="sts:AssumeRole")], None
        fix = (
            "Let the role trust your credentials, and let them call sts:AssumeRole for it; "
            f"or correct deploy_role_arn in {platform.file}."
        )
        return [problem(ROLE, f"{role_arn} cannot be assumed", fix)], None
    except BotoCoreError as error:
        return [_failed(ROLE, error)], None
    line = _caller(ROLE, platform, assumed)
    if line.status is not Status.OK:
        return [line], None
    return [line, *_session(platform, account)], assumed


def _caller(subject: str, platform: Platform, account: Account) -> Line:
    try:
        caller = account.client("sts", account.home_region).get_caller_identity()
    except ClientError as error:
        return line_from(subject, error, permission="sts:GetCallerIdentity")
    except BotoCoreError as error:
        return _failed(subject, error)
    if caller["Account"] != platform.account_id:
        fix = (
            f"Set AWS_PROFILE, or log in, for account {platform.account_id}; or correct account_id in {platform.file}."
        )
        found = f"{caller['Arn']} is of account {caller['Account']}; {platform.environment} is {platform.account_id}"
        return problem(subject, found, fix)
    return ok(subject, str(caller["Arn"]))


def _failed(subject: str, error: BotoCoreError) -> Line:
    if isinstance(error, NO_CREDENTIALS):
        return problem(subject, f"there are no valid credentials ({type(error).__name__})", LOGIN)
    return line_from(subject, error, permission="sts:GetCallerIdentity")


def _session(platform: Platform, account: Account) -> list[Line]:
    """How long the credentials last, if they end; those of a profile are renewed while they are used."""
    credentials = account.session.get_credentials()
    if credentials is None or not credentials.token:
        return []
    ends = getattr(credentials, "_expiry_time", None)
    if credentials.method != _FROM_VARIABLES:
        return [ok(SESSION, "is renewed by its profile")]
    if ends is None:
        return [ok(SESSION, "its end is not known: AWS_CREDENTIAL_EXPIRATION is not set")]
    return [_remaining(ends - datetime.now(UTC), longest_wait(platform))]


def _remaining(left: timedelta, wait: timedelta) -> Line:
    found = f"ends in {_minutes(left)} min"
    if left < wait:
        found += f", and an apply waits up to {_minutes(wait)} min for a certificate"
        fix = "Log in again just before the apply, for a longer session; or delegate the zone first, then apply."
        return problem(SESSION, found, fix)
    return ok(SESSION, found)


def longest_wait(platform: Platform) -> timedelta:
    """The longest that an apply waits for a person: until the zone is delegated, no certificate is issued."""
    waits = (
        _duration(str(placed.resource.block("timeouts").get("create") or ""))
        for placed in platform.all("aws_acm_certificate_validation")
    )
    return max(waits, default=timedelta())


def _duration(text: str) -> timedelta:
    """Terraform's text, like `1h30m`."""
    return timedelta(**{_UNITS[unit]: int(number) for number, unit in _DURATION.findall(text)})


def _minutes(time: timedelta) -> int:
    return int(time.total_seconds() // 60)
