"""What a state says, as `terraform state pull` returns it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ARN_REGION = re.compile(r"arn:[^:]+:[^:]+:([^:]+):")


@dataclass(frozen=True)
class State:
    """What `terraform state pull` returns."""

    lineage: str
    serial: int
    empty: bool
    regions: frozenset[str] = frozenset()
    """The regions in the ARNs of its resources."""
    reads: frozenset[tuple[str, str]] = frozenset()
    """Bucket and key of each state that it read when it was applied."""
    outputs: frozenset[str] = frozenset()
    """The names of its outputs."""
    managed: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    """The entries of its resources; never logged, as their values can hold secrets."""

    @classmethod
    def parse(cls, text: str) -> State:
        """Read the JSON; an empty text is a state that does not exist."""
        content: dict[str, Any] = json.loads(text) if text.strip() else {}
        managed = [entry for entry in content.get("resources", ()) if entry.get("mode") == "managed"]
        return cls(
            str(content.get("lineage", "")),
            int(content.get("serial", 0)),
            empty=not managed,
            regions=frozenset(_regions(managed)),
            reads=frozenset(_reads(content.get("resources", []))),
            outputs=frozenset(content.get("outputs") or ()),
            managed=tuple(managed),
        )


def _regions(managed: list[dict[str, Any]]) -> Iterator[str]:
    for entry in managed:
        for instance in entry.get("instances", ()):
            match = _ARN_REGION.match(str(instance.get("attributes", {}).get("arn", "")))
            if match:
                yield match[1]


def _reads(entries: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        if entry.get("type") == "terraform_remote_state":
            for instance in entry.get("instances", ()):
                config = (instance.get("attributes", {}).get("config") or {}).get("value", {})
                yield str(config.get("bucket")), str(config.get("key"))
