"""AWS with the credentials of the shell: clients of one region, and errors in the words of a person.

`make preflight` reads with clients that can only read. These can write: a tunnel runs a task and changes a rule.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from preflight.account import error_code
from preflight.failures import DENIED, line_from, shortened
from preflight.permissions import permission_for
from runner.errors import FAILED, RunnerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

_CONFIG: Final = Config(
    connect_timeout=5,
    read_timeout=30,
    retries={"mode": "standard", "total_max_attempts": 4},
    max_pool_connections=16,
)
PAGE: Final = "docs/day-2.md#permissions"


class OtherAccountError(RunnerError):
    """The credentials are of another account than the environment."""


class Account:
    """The account of an environment, in one region."""

    def __init__(self, session: boto3.Session, *, region: str) -> None:
        self.region = region
        self.called: set[str] = set()
        """The IAM permission of each operation that was called."""
        self._session = session
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()  # a session is not safe for threads, its clients are
        self._last = threading.local()

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 has no types
        """A client of the region."""
        with self._lock:
            if service not in self._clients:
                made = self._session.client(service, region_name=self.region, config=_CONFIG)
                made.meta.events.register("before-parameter-build", self._remember)
                self._clients[service] = made
            return self._clients[service]

    def items(self, service: str, operation: str, member: str, **arguments: object) -> list[Any]:
        """Everything that a list operation returns, of all pages."""
        pages = self.client(service).get_paginator(operation).paginate(**arguments)
        return [item for page in pages for item in page.get(member) or ()]

    def elsewhere(self, region: str) -> Account:
        """The same account in another region."""
        if region == self.region:
            return self
        there = Account(self._session, region=region)
        there.called, there._last = self.called, self._last
        return there

    def require(self, account_id: str, environment: str) -> str:
        """The ARN of the caller, whose account must be that of the environment.

        Raises:
            OtherAccountError: The credentials are of another account.
            RunnerError: There are no valid ones.
        """
        with self.using("the credentials of this shell"):
            caller = self.client("sts").get_caller_identity()
        if caller["Account"] != account_id:
            message = f"{environment} is in account {account_id}, and these credentials are of {caller['Account']}."
            raise OtherAccountError(message, "Set AWS_PROFILE or the credentials of that account, then repeat.")
        return str(caller["Arn"])

    @contextmanager
    def using(self, subject: str) -> Iterator[None]:
        """Turn what AWS or its library raises into one line: what was looked at, what is wrong, what to do.

        Raises:
            RunnerError: A call in the block failed.
        """
        try:
            yield
        except (ClientError, BotoCoreError) as error:
            permission = str(getattr(self._last, "permission", ""))
            line = line_from(subject, error, permission=permission)
            fix = line.fix
            if isinstance(error, ClientError) and error_code(error) in DENIED:
                fix = f"Allow it to your role: {PAGE}"
            message = f"Cannot use {subject}: {line.found}."
            raise RunnerError(message, fix, exit_code=FAILED) from None

    def _remember(self, model: Any, **_: object) -> None:  # noqa: ANN401 - botocore has no types
        self._last.permission = permission_for(model.service_model.service_name, model.name)
        self.called.add(self._last.permission)


def reason(error: ClientError) -> str:
    """What AWS says about a call that it refused, in one short line."""
    return shortened(str(error.response.get("Error", {}).get("Message", "")) or error_code(error))
