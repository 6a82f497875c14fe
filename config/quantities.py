"""Quantities with a unit, which people write where a setting is a number in the unit of its name."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

_QUANTITY: Final = re.compile(r"(?P<number>[0-9]{1,9}(\.[0-9]{1,6})?|\.[0-9]{1,6})\s*(?P<unit>[A-Za-z%]*)")

_MEMORY: Final = {
    "b": 1,
    **dict.fromkeys(("k", "kb", "kib"), 1024),
    **dict.fromkeys(("m", "mb", "mib"), 1024**2),
    **dict.fromkeys(("g", "gb", "gib"), 1024**3),
    **dict.fromkeys(("t", "tb", "tib"), 1024**4),
}
_SECONDS: Final = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hour", "hours"), 3600),
    **dict.fromkeys(("d", "day", "days"), 86_400),
    **dict.fromkeys(("w", "week", "weeks"), 604_800),
}
_CPU: Final = {"vcpu": 1024, "vcpus": 1024, "cpu": 1024, "cpus": 1024}
_PERCENT: Final = {"%": 1, "percent": 1}

_NAMES: Final = {
    "mib": (_MEMORY, 1024**2),
    "gib": (_MEMORY, 1024**3),
    "gb": (_MEMORY, 1024**3),
    "kib": (_MEMORY, 1024),
    "seconds": (_SECONDS, 1),
    "minutes": (_SECONDS, 60),
    "hours": (_SECONDS, 3600),
    "days": (_SECONDS, 86_400),
    "units": (_CPU, 1),
    "percent": (_PERCENT, 1),
}
"""The end of a setting's name: the units that it may be written in, and how many of the smallest it counts in.

A task of Fargate takes "1 vCPU" for 1024 units, and "2GB" for 2048 MiB:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#task_size
"""


def read_quantity(setting: str, text: str) -> int | None:
    """The number that the text means in the unit of the setting's name; None if it means none, or not a whole one.

    Args:
        setting: Its name, like `memory_mib`.
        text: What was written, like "2 GB".
    """
    found = _QUANTITY.fullmatch(text.strip())
    if not found:
        return None
    units, size = _NAMES.get(setting.rpartition("_")[2], ({}, 1))
    unit = found["unit"].lower()
    if unit not in units and unit:
        return None
    number = Fraction(found["number"]) * Fraction(units[unit] if unit else size, size)
    return int(number) if number.denominator == 1 else None
