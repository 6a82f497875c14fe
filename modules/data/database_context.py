"""The objects that every database of an environment needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modules.key import Key
    from modules.label import Label
    from modules.network.vpc import Vpc


@dataclass(frozen=True, kw_only=True)
class DatabaseContext:
    """The network, keys and protection of a database."""

    label: Label
    vpc: Vpc
    """The database is in its database subnets."""
    key: Key
    """Encrypts storage, backups and Performance Insights."""
    secrets_key: Key
    """Encrypts the credentials."""
    logs_key: Key
    """Encrypts the logs."""
    protect: bool
    """Refuse to destroy the database, and take a final snapshot if it is deleted in spite of that."""
