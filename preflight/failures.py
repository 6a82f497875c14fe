"""Turns a call that failed into a line, which is never a pass: what is not known may be a problem."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)
from botocore.exceptions import (
    ConnectionError as NetworkError,
)

from preflight.account import error_code
from preflight.line import unreadable

if TYPE_CHECKING:
    from preflight.line import Line

DENIED: Final = {
    "403",  # a HEAD has no body, so no code
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "Forbidden",
    "UnauthorizedOperation",
}
_EXPIRED: Final = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "RequestExpired",
    "UnrecognizedClientException",
}
_NOT_ENABLED: Final = {"AuthFailure", "OptInRequired", "SubscriptionRequiredException"}
_THROTTLED: Final = {
    "RequestLimitExceeded",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
}
LOGIN: Final = "Log in again (`aws sso login`), or set AWS_PROFILE or AWS_ACCESS_KEY_ID and its secret; then repeat."
_SHOWN_CHARACTERS: Final = 120
NO_CREDENTIALS: Final = (
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)


def line_from(subject: str, error: ClientError | BotoCoreError, *, permission: str) -> Line:
    """The line of a check whose call failed.

    Args:
        subject: What was checked.
        error: What the call raised.
        permission: The IAM permission of the call.
    """
    if isinstance(error, ClientError):
        return _refused(subject, error, permission)
    if isinstance(error, NO_CREDENTIALS):
        return unreadable(subject, f"there are no valid credentials ({type(error).__name__})", LOGIN)
    if isinstance(error, NetworkError | HTTPClientError):
        endpoint = str(error.kwargs.get("endpoint_url") or "AWS")
        return unreadable(
            subject,
            f"no answer from {endpoint}",
            "Check the network, HTTPS_PROXY and AWS_ENDPOINT_URL; a region may also not be enabled. Then repeat.",
        )
    return unreadable(subject, f"{type(error).__name__}: {shortened(str(error))}", "Remove the cause, then repeat.")


def denied_line(subject: str, permission: str) -> Line:
    """The line of a check that lacks a permission."""
    fix = f"Allow {permission} to your role: docs/preflight.md has the whole policy. Then repeat."
    return unreadable(subject, f"{permission} is denied", fix)


def _refused(subject: str, error: ClientError, permission: str) -> Line:
    code = error_code(error)
    if code in DENIED:
        # Not AWS's message: it may contain an encoded one of a thousand characters.
        return denied_line(subject, permission)
    if code in _EXPIRED:
        return unreadable(subject, f"the credentials are not valid, or no longer ({code})", LOGIN)
    if code in _NOT_ENABLED:
        return unreadable(
            subject,
            f"{permission}: {code}",
            "Enable the region or the service for this account, or use another one, then repeat.",
        )
    if code in _THROTTLED:
        return unreadable(subject, f"{permission} is throttled ({code})", "Repeat it in a few minutes.")
    message = shortened(str(error.response.get("Error", {}).get("Message", "")))
    return unreadable(subject, f"{permission}: {code}: {message}", "Remove the cause, then repeat.")


def shortened(text: str) -> str:
    """The start of a message, in one line."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN_CHARACTERS else f"{line[:_SHOWN_CHARACTERS]}..."
