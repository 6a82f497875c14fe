"""How fast the machine is while the gate runs.

The budget limits what the gate does, not what other virtual machines do to this one: on two machines of the same size
the same unit tests took 64 and 135 seconds. So a fixed computation is measured again and again, and a run may take as
much longer as that does, up to twice.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from statistics import median
from typing import Final, Self

REFERENCE_SECONDS: Final = 0.6
"""What the computation takes on the machine that the budget is for: two processors, of which the other one is idle."""
MOST: Final = 2.0
"""The longest that a run may take, in budgets: a machine that is slower still is not one to measure on."""

_EVERY_SECONDS: Final = 60
# Objects that do not fit into a processor's own cache, as in most of what the steps do.
_COMPUTATION: Final = """
import time
objects = {}
for number in range(3_000_000):
    objects[number % 200_000] = [number, str(number)]
print(time.process_time())
"""


def measure() -> float:
    """The seconds that the computation takes a processor now; waiting for one does not count."""
    command = [sys.executable, "-IS", "-c", _COMPUTATION]
    return float(
        subprocess.run(
            command, stdout=subprocess.PIPE, text=True, encoding="utf-8", errors="replace", check=True
        ).stdout
    )


class Speed:
    """Measures as long as the block runs, less than a hundredth of the time."""

    def __init__(self) -> None:
        self._measured: list[float] = []
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._measure_on, daemon=True)

    @property
    def slowdown(self) -> float:
        """How many times as long as on the reference machine everything takes: from 1 to `MOST`."""
        return min(max(median(self._measured) / REFERENCE_SECONDS, 1), MOST) if self._measured else 1

    def _measure_on(self) -> None:
        while not self._done.is_set():
            self._measured.append(measure())
            self._done.wait(_EVERY_SECONDS)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
