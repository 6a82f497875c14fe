"""The page of a review for a terminal: short, aligned, and in colours only where they can be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.table import table
from console.text import plain
from review.changes import KINDS
from review.finding import NEVER_APPROVED, VERDICTS, Finding, Level
from review.page import PLANNED, QUIET

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TextIO

    from review.page import Line, Review, StackReview

SIGNS: Final[Mapping[str, str]] = {
    "create": "+",
    "change": "~",
    "replace": "-/+",
    "destroy": "-",
    "forget": "forget",
    "import": "import",
    "move": "move",
    "read": "read",
}
"""How a line begins; the first four as Terraform writes them."""
_COLOURS: Final = {Level.ALLOW: "32", Level.APPROVAL: "33", Level.BLOCK: "1;31"}
_SHOWN_ADDRESSES: Final = 3
_SHOWN_LINES: Final = 20
_SHOWN_REASONS: Final = 50
APPROVE: Final = "To accept a reason: an entry in review/approvals.toml, see docs/plan-review.md."


def is_coloured(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether a stream shows colours, and nobody has asked for none (https://no-color.org)."""
    return stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def page(review: Review, *, coloured: bool = False, lines_of_stacks: bool = True) -> str:
    """The page, which ends without a line break.

    Args:
        review: What it says.
        coloured: Whether it has colours.
        lines_of_stacks: Whether it names what changes; the verdict and its reasons are always there.
    """
    return "\n".join(_page(review, coloured=coloured, lines_of_stacks=lines_of_stacks)).rstrip("\n")


def _page(review: Review, *, coloured: bool, lines_of_stacks: bool) -> Iterator[str]:
    yield f"Verdict: {_coloured(VERDICTS[review.level], review.level, coloured=coloured)}"
    yield ""
    placed = review.placed()
    for stack, finding in placed[:_SHOWN_REASONS]:
        yield from _reason(stack, finding, coloured=coloured)
    if len(placed) > _SHOWN_REASONS:
        yield f"  {len(placed) - _SHOWN_REASONS} more reasons, none worse than the last one; FORMAT=json has all"
    for each in review.stacks:
        if each.status not in PLANNED:
            yield f"  {plain(each.stack)}: {plain(each.status)}, so what it would change is not known"
    if any(one.effective is Level.BLOCK and one.action not in NEVER_APPROVED for _, one in placed):
        yield from ("", APPROVE)
    shown = [each for each in review.stacks if each.is_changed or each.lines or each.drifted]
    if shown and lines_of_stacks:
        yield from ("", table(_counts(shown)))
        for each in shown:
            yield from _stack(each)
    quiet = sum(each.status == QUIET and each not in shown for each in review.stacks)
    if quiet:
        yield from ("", f"{quiet} {'stack has' if quiet == 1 else 'stacks have'} no changes.")
    yield from _section("Costs", review.costs)
    yield from _section("Approvals", review.notes)


def _reason(stack: str, finding: Finding, *, coloured: bool) -> Iterator[str]:
    word = "approved" if finding.approved_by else VERDICTS[finding.level]
    place = "/".join(filter(None, (plain(stack), plain(finding.address)))) or "all plans"
    yield f"  {_coloured(word.ljust(14), finding.effective, coloured=coloured)}  {finding.action.ljust(17)}  {place}"
    yield f"{' ' * 18}{plain(finding.text)}"
    if finding.approved_by:
        yield f"{' ' * 18}{plain(finding.approved_by)}"


def _counts(shown: Sequence[StackReview]) -> Iterator[tuple[str, ...]]:
    yield ("stack", *KINDS, "outputs")
    for each in shown:
        counts = (str(each.counts.get(kind, 0)) for kind in KINDS)
        yield (plain(each.stack), *counts, str(len(each.outputs)))


def _stack(review: StackReview) -> Iterator[str]:
    yield from ("", plain(review.stack))
    yield from (f"  {_line(line)}" for line in review.lines[:_SHOWN_LINES])
    if len(review.lines) > _SHOWN_LINES:
        yield f"  {len(review.lines) - _SHOWN_LINES} more lines"
    if review.outputs:
        yield f"  outputs: {_first(review.outputs)}"
    for title, texts in (
        ("known after the apply", review.unknown),
        ("changed by others since the last apply", review.drifted),
        ("costs", review.costs),
    ):
        if texts:
            yield f"  {title}:"
            yield from (f"    {plain(text)}" for text in texts[:_SHOWN_LINES])
            if len(texts) > _SHOWN_LINES:
                yield f"    {len(texts) - _SHOWN_LINES} more"


def _line(line: Line) -> str:
    names = _first(line.addresses, count=line.count)
    many = f"{line.count} resources ({names})" if line.count > 1 else names
    text = f": {plain(line.text)}" if line.text else ""
    return f"{SIGNS.get(line.kind, plain(line.kind)).ljust(6)}  {many}{text}"


def _first(texts: Sequence[str], *, count: int | None = None) -> str:
    count = len(texts) if count is None else count
    shown = ", ".join(plain(one) for one in texts[:_SHOWN_ADDRESSES])
    left = count - min(len(texts), _SHOWN_ADDRESSES)
    return f"{shown} and {left} more" if left > 0 else shown


def _section(title: str, texts: Sequence[str]) -> Iterator[str]:
    if texts:
        yield from ("", title, *(f"  {plain(text)}" for text in texts))


def _coloured(text: str, level: Level, *, coloured: bool) -> str:
    return f"\x1b[{_COLOURS[level]}m{text}\x1b[0m" if coloured else text
