"""The order in which tests start: the long ones first, so that in the end no process waits for another one's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest


def long_first(items: Sequence[pytest.Item], *, reserved: int) -> list[pytest.Item]:
    """The tests by their mark `seconds`, those of one `xdist_group` together; without the mark, as they were.

    Args:
        items: All tests.
        reserved: With `--dist loadgroup`, the number of processes, else 0. Each process takes its second group while it
            still runs the first, and no other process gets it then: so the shortest come behind the longest.
    """
    groups: dict[str, list[pytest.Item]] = {}
    for item in items:
        groups.setdefault(_group(item), []).append(item)
    ordered = sorted(groups.values(), key=lambda group: -sum(map(_seconds, group)))
    longest, others = ordered[:reserved], ordered[reserved:]
    shortest = others[::-1][:reserved]
    return [item for group in (*longest, *shortest, *others[: len(others) - len(shortest)]) for item in group]


def _group(item: pytest.Item) -> str:
    mark = item.get_closest_marker("xdist_group")
    return f"@{mark.args[0]}" if mark else item.nodeid


def _seconds(item: pytest.Item) -> float:
    mark = item.get_closest_marker("seconds")
    return float(mark.args[0]) if mark else 0
