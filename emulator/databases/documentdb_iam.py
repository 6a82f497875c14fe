"""The server's side of MONGODB-AWS: a client proves by a signed request of STS which role or user it is.

https://github.com/mongodb/specifications/blob/master/source/auth/auth.md#mongodb-aws
https://docs.aws.amazon.com/documentdb/latest/developerguide/iam-identity-auth.html
"""

from __future__ import annotations

import base64
import re
import secrets
from typing import Any, Final

import bson

from emulator.databases.documentdb_scram import authentication_failed
from emulator.signatures import ALGORITHM, Scope, SignatureError, SignedRequest, require_signature, require_time

MECHANISM: Final = "MONGODB-AWS"
EXTERNAL: Final = "$external"
"""The database of the users who sign in so."""

NAME: Final = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:(role|user)/[\w+=,.@/-]{1,576}")
"""The name of such a user: the ARN of a role or user."""

_NONCE_BYTES: Final = 32
_NO_CHANNEL_BINDING: Final = 110
_BODY: Final = "Action=GetCallerIdentity&Version=2011-06-15"
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
_VALID_SECONDS: Final = 300
_AUTHORIZATION: Final = re.compile(
    rf"{ALGORITHM} Credential=(?P<credential>[^,\s]+), ?SignedHeaders=(?P<names>[^,\s]+), ?Signature=(?P<signature>\w+)"
)


class IamConversation:
    """One client that signs in: first `challenge`, then `identify`."""

    def __init__(self, payload: bytes, *, region: str) -> None:
        sent = _decode(payload)
        nonce = bytes(sent.get("r", b""))
        if len(nonce) != _NONCE_BYTES or sent.get("p") != _NO_CHANNEL_BINDING:
            raise authentication_failed()
        self._nonce = nonce + secrets.token_bytes(_NONCE_BYTES)
        self._region = region

    @property
    def _host(self) -> str:
        """The endpoint of STS in the region, which DocumentDB asks."""
        return f"sts.{self._region}.amazonaws.com"

    def challenge(self) -> bytes:
        """Return the nonce that must be signed, and for whom."""
        return bson.encode({"s": self._nonce, "h": self._host})

    def identify(self, payload: bytes) -> str:
        """Return the ARN of who has signed; the emulator's lock is not needed."""
        sent = _decode(payload)
        found = _AUTHORIZATION.fullmatch(str(sent.get("a")))
        if found is None:
            raise authentication_failed()
        time, token = str(sent.get("d")), sent.get("t")
        headers = {
            "content-length": str(len(_BODY)),
            "content-type": "application/x-www-form-urlencoded",
            "host": self._host,
            "x-amz-date": time,
            "x-mongodb-gs2-cb-flag": "n",
            "x-mongodb-server-nonce": base64.b64encode(self._nonce).decode(),
            **({"x-amz-security-token": str(token)} if token else {}),
        }
        try:
            scope = Scope.read(found["credential"])
            if set(found["names"].split(";")) != headers.keys() or (scope.region, scope.service) != (
                self._region,
                "sts",
            ):
                raise authentication_failed()
            require_time(time, seconds=_VALID_SECONDS)
            request = SignedRequest("POST", "/", "", headers, _BODY, time)
            return require_signature(request, scope, found["signature"], str(token) if token else None).arn
        except SignatureError:
            raise authentication_failed() from None


def _decode(payload: bytes) -> dict[str, Any]:
    try:
        return dict(bson.decode(payload))
    except bson.InvalidBSON:
        raise authentication_failed() from None
