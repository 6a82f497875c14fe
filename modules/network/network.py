"""What resources need to know of the network that they are in: the one of the platform, or that of restore drills."""

from __future__ import annotations

from typing import Protocol


class Network(Protocol):
    """A VPC."""

    @property
    def id(self) -> str:
        """Id of the VPC."""


class WorkloadNetwork(Network, Protocol):
    """A VPC in which functions run."""

    @property
    def private_subnet_ids(self) -> list[str]:
        """Those that functions are in."""
