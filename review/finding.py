"""What a rule says about a plan, and how much it matters."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class Level(IntEnum):
    """How much a finding matters; the worst one of a plan is its verdict."""

    ALLOW = 0
    """Worth reading, and nothing to decide."""
    APPROVAL = 1
    """A person must have read it before the apply."""
    BLOCK = 2
    """The review fails until an entry of approvals.toml accepts it."""


VERDICTS: Final[Mapping[Level, str]] = {Level.ALLOW: "allow", Level.APPROVAL: "needs approval", Level.BLOCK: "block"}
"""The verdict of a plan by its worst finding."""

ACTIONS: Final[Mapping[str, str]] = {
    "destroy-data": "destroys, replaces or forgets what holds data, or cannot come back as it was",
    "drop-protection": "switches off what protects data: deletion protection, snapshots, retention, locks",
    "go-back": "a version goes backwards: engine, platform, runtime, or the release of an image",
    "open-public": "makes something public: a public address, a block of public access that goes",
    "weaken-encryption": "encryption or TLS becomes weaker, or ends",
    "open-network": "a security group lets in more than before",
    "widen-access": "a policy allows more than before, or forbids less",
    "move-traffic": "a listener sends requests elsewhere",
    "raise-cost": "the plans cost more than the limit in pricing/usage.toml; no approval accepts it",
    "unsound-plan": "the plan failed, is not whole, or a check failed; no approval accepts it",
}
"""Every action of a finding, as an entry of approvals.toml names it."""

UNSOUND: Final = "unsound-plan"
NEVER_APPROVED: Final = frozenset({UNSOUND, "raise-cost"})
"""Actions that no entry can accept."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One reason of a verdict."""

    action: str
    """One of `ACTIONS`."""
    level: Level
    address: str
    """The resource; empty for the plan as a whole."""
    text: str
    """What happens, without sensitive values."""
    approved_by: str = ""
    """The team that accepts it, with the last day and the reason; empty if nobody does."""

    @property
    def effective(self) -> Level:
        """Its level, with the approval if there is one."""
        return Level.ALLOW if self.approved_by else self.level
