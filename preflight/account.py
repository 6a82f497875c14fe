"""The account, through clients that can only read."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from preflight.permissions import permission_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

# A region that is not reachable costs a check 3 times 5 seconds, not minutes.
_CONFIG: Final = Config(
    connect_timeout=5,
    read_timeout=20,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=16,
)
_READS: Final = re.compile(r"(Get|List|BatchGet|Describe|Head)[A-Z]")
_ASSUME_ROLE: Final = "AssumeRole"
_SESSION_NAME: Final = "preflight"
_GLOBAL_REGION: Final = "us-east-1"
"""The region of IAM, Route 53 and of the quotas of global services.

https://docs.aws.amazon.com/servicequotas/latest/userguide/intro.html
"""


class WriteRefusedError(Exception):
    """A check called an operation that is not known to read only: an error in this program."""


class Account:
    """Clients by service and region. Each call has a time limit, and one that does not read is refused."""

    def __init__(self, session: boto3.Session, *, home_region: str) -> None:
        self.home_region = home_region
        self.called: set[str] = set()
        """The IAM permission of each operation that was called, also by AWS with these credentials."""
        self._session = session
        self._clients: dict[tuple[str, str], Any] = {}
        self._cached: dict[object, Any] = {}
        self._lock = threading.RLock()  # a session is not safe for threads, its clients are
        self._last = threading.local()

    @property
    def last_permission(self) -> str:
        """The permission of this thread's last call, which is the one that failed if a call has just failed."""
        return str(getattr(self._last, "permission", ""))

    @property
    def session(self) -> boto3.Session:
        """The session, for its credentials."""
        return self._session

    def client(self, service: str, region: str | None = None) -> Any:  # noqa: ANN401 - boto3 has no types
        """A client; without a region, of the region of global services."""
        key = (service, region or _GLOBAL_REGION)
        with self._lock:
            if key not in self._clients:
                made = self._session.client(service, region_name=key[1], config=_CONFIG)
                # Of this client alone: what fetches or renews the credentials has clients of its own.
                made.meta.events.register("before-parameter-build", self._admit)
                self._clients[key] = made
            return self._clients[key]

    def pages(self, service: str, region: str | None, operation: str, **arguments: object) -> Iterator[Any]:
        """Each page of a list operation, by its boto3 name."""
        client = self.client(service, region)
        if client.can_paginate(operation):
            yield from client.get_paginator(operation).paginate(**arguments)
        else:
            yield getattr(client, operation)(**arguments)

    def items(self, service: str, region: str | None, operation: str, member: str, **arguments: object) -> list[Any]:
        """Everything that a list operation returns."""
        return [item for page in self.pages(service, region, operation, **arguments) for item in page.get(member) or ()]

    def once(self, key: object, read: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever is read
        """Read something that several checks need; a failure is not kept."""
        with self._lock:
            if key in self._cached:
                return self._cached[key]
        value = read()
        with self._lock:
            return self._cached.setdefault(key, value)

    @property
    def number(self) -> str:
        """Its own number."""
        return str(self.once("number", lambda: self.client("sts").get_caller_identity()["Account"]))

    def assuming(self, role: Mapping[str, Any]) -> Account:
        """The same account, with the credentials of the role that Terraform assumes."""
        arguments = {"RoleArn": role["role_arn"], "RoleSessionName": role.get("session_name") or _SESSION_NAME}
        if role.get("external_id"):
            arguments["ExternalId"] = role["external_id"]
        credentials = self.client("sts", self.home_region).assume_role(**arguments)["Credentials"]
        session = boto3.Session(
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
        )
        assumed = Account(session, home_region=self.home_region)
        assumed.called = self.called
        return assumed

    def _admit(self, model: Any, **_: object) -> None:  # noqa: ANN401 - botocore has no types
        service, operation = model.service_model.service_name, model.name
        if not (_READS.match(operation) or (service == "sts" and operation == _ASSUME_ROLE)):
            message = f"{service}:{operation} may change something, and the preflight only reads."
            raise WriteRefusedError(message)
        self._last.permission = permission_for(service, operation)
        self.called.add(self._last.permission)


def error_code(error: ClientError) -> str:
    """AWS's code of an error."""
    return str(error.response.get("Error", {}).get("Code", ""))


def unless_missing(call: Callable[[], Any], *codes: str) -> Any:  # noqa: ANN401 - what the call returns
    """The result of a call, None if AWS answers with one of these codes, which mean that there is no such thing."""
    try:
        return call()
    except ClientError as error:
        if error_code(error) in codes:
            return None
        raise
