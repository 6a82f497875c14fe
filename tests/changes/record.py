"""The committed outcomes, `outcomes.json`: one for each case, in the order of `cases.toml`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.changes.effects import Effect
from tests.changes.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.changes.cases import Case

FILE: Final = Path(__file__).with_name("outcomes.json")


@dataclass(frozen=True, kw_only=True)
class Row:
    """A case as it was when its outcome was computed."""

    id: str
    old: str
    """The value before, as text."""
    outcome: Outcome

    @classmethod
    def of(cls, case: Case, outcome: Outcome) -> Row:
        """The row of a case."""
        return cls(id=case.id, old=case.old, outcome=outcome)


def load_rows(file: Path = FILE) -> dict[str, Row]:
    """The rows by the ids of their cases."""
    entries = json.loads(file.read_text(encoding="utf-8"))
    return {
        entry["case"]: Row(
            id=entry["case"],
            old=entry["from"],
            outcome=Outcome(
                effects=frozenset(map(Effect.parse, entry["effects"])),
                refused_by=entry.get("refused_by", ""),
                message=entry.get("message", ""),
            ),
        )
        for entry in entries
    }


def render_rows(rows: Iterable[Row]) -> str:
    """The text of the file."""
    entries = []
    for row in rows:
        refusal = {"refused_by": row.outcome.refused_by, "message": row.outcome.message}
        entry: dict[str, object] = {"case": row.id, "from": row.old, **(refusal if row.outcome.refused_by else {})}
        entries.append({**entry, "effects": sorted(map(str, row.outcome.effects))})
    return json.dumps(entries, indent=1, ensure_ascii=False) + "\n"
