"""Checks the tokens with which users sign in to RDS and RDS Proxy by IAM.

A token is a request to connect, signed in its address:
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.Connecting.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from emulator.permissions import role_actions
from emulator.signatures import Scope, SignatureError, SignedRequest, require_signature, require_time

_SERVICE: Final = "rds-db"
_CONNECT: Final = "rds-db:connect"
_SIGNATURE: Final = "X-Amz-Signature"
_VALID_SECONDS: Final = 900


@dataclass(frozen=True)
class Door:
    """What a token lets in at: an instance or a proxy."""

    host: str
    port: int
    account: str
    region: str
    resource_id: str
    """`db-..` or `prx-..`."""

    def arn(self, user: str) -> str:
        """The resource of the permission to sign in as a user."""
        return f"arn:aws:{_SERVICE}:{self.region}:{self.account}:dbuser:{self.resource_id}/{user}"


def host_of(token: str) -> str:
    """Return the name of the instance or proxy that a token is for, as far as it has one."""
    return token.partition("/?")[0].partition(":")[0]


def require_token(token: str, user: str, door: Door) -> None:
    """Require that a token lets a user in; the caller has the emulator's lock.

    Users of IAM sign in by DocumentDB only: the emulator reads the policies of roles.

    Raises:
        SignatureError: It does not.
    """
    place, _, query = token.partition("/?")
    asked = {name: values[0] for name, values in parse_qs(query).items()}
    if (asked.get("Action"), asked.get("DBUser")) != ("connect", user) or place != f"{door.host}:{door.port}":
        message = f"the token is not to connect as {user} to {door.host}:{door.port}"
        raise SignatureError(message)
    scope = Scope.read(asked.get("X-Amz-Credential", ""))
    if (scope.region, scope.service) != (door.region, _SERVICE):
        message = f"the token is for {scope.service} in {scope.region}"
        raise SignatureError(message)
    time, expires = asked.get("X-Amz-Date", ""), asked.get("X-Amz-Expires", "")
    if asked.get("X-Amz-SignedHeaders") != "host" or not expires.isdecimal():
        message = "the token has no host or no end"
        raise SignatureError(message)
    require_time(time, seconds=min(int(expires), _VALID_SECONDS))
    unsigned = sorted(part for part in query.split("&") if not part.startswith(f"{_SIGNATURE}="))
    request = SignedRequest("GET", "/", "&".join(unsigned), {"host": place}, "", time)
    signer = require_signature(request, scope, asked.get(_SIGNATURE, ""), asked.get("X-Amz-Security-Token"))
    if not signer.role_arn or not role_actions(signer.role_arn, (_CONNECT,), door.arn(user)):
        message = f"{signer.arn} is not authorized to perform: {_CONNECT} on resource: {door.arn(user)}"
        raise SignatureError(message)
