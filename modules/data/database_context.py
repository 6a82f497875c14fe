"""The objects that every database of an environment needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modules.data.database_alarm import Subject

if TYPE_CHECKING:
    from modules.key import Key
    from modules.label import Label
    from modules.network.vpc import Vpc
    from modules.network.vpc_endpoints import InterfaceEndpoints
    from modules.topic import Topics


@dataclass(frozen=True, kw_only=True)
class DatabaseContext:
    """The network, keys and protection of a database."""

    label: Label
    vpc: Vpc
    """The database is in its database subnets, the function that makes its roles in its private ones."""
    key: Key
    """Encrypts storage, backups and Performance Insights."""
    secrets_key: Key
    """Encrypts the credentials."""
    logs_key: Key
    """Encrypts the logs."""
    topics: Topics
    """Receive its alarms and its events."""
    protect: bool
    """Refuse to destroy the database, and take a final snapshot if it is deleted in spite of that."""
    function_log_retention_days: int
    """Days that the logs of the functions that make the roles are kept."""
    endpoints: InterfaceEndpoints | None
    """By which those functions reach AWS, if there are any."""
    functions_need_internet: bool
    """Whether they reach some of AWS by the internet."""
    sleeps: bool
    """Whether a sleep schedule stops the database."""
    backed_up: bool
    """Whether a plan of AWS Backup covers it."""
    replicated: bool = False
    """Whether PostgreSQL has a read replica in the second region; then RDS must not manage its password."""

    def subject(self, name: str, what: str) -> Subject:
        """Who alarms are about.

        Args:
            name: Component of their names.
            what: The subject of their descriptions.
        """
        return Subject(name=name, what=what, label=self.label, topics=self.topics)
