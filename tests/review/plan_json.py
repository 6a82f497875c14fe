"""Small plans for tests, in the form of `terraform show -json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from review.changes import ResourceChange, resource_changes

FOLDER = Path(__file__).with_name("plans")
ACTIONS = {
    "create": ["create"],
    "change": ["update"],
    "replace": ["delete", "create"],
    "destroy": ["delete"],
    "forget": ["forget"],
    "stay": ["no-op"],
    "read": ["read"],
}


def entry(
    address: str,
    kind: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    *,
    unknown: Any = None,
    sensitive: Any = None,
    **others: Any,
) -> dict[str, Any]:
    """One of `resource_changes`; a sensitive mask is that of both sides."""
    in_change: dict[str, Any] = {key: others.pop(key) for key in ("replace_paths", "importing") if key in others}
    change: dict[str, Any] = {
        "actions": ACTIONS[kind],
        "before": None if kind == "create" else before or {},
        "after": None if kind in {"destroy", "forget"} else after or {},
        "after_unknown": {} if unknown is None else unknown,
        "before_sensitive": {} if sensitive is None else sensitive,
        "after_sensitive": {} if sensitive is None else sensitive,
        **in_change,
    }
    return {
        "address": address,
        "type": address.removeprefix("data.").partition(".")[0],
        "mode": "data" if address.startswith("data.") else "managed",
        "change": change,
        **others,
    }


def plan(*changes: dict[str, Any], **others: Any) -> dict[str, Any]:
    """A whole plan."""
    return {"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": list(changes), **others}


def changes(*entries: dict[str, Any]) -> list[ResourceChange]:
    """What a plan with these entries changes."""
    return resource_changes(plan(*entries))


def made(case: str) -> dict[str, Any]:
    """A plan that Terraform has made."""
    content: dict[str, Any] = json.loads((FOLDER / case / "plan.json").read_text(encoding="utf-8"))
    return content
