"""Clients that sign in to the double of DocumentDB by IAM, as the drivers do."""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING, Any

import bson
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.emulator.databases.documentdb import Client

_BODY = "Action=GetCallerIdentity&Version=2011-06-15"


def credentials(sts: Any, role: str) -> Credentials:
    """Those of a role that is assumed."""
    given = sts.assume_role(RoleArn=role, RoleSessionName="reader")["Credentials"]
    return Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


def sign_in(
    client: Client, signer: Credentials, *, region: str | None = None, changes: Mapping[str, Any] | None = None
) -> None:
    """Sign in on a client's only connection, and let it be the one of all commands.

    https://github.com/mongodb/specifications/blob/master/source/auth/auth.md#mongodb-aws

    Args:
        client: With one connection and without a user.
        signer: The credentials.
        region: Where the signature is for, if not where the server says.
        changes: What is sent instead of what is right.
    """
    external = client["$external"]
    nonce = secrets.token_bytes(32)
    first = {"saslStart": 1, "mechanism": "MONGODB-AWS", "payload": bson.encode({"r": nonce, "p": 110})}
    challenge = bson.decode(external.command(first)["payload"])
    assert challenge["s"].startswith(nonce)
    assert len(challenge["s"]) == 64
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(_BODY)),
        "Host": challenge["h"],
        "X-MongoDB-Server-Nonce": base64.b64encode(challenge["s"]).decode(),
        "X-MongoDB-GS2-CB-Flag": "n",
    }
    request = AWSRequest(method="POST", url="/", data=_BODY, headers=headers)
    SigV4Auth(signer, "sts", region or challenge["h"].split(".")[1]).add_auth(request)
    sent = {"a": request.headers["Authorization"], "d": request.headers["X-Amz-Date"], "t": signer.token}
    payload = bson.encode({**sent, **(changes or {})})
    done = external.command({"saslContinue": 1, "conversationId": 1, "payload": payload})
    assert done["done"] is True
