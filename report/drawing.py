"""Places boxes in rows and draws what connects them: numbers for an SVG, in pixels of its own scale."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from report.kinds import LANES, WATCH
from report.rows import ordered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from report.boxes import Box, Map
    from report.flow import Flow

_BREAK: Final = re.compile(r"[^/.-]+[/.-]*|[/.-]+")
WIDTH, HEIGHT = 188, 62
_GAP, _MARGIN = 16, 16
_LANE_HEAD, _LANE_GAP, _ROW_GAP = 30, 22, 18
_PER_ROW: Final = 6
_PASSAGE: Final = 54
"""Between two rows of a way, where the text of what leads on is."""
_PASSAGE_GAP: Final = 56
_TEXT_ABOVE, _TEXT_SHIFT = 22, 84
"""How far the text is above the box that it leads to, and beside another one."""
_BUSY: Final = 6
"""What more boxes refer to than these is only drawn for a box that is looked at: topics, buckets of logs. So is what
dashboards and canaries look at: all that there is."""
TITLE_CHARACTERS, LABEL_CHARACTERS = 18, 25
"""What fits in a line of a box, at the sizes of the style sheet."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A box with its place."""

    id: str
    """Of what it shows; unique in the drawing."""
    box: str
    """The anchor that it leads to; empty if it leads nowhere."""
    x: int
    y: int
    title: tuple[str, ...]
    """One line or two."""
    label: str
    fact: str = ""
    """What its settings say first, if there is room."""
    is_stack: bool = False
    """Whether it stands for several."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A connection of two boxes."""

    start: str
    end: str
    path: str
    text: str = ""
    text_x: int = 0
    text_y: int = 0
    is_network: bool = False
    """Whether a request goes there, or a security group allows it; else it is a reference."""
    is_quiet: bool = False
    """Whether it is only shown for a box that is looked at."""


