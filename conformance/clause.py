"""A clause of the design, and what holds it: `@clause("2.1/1", ...)` above a check."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from conformance.view import View

FILE: Final = Path(__file__).with_name("clauses.toml")

DEV, STAGING, PROD = "dev", "staging", "prod"
ALL: Final = (DEV, STAGING, PROD)
PRODUCTION_LIKE: Final = (STAGING, PROD)

WAITING: Final[dict[str, str]] = {}
"""The clauses that no check holds yet, and why."""

Check = Callable[[View], None]


@dataclass(frozen=True, kw_only=True)
class Section:
    """A section of the design."""

    number: str
    title: str
    texts: tuple[str, ...]

    @property
    def ids(self) -> list[str]:
        """The ids of its clauses, in order."""
        return [f"{self.number}/{place}" for place in range(1, len(self.texts) + 1)]


@dataclass(frozen=True, kw_only=True)
class Holder:
    """What holds a clause."""

    id: str
    check: Check
    environments: tuple[str, ...]
    """The environments in which it must be met."""
    held_by: tuple[str, ...]
    """Tests, from the root of the repository, that hold it beyond this check."""
    differs: str
    """Where the project differs from the clause on purpose, and why; empty if it does not."""


HOLDERS: Final[dict[str, Holder]] = {}
"""By the id of the clause; filled when `conformance.checks` is imported."""


def clause(id_: str, *held_by: str, environments: tuple[str, ...] = ALL, differs: str = "") -> Callable[[Check], Check]:
    """Say which clause a check holds; a check can hold several.

    Args:
        id_: The clause, as in `clauses.toml`: `2.1/1`.
        held_by: Tests that hold it beyond the check, from the root of the repository.
        environments: Where it must be met.
        differs: Where the project differs on purpose, and why. The check then holds what is emitted.

    Raises:
        ValueError: Another check holds the clause already.
    """

    def hold(check: Check) -> Check:
        if id_ in HOLDERS:
            message = f"two checks hold {id_}: {HOLDERS[id_].check.__name__} and {check.__name__}"
            raise ValueError(message)
        HOLDERS[id_] = Holder(id=id_, check=check, environments=environments, held_by=held_by, differs=differs)
        return check

    return hold


@cache
def sections() -> tuple[Section, ...]:
    """The sections of the design, in its order."""
    found = tomllib.loads(FILE.read_text(encoding="utf-8"))["sections"]
    return tuple(Section(number=one["number"], title=one["title"], texts=tuple(one["clauses"])) for one in found)
