"""What the services of a region need of data: its databases, its parameters and its bucket for backups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from config.services import ServiceSettings
    from modules.bucket import Bucket
    from modules.named_parameter import ReadableParameter
    from modules.network.connections import Connections
    from modules.service.fargate_service import FargateService


@dataclass(frozen=True, kw_only=True)
class TunnelEnd:
    """A database to which people can open a tunnel."""

    identifier: str
    """Identifier of the instance of PostgreSQL, or of the cluster of DocumentDB."""
    connections: Connections
    """Its security group and its port."""


class DataSource(Protocol):
    """The layer `data`, or what stands by for it in the second region."""

    @property
    def backups(self) -> Bucket | None:
        """The bucket for backups; None without one."""

    @property
    def tunnel_ends(self) -> Mapping[str, TunnelEnd]:
        """The databases to which people can open a tunnel, as `make tunnel` calls them: `postgres`, `documentdb`."""

    def parameters(self, service: ServiceSettings) -> Mapping[str, ReadableParameter]:
        """Every parameter that a service can request, as its settings name it: `postgres/host`, `jwt/current`."""

    def connect(self, service: FargateService, settings: ServiceSettings) -> None:
        """Let a service reach the databases in which it has a role, and sign in if that takes a right of IAM."""
