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
"""Steps that run one after the other, until one fails."""
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
    # These have a process per processor, so beside others they would take as much longer.
    ((_make("unit"),),),
    ((_make("compliance"),),),
    ((_make("validate"),),),
    # The tests of programs wait for a third of their time, the probe for most of it; the types are one process.
    ((_make("programs"),), (_make("probe"),), (_make("lint"),)),
    # What applies whole environments takes longest, and keeps the processors busy with Terraform and its provider.
    ((_make("emulate"),), (_make("faults"),)),
)
"""One stage after the other; the next one starts if all steps have passed."""
