"""The steps of the gate, and which of them run side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Step:
    """One command."""

    name: str
    command: tuple[str, ...]


Lane = tuple[Step, ...]
"""Steps that run one after the other."""
Stage = tuple[Lane, ...]
"""Lanes that run side by side."""


def _make(*arguments: str) -> Step:
    return Step(" ".join(arguments), ("make", "--no-print-directory", *arguments))


STAGES: Final[tuple[Stage, ...]] = (
    ((_make("synth"),),),
    # The second time there is no set-up work.
    ((_make("synth", "ENV=prod"),),),
    # Two steps at once would both create .venv.
    ((_make("setup"),),),
    # Where there is no mirror of the provider, it is fetched into a cache that allows one writer at a time.
    ((_make("providers"),),),
    # It installs what checks the rules, and two must not install at the same time.
    ((_make("compliance"),),),
    (
        # What applies whole environments waits for the provider, and takes longest.
        (_make("emulate"),),
        (_make("faults"),),
        # What computes takes what the others leave of the processors, and all of them in the end.
        (_make("unit"), _make("validate"), _make("programs")),
        # The probe waits most of its time; the types and the browser are one process each.
        (_make("probe"), _make("lint"), _make("browser")),
    ),
)
"""One stage after the other. Once a step has failed no other one starts."""
