"""What is not safe about an upgrade, in words for the one who has to change it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from main import ROOT
from tests.upgrade.changes import Change, planned_changes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from tests.upgrade.changes import ExpectedChanges

UPDATE: Final = "UPDATE_SNAPSHOTS=1 python -m pytest -m emulator tests/upgrade"

_FAILED: Final = "the upgrade stopped; as long as it does, the rest of it is not known:"
_LOST: Final = (
    "these hold what Terraform cannot bring back, so no list allows to delete or replace them. Keep their addresses "
    "by `moved` blocks, and keep the arguments that force a replacement: the plans below mark them. To stop managing "
    "one and keep its data, use a `removed` block (docs/upgrades.md):"
)
_NOT_NEW: Final = (
    "these stacks are new, and a new stack may only create, or import what another one lets go. Check the key of its "
    "state, which another stack may have:"
)
_RETIRED: Final = (
    "these layers are not synthesized any more, so an apply leaves what they had made behind. Bring them back; where "
    "it is meant that they go, list it in {path}: {update}"
)
_UNLISTED: Final = (
    "these changes are not listed in {path}. Where an address changed, keep the resource by a `moved` block "
    "(docs/upgrades.md). Where a change is meant, list it: {update}"
)
_OUTDATED: Final = (
    "{path} lists these changes, which do not happen any more. Where that is meant, remove them: {update}"
)
# An import that also changes arguments is planned as an update.
_IMPORTS: Final = frozenset({"import", "update"})
_SECOND_PLAN: Final = "the upgrade is applied, and a second plan must be empty, but it has these changes:"


@dataclass(frozen=True)
class UpgradeReport:
    """What has happened to an environment."""

    environment: str
    before: frozenset[str]
    """Ids of the stacks of the baseline."""
    now: frozenset[str]
    """Ids of the stacks of the present version."""
    plans: Mapping[str, Collection[str]]
    """What the present version planned in each stack, each change as `update aws_vpc.Default`."""
    failures: Collection[str]
    """What could not be planned or applied; empty if all of it was."""
    second_plan: Collection[str]
    """What the plan after that would still change."""

    @property
    def changes(self) -> set[Change]:
        """What belongs into the list: the changes to what was there before."""
        changes = {change for change in planned_changes(self.plans) if self._concerns_what_was_there(change)}
        return changes | {Change.retirement(stack) for stack in self.before - self.now}

    def _concerns_what_was_there(self, change: Change) -> bool:
        return change.stack in self.before or change.action in _IMPORTS

    def problems(self, expected: ExpectedChanges, *, irreplaceable: Collection[str]) -> str:
        """All that is wrong; empty if the upgrade is safe. `irreplaceable` are types of resources."""
        path = os.path.relpath(expected.path, ROOT)
        changes, listed = self.changes, expected.whys.keys()
        lost = {change for change in changes if change.destroys_any_of(irreplaceable)}
        new = {change for change in planned_changes(self.plans) if not self._concerns_what_was_there(change)}
        unlisted = changes - listed - lost
        retired = {change for change in unlisted if change.retires}
        # What was not planned, because an earlier stack failed, could still happen.
        outdated = set() if self.failures else listed - changes
        parts = {
            _FAILED: self.failures,
            _LOST: _sorted(lost),
            _NOT_NEW: _sorted(change for change in new if change.action != "create"),
            _RETIRED: _sorted(retired),
            _UNLISTED: _sorted(unlisted - retired),
            _OUTDATED: _sorted(outdated),
            _SECOND_PLAN: self.second_plan,
        }
        return "\n\n".join(self._blocks(parts, path))

    def _blocks(self, parts: Mapping[str, Collection[str]], path: str) -> Iterator[str]:
        for heading, found in parts.items():
            if found:
                lines = [f"{self.environment}: {heading.format(path=path, update=UPDATE)}", *found]
                yield "\n  ".join(lines)


def _sorted(changes: Iterable[Change]) -> list[str]:
    return [str(change) for change in sorted(changes)]
