"""How long each step of a work took the last time, for the next run to say how long it will take.

Kept in one file of the checkout, `.terraform-work/durations.json`, which git ignores. It is a convenience: what cannot
be read counts as unknown, and what cannot be written is not kept.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE: Final = "durations.json"
"""The name of the file in its folder."""


class Durations:
    """The seconds of the last runs, by work (`plan`) and step (`dev-network`)."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE

    def of(self, work: str) -> dict[str, float]:
        """The seconds of each step that is known."""
        known = {step: _duration(value) for step, value in _object(self._read().get(work)).items()}
        return {step: seconds for step, seconds in known.items() if seconds is not None}

    def keep(self, work: str, seconds: Mapping[str, float]) -> None:
        """Replace what is known of these steps; the others stay."""
        if not seconds:
            return
        content = self._read()
        content[work] = self.of(work) | {step: round(one, 1) for step, one in seconds.items()}
        with contextlib.suppress(OSError):
            _write(self._file, json.dumps(content, indent=1, sort_keys=True) + "\n")

    def _read(self) -> dict[str, object]:
        try:
            return dict(_object(json.loads(self._file.read_bytes())))
        except (OSError, ValueError, RecursionError):
            return {}


def _write(file: Path, text: str) -> None:
    """Another run may be reading it."""
    file.parent.mkdir(exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{FILE}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(temporary).replace(file)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _duration(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        return None
    return float(value)