@dataclass(frozen=True, kw_only=True)
class Lane:
    """A row of the drawing with its name."""

    name: str
    y: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """All that an SVG needs."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    lines: tuple[Line, ...]
    lanes: tuple[Lane, ...] = field(default=())


def draw_map(found: Map, request: Flow, *, home: str) -> Drawing:
    """The boxes of an environment in lanes, ordered so that few lines cross.

    Args:
        found: The boxes.
        request: The way of a request, whose lines are drawn as those that security groups allow.
        home: The region of which no box says that it is there.
    """
    lanes = {name: [box for box in found.boxes if box.lane == name] for name in LANES}
    lanes = {name: boxes for name, boxes in lanes.items() if boxes}
    reach = {*_allowed(found), *_passed(found, request)}
    pairs = {*found.references, *reach}
    incoming: dict[str, int] = {}
    for _, end in found.references:
        incoming[end] = incoming.get(end, 0) + 1
    order = ordered(
        [[box.id for box in boxes] for boxes in lanes.values()],
        [pair for pair in pairs if incoming.get(pair[1], 0) <= _BUSY],
    )
    of_id = {box.id: box for box in found.boxes}
    shapes: dict[str, Shape] = {}
    frames: list[Lane] = []
    width = 2 * _MARGIN + _PER_ROW * WIDTH + (_PER_ROW - 1) * _GAP
    top = 0
    for name, ids in zip(lanes, order, strict=True):
        rows = [ids[start : start + _PER_ROW] for start in range(0, len(ids), _PER_ROW)]
        for number, row in enumerate(rows):
            y = top + _LANE_HEAD + number * (HEIGHT + _ROW_GAP)
            for x, id_ in zip(_columns(len(row), width), row, strict=True):
                shapes[id_] = _shape(of_id[id_], x, y, home)
        height = _LANE_HEAD + len(rows) * (HEIGHT + _ROW_GAP) - _ROW_GAP + _MARGIN
        frames.append(Lane(name=name, y=top, height=height))
        top += height + _LANE_GAP
    lines = [
        Line(
            start=start,
            end=end,
            path=_curve(shapes[start], shapes[end]),
            is_network=(start, end) in reach,
            is_quiet=(start, end) not in reach and (incoming.get(end, 0) > _BUSY or of_id[start].lane == WATCH),
        )
        for start, end in sorted(pairs)
        if start != end
    ]
    return Drawing(
        width=width, height=top - _LANE_GAP, shapes=tuple(shapes.values()), lines=tuple(lines), lanes=tuple(frames)
    )


def draw_flow(flow: Flow, found: Map) -> Drawing:
    """The steps of a way, from the first row down.

    Args:
        flow: The way.
        found: The boxes that its steps lead to, as they are drawn.
    """
    rows = ordered([[step.id for step in row] for row in flow.rows()], list(flow.passages))
    widest = max(map(len, rows), default=0)
    width = 2 * _MARGIN + widest * WIDTH + max(widest - 1, 0) * _PASSAGE_GAP
    shapes: dict[str, Shape] = {}
    for number, row in enumerate(rows):
        y = _MARGIN + number * (HEIGHT + _PASSAGE)
        for x, id_ in zip(_columns(len(row), width, _PASSAGE_GAP), row, strict=True):
            step = flow.steps[id_]
            box = found.box(step.box).id if step.box else ""
            shapes[id_] = Shape(id=id_, box=box, x=x, y=y, title=wrapped(step.title), label=step.label)
    said: dict[str, list[str]] = {}
    for passage in flow.in_order():
        if passage.texts:
            said.setdefault(passage.end, []).append(passage.start)
    lines = []
    for passage in flow.in_order():
        start, end = shapes[passage.start], shapes[passage.end]
        beside = said.get(end.id, [])
        shift = (beside.index(start.id) - (len(beside) - 1) / 2) * _TEXT_SHIFT if start.id in beside else 0
        lines.append(
            Line(
                start=start.id,
                end=end.id,
                path=_curve(start, end),
                text=passage.text,
                text_x=end.x + WIDTH // 2 + round(shift),
                text_y=end.y - _TEXT_ABOVE,
            )
        )
    height = 2 * _MARGIN + len(rows) * (HEIGHT + _PASSAGE) - _PASSAGE
    return Drawing(width=width, height=height, shapes=tuple(shapes.values()), lines=tuple(lines))


def wrapped(title: str) -> tuple[str, ...]:
    """A title in one line or two; what does not fit ends with an ellipsis."""
    lines = [""]
    for word, gap in _parts(title):
        longer = f"{lines[-1]}{gap}{word}".strip()
        if len(longer) <= TITLE_CHARACTERS or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    shown = [_cut(line, TITLE_CHARACTERS) for line in lines[:2]]
    if len(lines) > len(shown):
        shown[-1] = f"{shown[-1][: TITLE_CHARACTERS - 1].rstrip()}…"
    return tuple(shown)


def _parts(title: str) -> Iterator[tuple[str, str]]:
    """The words of a title with what stands before each; a long word can be broken behind its punctuation."""
    for word in title.split():
        pieces = _BREAK.findall(word) if len(word) > TITLE_CHARACTERS else [word]
        yield from ((piece, "" if place else " ") for place, piece in enumerate(pieces))


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def _allowed(found: Map) -> Iterator[tuple[str, str]]:
    """The boxes of which security groups let the first one connect to the second one."""
    for one in found.network:
        if one.caller in found.groups and one.listener in found.groups:
            yield found.box(found.groups[one.caller]).id, found.box(found.groups[one.listener]).id


def _passed(found: Map, request: Flow) -> Iterator[tuple[str, str]]:
    """The boxes that a request passes, one after the other."""
    for passage in request.passages.values():
        start, end = request.steps[passage.start].box, request.steps[passage.end].box
        if start and end:
            yield found.box(start).id, found.box(end).id


def _shape(box: Box, x: int, y: int, home: str) -> Shape:
    title, fact = wrapped(box.title), ""
    for one in box.facts if len(title) == 1 else ():
        longer = f"{fact}, {one}" if fact else one
        fact = longer if len(longer) <= LABEL_CHARACTERS else fact
    return Shape(
        id=box.id,
        box=box.id,
        x=x,
        y=y,
        title=title,
        label=box.label if box.region == home else f"{box.label}, {box.region}",
        fact=fact,
        is_stack=bool(box.members),
    )


def _columns(count: int, width: int, gap: int = _GAP) -> Iterable[int]:
    """The left edges of boxes, in the middle of the width."""
    first = (width - count * WIDTH - (count - 1) * gap) // 2
    return (first + number * (WIDTH + gap) for number in range(count))


def _curve(start: Shape, end: Shape) -> str:
    """From the lower edge of one box to the upper edge of the other; in one row, below both."""
    x, other_x = start.x + WIDTH // 2, end.x + WIDTH // 2
    if start.y == end.y:
        y, dip = start.y + HEIGHT, start.y + HEIGHT + _ROW_GAP
        return f"M{x} {y}C{x} {dip} {other_x} {dip} {other_x} {y}"
    y, other_y = (start.y + HEIGHT, end.y) if start.y < end.y else (start.y, end.y + HEIGHT)
    middle = (y + other_y) // 2
    return f"M{x} {y}C{x} {middle} {other_x} {middle} {other_x} {other_y}"
