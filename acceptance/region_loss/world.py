"""The environment of a rehearsal, and where it is applied: what every marker needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from acceptance.region_loss.tasks import find_task

if TYPE_CHECKING:
    from acceptance.account import Account
    from acceptance.region_loss.tasks import Task
    from config.environment import Environment

NAME: Final = "rehearsal"
"""The name of what a marker makes in a store: a table, a collection, a folder."""


@dataclass(frozen=True)
class World:
    """The environment, and where it is applied."""

    environment: Environment
    account: Account

    def task(self, service: str, region: str) -> Task:
        """The tasks of a service in a region."""
        return find_task(self.environment, self.account, service, region=region)

    def client(self, name: str, region: str) -> Any:  # noqa: ANN401 - boto3's
        """A client of AWS in a region, with the rights of a person."""
        return self.account.session(region).client(name)
