"""What a lane writes, beside what today's packages write: each difference with its stack, its path and both values."""

from __future__ import annotations

import filecmp
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from future.errors import FutureError

if TYPE_CHECKING:
    from collections.abc import Iterator

LIST: Final = Path(__file__).with_name("differences.toml")
_ABSENT: Final = "(absent)"
_STACKS: Final = "stacks"
_FILE: Final = "cdk.tf.json"
_MANIFEST: Final = "manifest.json"
"""cdktf's own list of the stacks, with its version."""
_LONGEST_VALUE: Final = 120


@dataclass(frozen=True)
class Difference:
    """A value of a stack that is another one in the lane."""

    stack: str
    path: str
    today: str
    lane: str

    def __str__(self) -> str:
        return f"{self.stack}: {self.path}: today {_short(self.today)}, here {_short(self.lane)}"


@dataclass(frozen=True)
class Allowed:
    """A difference that each stack of a lane has."""

    path: str
    today: str
    lane: str
    why: str


@dataclass(frozen=True)
class Comparison:
    """The result: how many stacks were compared, and what is wrong with them."""

    stacks: int
    allowed: int
    problems: list[str]


def read_allowed(lane: str, file: Path = LIST) -> list[Allowed]:
    """The differences that a lane may have, and must have in each stack.

    Raises:
        FutureError: An entry lacks a key, or has one too many; or there is no list of this lane.
    """
    entries = tomllib.loads(file.read_text(encoding="utf-8")).get(lane)
    if entries is None:
        message = f"{file.name} has no [[{lane}]]: list what may differ, with path, today, lane and why."
        raise FutureError(message)
    for number, entry in enumerate(entries, start=1):
        expected = {"path", "today", "lane", "why"}
        if set(entry) != expected or not all(isinstance(value, str) for value in entry.values()):
            message = f"{file.name}: entry {number} of [[{lane}]] must have the texts {', '.join(sorted(expected))}."
            raise FutureError(message)
    return [Allowed(**entry) for entry in entries]


def compare(today: Path, lane: Path, allowed: list[Allowed]) -> Comparison:
    """Compare two folders of output.

    Args:
        today: What today's packages have written.
        lane: What the lane has written.
        allowed: What each stack must have, and nothing else.
    """
    names = [stacks_of(today), stacks_of(lane)]
    problems = [f"{name}: is a stack today, and not here" for name in sorted(names[0] - names[1])]
    problems += [f"{name}: is a stack here, and not today" for name in sorted(names[1] - names[0])]
    found = 0
    expected = {(one.path, one.today, one.lane) for one in allowed}
    common = sorted(names[0] & names[1])
    if not common:
        problems.append(f"No stack was compared: {today} has {len(names[0])}, {lane} has {len(names[1])}.")
    for name in common:
        differences = list(_differences(name, _read(today, name), _read(lane, name)))
        seen = {(one.path, one.today, one.lane) for one in differences}
        found += len(seen & expected)
        problems += [str(one) for one in differences if (one.path, one.today, one.lane) not in expected]
        problems += [
            f"{name}: {path}: {_short(before)} and not {_short(after)} was expected today; "
            "both are equal, or others: correct the entry in future/differences.toml"
            for path, before, after in sorted(expected - seen)
        ]
    problems += list(_other_files(today, lane))
    return Comparison(stacks=len(common), allowed=found, problems=problems)


def stacks_of(output: Path) -> set[str]:
    """The names of the stacks in a folder of output."""
    return {path.parent.name for path in output.glob(f"{_STACKS}/*/{_FILE}")}


def differing_files(one: Path, other: Path) -> list[str]:
    """The files, by their paths, that are not the same to the byte in two folders."""
    names = _files(one) | _files(other)
    _, different, missing = filecmp.cmpfiles(one, other, sorted(names), shallow=False)
    return sorted([*different, *missing])


def _other_files(today: Path, lane: Path) -> Iterator[str]:
    """What the stacks refer to: archives and the like. Those of a stack that one side lacks are no further problem."""
    common = stacks_of(today) & stacks_of(lane)
    for name in differing_files(today, lane):
        path = Path(name)
        is_of_common = path.parts[0] != _STACKS or path.parts[1] in common
        if path.name not in {_FILE, _MANIFEST} and is_of_common:
            yield f"{name}: is not the same file"


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def _read(output: Path, stack: str) -> Any:  # noqa: ANN401 (JSON)
    return json.loads((output / _STACKS / stack / _FILE).read_text(encoding="utf-8"))


def _differences(stack: str, today: Any, lane: Any, path: str = "") -> Iterator[Difference]:  # noqa: ANN401 (JSON)
    if isinstance(today, dict) and isinstance(lane, dict):
        for key in [*today, *(key for key in lane if key not in today)]:
            below = f"{path}.{key}" if path else key
            if key in today and key in lane:
                yield from _differences(stack, today[key], lane[key], below)
            else:
                yield Difference(stack, below, _text(today, key), _text(lane, key))
    elif isinstance(today, list) and isinstance(lane, list) and len(today) == len(lane):
        for index, (one, other) in enumerate(zip(today, lane, strict=True)):
            yield from _differences(stack, one, other, f"{path}[{index}]")
    elif type(today) is not type(lane) or today != lane:
        yield Difference(stack, path, _json(today), _json(lane))


def _text(values: dict[str, Any], key: str) -> str:
    return _json(values[key]) if key in values else _ABSENT


def _json(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."
