"""A database as the end of a tunnel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modules.network.connections import Connections


@dataclass(frozen=True, kw_only=True)
class TunnelEnd:
    """A database to which people can open a tunnel."""

    identifier: str
    """Identifier of the instance of PostgreSQL, or of the cluster of DocumentDB."""
    connections: Connections
    """Its security group and its port."""
