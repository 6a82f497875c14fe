"""What a page says of plans, as data: it goes through a file from the job that plans to the one that writes a comment.

Nothing in it is sensitive. A pull request may have written the file, so what is read back is only text and numbers,
which whoever prints it escapes.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from review.changes import KINDS
from review.finding import UNSOUND, Finding, Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

QUIET = "no changes"
"""The status of a stack without changes, in the words of the runner."""
PLANNED = (QUIET, "changes")
"""The statuses of a plan that was made."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One kind of change to one or more resources that change in the same way."""

    kind: str
    addresses: tuple[str, ...]
    """The first ones."""
    count: int
    """How many there are."""
    text: str = ""
    """What changes, or why."""


@dataclass(frozen=True, kw_only=True)
class StackReview:
    """What a page says of one plan."""

    stack: str
    status: str
    """How it ended, in the words of the runner: `changes`, `no changes`, `failed`, ..."""
    counts: Mapping[str, int]
    """How many resources, by kind."""
    lines: tuple[Line, ...] = ()
    findings: tuple[Finding, ...] = ()
    outputs: tuple[str, ...] = ()
    """The outputs that change: `create url`."""
    drifted: tuple[str, ...] = ()
    """What others have changed: `aws_lb.Default: idle_timeout`."""
    unknown: tuple[str, ...] = ()
    """What is not known before the apply and matters."""
    costs: tuple[str, ...] = ()
    """What changes in the costs of a month, the sum first."""

    @property
    def is_changed(self) -> bool:
        """Whether an apply would do something."""
        return bool(sum(self.counts.values()) or self.outputs)

    @property
    def level(self) -> Level:
        """Its worst finding; a plan that was not made allows nothing."""
        levels = [finding.effective for finding in self.findings]
        if self.status not in PLANNED:
            levels.append(Level.BLOCK if self.status == "failed" else Level.APPROVAL)
        return max(levels, default=Level.ALLOW)

    def to_json(self) -> dict[str, Any]:
        """What `from_json` reads."""
        return asdict(self)

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> StackReview:
        """One from a file: only what it can have.

        Raises:
            ValueError: It is not one.
        """
        try:
            return cls(
                stack=str(fields["stack"]),
                status=str(fields["status"]),
                counts={kind: int(fields["counts"].get(kind, 0)) for kind in KINDS},
                lines=tuple(map(_line, fields.get("lines", ()))),
                findings=tuple(map(_finding, fields.get("findings", ()))),
                outputs=_texts(fields.get("outputs", ())),
                drifted=_texts(fields.get("drifted", ())),
                unknown=_texts(fields.get("unknown", ())),
                costs=_texts(fields.get("costs", ())),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            message = f"is not the review of a plan ({type(error).__name__}: {error})"
            raise ValueError(message) from error


@dataclass(frozen=True, kw_only=True)
class Review:
    """What a page says of the plans of one environment."""

    stacks: tuple[StackReview, ...]
    findings: tuple[Finding, ...] = ()
    """About all of them together."""
    costs: tuple[str, ...] = ()
    """The sum of what changes in the costs of a month, and why it is not all of it."""
    notes: tuple[str, ...] = ()
    """About the approvals: what has expired, or is not needed."""

    @property
    def level(self) -> Level:
        """The worst level of any."""
        own = [finding.effective for finding in self.findings]
        return max([*own, *(each.level for each in self.stacks)], default=Level.ALLOW)

    @property
    def is_changed(self) -> bool:
        """Whether an apply would do something."""
        return any(each.is_changed for each in self.stacks)

    @property
    def is_quiet(self) -> bool:
        """Whether every plan was made, and none has anything to do or to report."""
        return all(each.status == QUIET and not each.is_changed and not each.drifted for each in self.stacks)

    def placed(self) -> list[tuple[str, Finding]]:
        """Every finding with its stack, the worst first, then those about data."""
        every = [("", one) for one in self.findings]
        every += [(each.stack, one) for each in self.stacks for one in each.findings]
        return sorted(every, key=lambda pair: (-pair[1].effective, -pair[1].level, pair[1].action != UNSOUND))

    def to_json(self) -> dict[str, Any]:
        """What `from_json` reads."""
        return {
            "stacks": [each.to_json() for each in self.stacks],
            "findings": [asdict(one) for one in self.findings],
            "costs": list(self.costs),
            "notes": list(self.notes),
        }

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Review:
        """One from a file.

        Raises:
            ValueError: It is not one.
        """
        try:
            return cls(
                stacks=tuple(map(StackReview.from_json, fields["stacks"])),
                findings=tuple(map(_finding, fields.get("findings", ()))),
                costs=_texts(fields.get("costs", ())),
                notes=_texts(fields.get("notes", ())),
            )
        except (AttributeError, KeyError, TypeError) as error:
            message = f"is not the review of plans ({type(error).__name__}: {error})"
            raise ValueError(message) from error


def _line(fields: Mapping[str, Any]) -> Line:
    return Line(
        kind=str(fields["kind"]),
        addresses=_texts(fields["addresses"]),
        count=int(fields["count"]),
        text=str(fields.get("text", "")),
    )


def _finding(fields: Mapping[str, Any]) -> Finding:
    return Finding(
        action=str(fields["action"]),
        level=Level(int(fields["level"])),
        address=str(fields["address"]),
        text=str(fields["text"]),
        approved_by=str(fields.get("approved_by", "")),
    )


def _texts(values: Iterable[object]) -> tuple[str, ...]:
    if isinstance(values, str):
        raise TypeError(values)
    return tuple(map(str, values))
