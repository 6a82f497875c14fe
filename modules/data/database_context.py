"""What every database of an environment is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modules.key import Key
    from modules.label import Label
    from modules.network.vpc import Vpc


@dataclass(frozen=True, kw_only=True)
class DatabaseContext:
    """Where a database lives, what encrypts it, and whether it may go."""

    label: Label
    vpc: Vpc
    """It lives in the database subnets of this."""
    key: Key
    """Encrypts storage, backups and insights."""
    secrets_key: Key
    """Encrypts the credentials."""
    logs_key: Key
    """Encrypts the logs."""
    protect: bool
    """Refuse to destroy it, and leave a snapshot if somebody does all the same."""
