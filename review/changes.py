"""The resources that a plan changes, in the words of a person: created, replaced because of what, moved, forgotten."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from console.errors import ToldError
from console.mask import UNKNOWN, Mask, at
from review.differences import Difference, Path, differences, path_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CREATE, CHANGE, REPLACE, DESTROY = "create", "change", "replace", "destroy"
MOVE, IMPORT, FORGET, READ = "move", "import", "forget", "read"
KINDS: Final = (CREATE, CHANGE, REPLACE, DESTROY)
"""What a plan does with what AWS has, as a table names it."""
STATE_KINDS: Final = (MOVE, IMPORT, FORGET)
"""What it does with the state only."""

# https://developer.hashicorp.com/terraform/internals/json-format#change-representation
_KIND_OF_ACTIONS: Final = {
    ("no-op",): "",
    ("read",): READ,
    ("create",): CREATE,
    ("update",): CHANGE,
    ("delete",): DESTROY,
    ("forget",): FORGET,
    ("delete", "create"): REPLACE,
    ("create", "delete"): REPLACE,
    ("create", "forget"): REPLACE,
}

# https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
_REASONS: Final[Mapping[str, str]] = {
    "replace_because_tainted": "it is tainted: an earlier apply failed halfway",
    "replace_because_cannot_update": "AWS or the provider cannot update it",
    "replace_by_request": "the command line asks for it (-replace)",
    "replace_by_triggers": "replace_triggered_by",
    "delete_because_no_resource_config": "its block is gone from the configuration",
    "delete_because_no_module": "its module is gone from the configuration",
    "delete_because_wrong_repetition": "count or for_each was added to its block, or removed",
    "delete_because_count_index": "its index is beyond count",
    "delete_because_each_key": "its key is not in for_each any more",
    "delete_because_no_move_target": "a moved block leads to an address without a block",
    "read_because_config_unknown": "its arguments are known after the apply",
    "read_because_dependency_pending": "what it depends on changes in the same plan",
    "read_because_check_nested": "a check reads it",
}


class UnknownActionError(ToldError):
    """A plan has an action that this program does not know; `str()` says which."""


@dataclass(frozen=True, kw_only=True)
class ResourceChange:
    """What a plan does with one resource."""

    address: str
    """As Terraform writes it; the key in it may hold any text."""
    type: str
    kind: str
    """One of the words of `KINDS` or `STATE_KINDS`, or `read`; empty for what stays as it is."""
    content: Mapping[str, Any] = field(repr=False)
    """The `change` of the plan, with clear values."""
    mask: Mask = field(repr=False)
    reason_code: str = ""
    replace_paths: tuple[Path, ...] = ()
    moved_from: str = ""
    imported_id: str = field(default="", repr=False)
    is_deposed: bool = False
    """Whether it is an object that an earlier replacement left behind."""
    differences: tuple[Difference, ...] = field(default=(), repr=False)

    @property
    def before(self) -> Mapping[str, Any]:
        """The arguments as they are; empty for a new resource."""
        return self.content.get("before") or {}

    @property
    def after(self) -> Mapping[str, Any]:
        """The arguments as they will be, without those that are not known yet; empty for one that is destroyed."""
        return self.content.get("after") or {}

    @property
    def loses_data_of_its_own(self) -> bool:
        """Whether the object of today ends: destroyed, or replaced by another one."""
        return self.kind in {DESTROY, REPLACE}

    def old(self, *path: str | int) -> Any:  # noqa: ANN401 - JSON
        """The value of today at a path, None if there is none."""
        return _get(self.before, path)

    def new(self, *path: str | int) -> Any:  # noqa: ANN401 - JSON
        """The value after the apply, `UNKNOWN` if it is not known before, None if there is none."""
        mask: object = self.content.get("after_unknown")
        for part in path:
            mask = at(mask, part)
        return UNKNOWN if mask is True else _get(self.after, path)

    def show(self, *path: str | int) -> str:
        """Old and new value at a path: `"16.4" -> "15.2"`, hidden if one of them is sensitive."""
        name = path_text(path)
        before, after = self._sensitive("before_sensitive", path), self._sensitive("after_sensitive", path)
        mark = before is True or after is True or [before, after]
        old = self.mask.show(self.old(*path), name, sensitive=mark)
        new = self.mask.show(self.new(*path), name, sensitive=mark)
        return f"{old} -> {new}"

    def cause(self) -> str:
        """Why it is replaced, destroyed, or read at the apply; empty if the plan does not say."""
        if self.is_deposed:
            return "an earlier replacement left it behind"
        paths = [f"{path_text(path)} {self.show(*path)}" for path in self.replace_paths]
        if paths and self.reason_code in {"", "replace_because_cannot_update"}:
            return "; ".join(paths)
        reason = _REASONS.get(self.reason_code, self.reason_code.replace("_", " "))
        return "; ".join([reason, *paths]) if reason else "; ".join(paths)

    def _sensitive(self, key: str, path: Path) -> object:
        mask: object = self.content.get(key)
        for part in path:
            mask = at(mask, part)
        return mask


def _get(value: Any, path: Path) -> Any:  # noqa: ANN401 - JSON
    for part in path:
        if isinstance(value, dict) and isinstance(part, str):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value


def resource_changes(plan: Mapping[str, Any], mask: Mask | None = None) -> list[ResourceChange]:
    """Every resource of a plan in its order, also those that stay as they are.

    Raises:
        UnknownActionError: Terraform has learned an action since this was written; nothing is left out silently.
    """
    mask = mask or Mask.of(plan)
    return [_read(entry, mask) for entry in plan.get("resource_changes") or ()]


def _read(entry: Mapping[str, Any], mask: Mask) -> ResourceChange:
    change = entry["change"]
    actions = tuple(change["actions"])
    if actions not in _KIND_OF_ACTIONS:
        message = (
            f"{entry['address']!r}: the plan has the actions {list(actions)}, which are not known; "
            "add them to _KIND_OF_ACTIONS in review/changes.py"
        )
        raise UnknownActionError(message)
    kind = _KIND_OF_ACTIONS[actions]
    importing, moved_from = change.get("importing"), entry.get("previous_address") or ""
    if not kind:
        kind = IMPORT if importing else MOVE if moved_from and moved_from != entry["address"] else ""
    return ResourceChange(
        address=entry["address"],
        type=entry["type"],
        kind=kind,
        content=change,
        mask=mask,
        reason_code=str(entry.get("action_reason") or ""),
        replace_paths=tuple(_paths(change.get("replace_paths"))),
        moved_from=moved_from if moved_from != entry["address"] else "",
        imported_id=str(importing.get("id") or "(known after apply)") if isinstance(importing, dict) else "",
        is_deposed="deposed" in entry,
        differences=tuple(differences(change)) if kind in {CHANGE, REPLACE} else (),
    )


def _paths(value: object) -> Iterator[Path]:
    for path in value if isinstance(value, list) else ():
        if isinstance(path, list):
            yield tuple(part if isinstance(part, int) else str(part) for part in path)
