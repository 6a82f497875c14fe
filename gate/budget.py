"""How long the gate may take: a longer run fails, so that it stays short. The numbers stand here and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

# With nine layers, and with all that are planned; in between, each layer adds the same.
_FEWER_LAYERS, _FEWER_MINUTES = 9, 30
_ALL_LAYERS, _ALL_MINUTES = 13, 45

_NOT_LAYERS: Final = {"__init__", "base"}


def budget_seconds(layers: int) -> int:
    """The longest that a run may take."""
    share = (layers - _FEWER_LAYERS) / (_ALL_LAYERS - _FEWER_LAYERS)
    return round(60 * (_FEWER_MINUTES + (_ALL_MINUTES - _FEWER_MINUTES) * min(max(share, 0), 1)))


def count_layers(stacks: Path) -> int:
    """The number of layers: each is a file in the folder `stacks/`."""
    return len({path.stem for path in stacks.glob("*.py")} - _NOT_LAYERS)
