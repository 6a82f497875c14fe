"""How long the gate may take: a longer run fails, so that it stays short. The numbers stand here and nowhere else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

# With nine layers, and with all that are planned; in between, each layer adds the same.
_FEWER_LAYERS, _FEWER_MINUTES = 9, 30
_ALL_LAYERS, _ALL_MINUTES = 13, 45

_LAYER: Final = re.compile(r'^    layer: ClassVar\[str\] = "(?P<name>\w+)"$', re.MULTILINE)


def budget_seconds(layers: int) -> int:
    """The longest that a run may take."""
    share = (layers - _FEWER_LAYERS) / (_ALL_LAYERS - _FEWER_LAYERS)
    return round(60 * (_FEWER_MINUTES + (_ALL_MINUTES - _FEWER_MINUTES) * min(max(share, 0), 1)))


def count_layers(stacks: Path) -> int:
    """The number of layers that the stacks in the folder `stacks/` are of; a layer can have more than one stack."""
    return len({name for path in stacks.glob("*.py") for name in _LAYER.findall(path.read_text(encoding="utf-8"))})
