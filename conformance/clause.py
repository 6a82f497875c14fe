"""A clause of the design, and what holds it: `@clause("2.1/1")` above a check, `@instead("2.1/1")` if it differs."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
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
class Difference:
    """What an environment has in place of what a clause says."""

    check: Check
    why: str


@dataclass(kw_only=True)
class Holder:
    """What holds a clause."""

    id: str
    check: Check | None = None
    """Passes where the clause is met; None if nothing emitted could show it."""
    environments: tuple[str, ...] = ()
    """The environments that the clause is about, and in which it is met unless they have a difference."""
    held_by: tuple[str, ...] = ()
    """Tests, from the root of the repository, that hold it beyond its checks."""
    note: str = ""
    """How it is met, or what there is beyond it."""
    differences: dict[str, Difference] = field(default_factory=dict)
    """By environment."""

    @property
    def checks(self) -> dict[str, Check]:
        """The check that must pass, by environment."""
        met = {} if self.check is None else dict.fromkeys(self.environments, self.check)
        return met | {environment: one.check for environment, one in self.differences.items()}


HOLDERS: Final[dict[str, Holder]] = {}
"""By the id of the clause; filled when `conformance.checks` is imported."""


def clause(id_: str, *held_by: str, environments: tuple[str, ...] = ALL, note: str = "") -> Callable[[Check], Check]:
    """Say which clause is met if a check passes; a check can hold several.

    Args:
        id_: The clause, as in `clauses.toml`: `2.1/1`.
        held_by: Tests that hold it beyond the check, from the root of the repository.
        environments: Which ones the clause is about.
        note: How it is met, or what there is beyond it.

    Raises:
        ValueError: Another check holds the clause already.
    """

    def hold(check: Check) -> Check:
        holder = HOLDERS.setdefault(id_, Holder(id=id_))
        if holder.check is not None:
            message = f"two checks hold {id_}: {holder.check.__name__} and {check.__name__}"
            raise ValueError(message)
        holder.check, holder.environments, holder.note = check, environments, note
        holder.held_by += held_by
        return check

    return hold


def instead(
    *ids: str, environments: tuple[str, ...], why: str, held_by: tuple[str, ...] = ()
) -> Callable[[Check], Check]:
    """Say what environments have in place of what clauses say, on purpose; the check holds what is emitted there.

    Args:
        ids: The clauses.
        environments: Where they differ. One that meets a clause all the same is said to meet it.
        why: What there is in place of it, and the reason.
        held_by: Tests that hold it beyond the check, from the root of the repository.

    Raises:
        ValueError: An environment has another difference of the clause already.
    """

    def hold(check: Check) -> Check:
        for id_ in ids:
            holder = HOLDERS.setdefault(id_, Holder(id=id_))
            if again := holder.differences.keys() & set(environments):
                message = f"{id_} has two differences in {', '.join(sorted(again))}"
                raise ValueError(message)
            holder.differences |= dict.fromkeys(environments, Difference(check=check, why=why))
            holder.held_by += held_by
        return check

    return hold


@cache
def sections() -> tuple[Section, ...]:
    """The sections of the design, in its order."""
    found = tomllib.loads(FILE.read_text(encoding="utf-8"))["sections"]
    return tuple(Section(number=one["number"], title=one["title"], texts=tuple(one["clauses"])) for one in found)
