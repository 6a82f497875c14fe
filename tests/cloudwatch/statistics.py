"""The statistics of CloudWatch, of samples that are counted by their value.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Samples = tuple[tuple[float, float], ...]
"""The values that a metric got, each with how often."""

_SHORT: Final = re.compile(r"(?P<kind>p|tm|tc|ts)(?P<percent>\d+(\.\d+)?)")
_RANGE: Final = re.compile(r"(?P<kind>TM|TC|TS|PR)\((?P<low>[\d.]*)(?P<p1>%?):(?P<high>[\d.]*)(?P<p2>%?)\)")


def _sum(samples: Samples) -> float:
    return sum(value * times for value, times in samples)


def _count(samples: Samples) -> float:
    return sum(times for _, times in samples)


_PLAIN: Final[dict[str, Callable[[Samples], float]]] = {
    "SampleCount": _count,
    "Sum": _sum,
    "Average": lambda samples: _sum(samples) / _count(samples),
    "Minimum": lambda samples: samples[0][0],
    "Maximum": lambda samples: samples[-1][0],
}


def merged(parts: Iterable[tuple[Samples, float]]) -> Samples:
    """All samples of several periods, each with how often it occurs; sorted by value."""
    counts: dict[float, float] = {}
    for samples, times in parts:
        for value, count in samples:
            counts[value] = counts.get(value, 0) + count * times
    return tuple(sorted((value, count) for value, count in counts.items() if count > 0))


def statistic(name: str, samples: Samples) -> float | None:
    """The statistic of sorted samples; None if there are none.

    Raises:
        ValueError: It is not a statistic that is known here.
    """
    if not samples:
        return None
    if plain := _PLAIN.get(name):
        return plain(samples)
    if name == "IQM":
        return statistic("TM(25%:75%)", samples)
    if match := _SHORT.fullmatch(name):
        if match["kind"] == "p":
            return _percentile(samples, float(match["percent"]))
        return statistic(f"{match['kind'].upper()}(:{match['percent']}%)", samples)
    if match := _RANGE.fullmatch(name):
        return _of_range(match, samples)
    message = f"{name}: not a statistic that is known here; add it to tests/cloudwatch/statistics.py"
    raise ValueError(message)


def _of_range(match: re.Match[str], samples: Samples) -> float | None:
    is_percent = bool(match["p1"] or match["p2"])
    low = float(match["low"]) if match["low"] else None
    high = float(match["high"]) if match["high"] else None
    kept = (
        _between_ranks(samples, low or 0, 100 if high is None else high) if is_percent else _between(samples, low, high)
    )
    kept_count = _count(kept)
    match match["kind"]:
        case "PR":
            return 100 * kept_count / _count(samples)
        case "TC":
            return kept_count
        case "TS":
            return _sum(kept)
        case _:
            return _sum(kept) / kept_count if kept_count else None


def _percentile(samples: Samples, percent: float) -> float:
    """The greatest of the values that remain without the highest ones: of p95, without the highest 5 %."""
    rank = percent / 100 * _count(samples)
    below = 0.0
    for value, times in samples:
        below += times
        if below >= rank:
            return value
    return samples[-1][0]


def _between(samples: Samples, low: float | None, high: float | None) -> Samples:
    """Values above `low`, up to `high` and that included."""
    return tuple(
        (value, times) for value, times in samples if (low is None or value > low) and (high is None or value <= high)
    )


def _between_ranks(samples: Samples, low: float, high: float) -> Samples:
    """Without the lowest `low` and the values over the highest `high` percent of them."""
    total = _count(samples)
    kept: list[tuple[float, float]] = []
    before = 0.0
    for value, times in samples:
        inside = min(before + times, high / 100 * total) - max(before, low / 100 * total)
        kept.append((value, max(inside, 0)))
        before += times
    return tuple(kept)
