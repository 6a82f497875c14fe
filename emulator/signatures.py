"""Checks signatures of version 4, for the databases that sign in by IAM: who has signed, and whether it is right.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

if TYPE_CHECKING:
    from collections.abc import Mapping

ALGORITHM: Final = "AWS4-HMAC-SHA256"
_END: Final = "aws4_request"
_TIME: Final = "%Y%m%dT%H%M%SZ"
_PARTITION: Final = "aws"
_SKEW_SECONDS: Final = 300


class SignatureError(Exception):
    """It is not valid, or nobody may sign with it; the text says why, and never has a secret."""


@dataclass(frozen=True)
class Signer:
    """Who has signed."""

    arn: str
    """The ARN of the role or user; that of a role is without a path, as STS knows none."""
    role_arn: str | None
    """The ARN of the role with its path; None of a user."""
    secret: str
    token: str | None


@dataclass(frozen=True)
class Scope:
    """What a signature is for."""

    key: str
    date: str
    region: str
    service: str

    @classmethod
    def read(cls, credential: str) -> Scope:
        """Read the credential of a signature.

        Raises:
            SignatureError: It does not have the five parts.
        """
        parts = credential.split("/")
        if len(parts) != 5 or parts[-1] != _END:  # noqa: PLR2004  the key, the scope's three parts and its end
            message = "the credential is not key/date/region/service/aws4_request"
            raise SignatureError(message)
        return cls(*parts[:-1])

    @property
    def text(self) -> str:
        """The scope without the key."""
        return f"{self.date}/{self.region}/{self.service}/{_END}"


@dataclass(frozen=True)
class SignedRequest:
    """A request as it was signed."""

    method: str
    path: str
    query: str
    """The parameters in their order, as they are in the address, without the signature."""
    headers: Mapping[str, str]
    """The signed ones, in lowercase letters."""
    body: str
    time: str

    def text(self, scope: Scope) -> str:
        """Return what is signed."""
        names = sorted(self.headers)
        lines = [f"{name}:{' '.join(self.headers[name].split())}\n" for name in names]
        body = hashlib.sha256(self.body.encode()).hexdigest()
        canonical = "\n".join((self.method, self.path, self.query, "".join(lines), ";".join(names), body))
        return "\n".join((ALGORITHM, self.time, scope.text, hashlib.sha256(canonical.encode()).hexdigest()))


def require_signature(request: SignedRequest, scope: Scope, signature: str, token: str | None) -> Signer:
    """Return who has signed a request.

    Raises:
        SignatureError: The key is unknown or has expired, or the signature or the token is wrong.
    """
    signer = _find(scope.key)
    if (signer.token or "") != (token or ""):
        message = "the session token is not that of the key"
        raise SignatureError(message)
    key = f"AWS4{signer.secret}".encode()
    for part in (scope.date, scope.region, scope.service, _END):
        key = hmac.digest(key, part.encode(), "sha256")
    expected = hmac.digest(key, request.text(scope).encode(), "sha256").hex()
    if not hmac.compare_digest(expected, signature):
        message = "the signature does not match"
        raise SignatureError(message)
    return signer


def require_time(text: str, *, seconds: int) -> None:
    """Require that a signature was made in the last seconds, or a moment ahead.

    Raises:
        SignatureError: It was not.
    """
    try:
        signed = dt.datetime.strptime(text, _TIME).replace(tzinfo=dt.UTC)
    except ValueError:
        message = "the time is not in the form of YYYYMMDDTHHMMSSZ"
        raise SignatureError(message) from None
    age = (dt.datetime.now(dt.UTC) - signed).total_seconds()
    if not -_SKEW_SECONDS <= age <= seconds:
        message = f"the signature is {age:.0f} seconds old, and valid for {seconds}"
        raise SignatureError(message)


def role_with_key(key: str) -> str | None:
    """Return the ARN of the role whose session has an access key; None if it is of no session."""
    if not key or key.isdecimal():
        return None
    for backends in list(dict.values(sts_backends)):
        for backend in list(dict.values(backends)):
            for assumed in list(backend.assumed_roles):
                if assumed.access_key_id == key:
                    return str(assumed.role_arn)
    return None


def _find(key: str) -> Signer:
    """Find who has an access key: an assumed role or a user. The emulator's lock is not needed, as all is copied."""
    for backends in list(dict.values(sts_backends)):
        for backend in list(dict.values(backends)):
            for assumed in list(backend.assumed_roles):
                if assumed.access_key_id == key:
                    return _assumed(assumed)
    for account, by_partition in list(dict.items(iam_backends)):
        iam = dict.get(by_partition, _PARTITION)
        for user in list(iam.users.values()) if iam is not None else ():
            for own in list(user.access_keys):
                if own.access_key_id == key and own.status == "Active":
                    arn = f"arn:aws:iam::{account}:user{user.path}{user.name}"
                    return Signer(arn, None, own.secret_access_key, None)
    message = "nobody has the access key"
    raise SignatureError(message)


def _assumed(assumed: Any) -> Signer:
    role_arn, account = str(assumed.role_arn), str(assumed.account_id)
    if assumed.expiration <= dt.datetime.now(dt.UTC).replace(tzinfo=None):
        message = "the credentials have expired"
        raise SignatureError(message)
    roles = list(iam_backends[account][_PARTITION].roles.values())
    if not any(role.arn == role_arn for role in roles):
        message = "the role does not exist"
        raise SignatureError(message)
    name = role_arn.rpartition("/")[2]
    return Signer(
        f"arn:aws:iam::{account}:role/{name}",
        role_arn,
        str(assumed.secret_access_key),
        str(assumed.session_token),
    )
