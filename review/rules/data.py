"""Data that is lost: what a plan destroys, replaces or forgets of what cannot come back as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from review.changes import DESTROY, FORGET, REPLACE
from review.finding import Finding, Level
from synthesis.stateful import IRREPLACEABLE, OTHER_STATEFUL, STATEFUL, is_spare_replica

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from review.changes import ResourceChange

HOLDS_DATA: Final = frozenset((*STATEFUL, *OTHER_STATEFUL))
"""Types that hold data, also those that only other platforms than this one have."""

_KEPT: Final = frozenset(IRREPLACEABLE) - HOLDS_DATA
_DONE: Final = {DESTROY: "is destroyed", REPLACE: "is replaced by an empty one", FORGET: "leaves the state and stays"}
_ARN_REGION: Final = 3


def lost_data(changes: Sequence[ResourceChange]) -> Iterator[Finding]:
    """A finding for each resource that ends, with the cause and with what would have kept a copy."""
    for change in changes:
        if change.kind not in _DONE or not (change.type in HOLDS_DATA or change.type in _KEPT):
            continue
        done = _DONE[change.kind]
        if change.type in _KEPT and change.kind == REPLACE:
            done = "is replaced"
        cause = change.cause()
        parts = [f"{done}: {cause}" if cause else done, *_copies(change)]
        yield Finding(action="destroy-data", level=_level(change), address=change.address, text="; ".join(parts))


def _level(change: ResourceChange) -> Level:
    if change.kind == FORGET or change.is_deposed or change.type in _KEPT:
        return Level.APPROVAL
    region = [*str(change.old("arn") or "").split(":"), "", "", "", ""][_ARN_REGION]
    # A read replica beside its source has nothing of its own.
    return Level.APPROVAL if is_spare_replica(change.before, region=region) else Level.BLOCK


def _copies(change: ResourceChange) -> Iterator[str]:
    """What is left, or not, when the object of today is gone."""
    if change.kind == FORGET:
        return
    if change.old("skip_final_snapshot") is True:
        yield "without a final snapshot"
    if change.old("force_destroy") is True or change.old("force_delete") is True:
        yield "with all that is in it"
    if change.old("deletion_protection") is True or change.old("deletion_protection_enabled") is True:
        yield "AWS will refuse it, because its deletion protection is on"
