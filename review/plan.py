"""Turns the JSON of a plan into the row of its stack: how many changes of which kind, and which of them touch data.

A row has names and numbers, and no value of any attribute: what Terraform marks as sensitive stays in the plan, and so
does what it does not. So a row can be shown to all readers of the pull request.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from synthesis.stateful import STATEFUL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CREATE, CHANGE, REPLACE, DESTROY = "create", "change", "replace", "destroy"
KINDS: Final = (CREATE, CHANGE, REPLACE, DESTROY)
"""What a plan can do with a resource, as a table names it."""

# https://developer.hashicorp.com/terraform/internals/json-format#change-representation
_KIND_OF_ACTIONS: Final = {
    ("create",): CREATE,
    ("update",): CHANGE,
    ("delete",): DESTROY,
    ("forget",): DESTROY,
    ("delete", "create"): REPLACE,
    ("create", "delete"): REPLACE,
    ("create", "forget"): REPLACE,
}
_IGNORED: Final = frozenset({("no-op",), ("read",)})


class UnknownActionError(Exception):
    """A plan has an action that this program does not know; `str()` says which."""


@dataclass(frozen=True, kw_only=True)
class ChangedResource:
    """One resource that a plan changes, without its values."""

    address: str
    type: str
    kind: str

    @property
    def is_stateful(self) -> bool:
        """Whether it holds data."""
        return self.type in STATEFUL


@dataclass(frozen=True, kw_only=True)
class Row:
    """What a table says of one stack."""

    stack: str
    status: str
    """How its plan ended, in the words of the runner: `changes`, `no changes`, `failed`, ..."""
    counts: Mapping[str, int]
    """How many resources, by kind."""
    stateful: tuple[str, ...] = ()
    """What the plan does to resources with data: `replace aws_db_instance.postgres`."""
    outputs: int = 0
    """How many outputs change."""
    drifted: tuple[str, ...] = ()
    """What was changed by others: `aws_lb.Default: idle_timeout`."""

    @property
    def is_changed(self) -> bool:
        """Whether an apply would do something."""
        return bool(sum(self.counts.values()) or self.outputs)

    def to_json(self) -> dict[str, Any]:
        """What `from_json` reads."""
        return asdict(self)

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Row:
        """A row from a file, which a pull request may have written: only what a row can have.

        Raises:
            ValueError: It is not a row.
        """
        try:
            counts = {kind: int(fields["counts"].get(kind, 0)) for kind in KINDS}
            return cls(
                stack=str(fields["stack"]),
                status=str(fields["status"]),
                counts=counts,
                stateful=tuple(map(str, fields.get("stateful", ()))),
                outputs=int(fields.get("outputs", 0)),
                drifted=tuple(map(str, fields.get("drifted", ()))),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            message = f"is not a row of a plan: {error}"
            raise ValueError(message) from error


def changed_resources(content: Mapping[str, Any]) -> Iterator[ChangedResource]:
    """The resources that a plan changes, in its order.

    Raises:
        UnknownActionError: Terraform has learned an action since this was written; nothing is left out silently.
    """
    for change in content.get("resource_changes", ()):
        actions = tuple(change["change"]["actions"])
        if actions in _IGNORED:
            continue
        if actions not in _KIND_OF_ACTIONS:
            message = (
                f"{change['address']}: the plan has the actions {list(actions)}, which are not known; "
                "add them to _KIND_OF_ACTIONS in review/plan.py"
            )
            raise UnknownActionError(message)
        # A deposed object is one that an earlier replacement left behind.
        deposed = f" (deposed {change['deposed']})" if "deposed" in change else ""
        yield ChangedResource(
            address=f"{change['address']}{deposed}", type=change["type"], kind=_KIND_OF_ACTIONS[actions]
        )


def row(stack: str, status: str, content: Mapping[str, Any], *, drifted: tuple[str, ...] = ()) -> Row:
    """The row of a stack; `content` is its plan as JSON, or empty if there is none."""
    changed = list(changed_resources(content))
    counts = {kind: sum(each.kind == kind for each in changed) for kind in KINDS}
    stateful = tuple(f"{each.kind} {each.address}" for each in changed if each.is_stateful)
    outputs = content.get("output_changes") or {}
    return Row(
        stack=stack,
        status=status,
        counts=counts,
        stateful=stateful,
        outputs=sum(each["actions"] != ["no-op"] for each in outputs.values()),
        drifted=drifted,
    )
