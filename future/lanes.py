"""What the lanes are, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Lane:
    """One way out: which packages it has instead of today's."""

    name: str
    lock: str
    """Its packages; all others are those of the tests."""
    without: tuple[str, ...]
    """Packages of today's that it does not have."""
    relabels: bool = False
    """Whether the fork is laid under the name `cdktf`, which the bindings then find.

    In the lock it has its own name, which they do not ask for, so pip must not look at what packages need.
    """


CDKTN: Final = Lane(
    name="cdktn",
    lock="requirements/future-cdktn.lock",
    without=("cdktf", "cdktf-cdktf-provider-aws"),
)
CORE: Final = Lane(name="core", lock="requirements/future-core.lock", without=("cdktf",), relabels=True)
LANES: Final = {lane.name: lane for lane in (CDKTN, CORE)}
