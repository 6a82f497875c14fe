"""What people read on GitHub: the comment on a pull request, the summary of a run, and the issue about drift."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from console.text import SUMMARY_LIMIT, code, escaped, fit, table
from review.changes import DESTROY, KINDS, REPLACE
from review.finding import NEVER_APPROVED, VERDICTS, Finding, Level
from review.page import PLANNED, QUIET
from review.terminal import SIGNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from review.page import Line, Review, StackReview

COMMENT_MARK: Final = "<!-- plans of the infrastructure -->"
ISSUE_MARK: Final = "<!-- drift of the infrastructure -->"
ISSUE_TITLE: Final = "The infrastructure is not as it was applied"

_SHOWN_REASONS: Final = 20
_SHOWN_LINES: Final = 15
_SHOWN_ADDRESSES: Final = 3
_MANY: Final = 1000
_SHOWN: Final = 20
"""As many names of a stack are listed."""
_APPROVE: Final = "To accept a reason, add an entry to `review/approvals.toml` (docs/plan-review.md)."


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a text is about."""

    commit: str
    url: str
    """The page of the workflow's run."""
    reviews: Mapping[str, Review | None]
    """The reviews by environment; None for one whose plan did not end."""

    @property
    def is_quiet(self) -> bool:
        """Whether every plan ended, and none has anything to do or to tell."""
        return all(review is not None and review.is_quiet for review in self.reviews.values())

    @property
    def level(self) -> Level:
        """The verdict; a plan that did not end blocks."""
        levels = [Level.BLOCK if review is None else review.level for review in self.reviews.values()]
        return max(levels, default=Level.ALLOW)


def comment(run: Run) -> str:
    """The comment on a pull request."""
    lines = [COMMENT_MARK, f"### Plan of {code(run.commit[:12])}: {VERDICTS[run.level]}", "", *_plans(run)]
    return fit(lines, end=_link(run))


def summary(run: Run) -> str:
    """What who approves an apply looks at: the same, and every line of it."""
    lines = [f"### Plan of {code(run.commit[:12])}: {VERDICTS[run.level]}", "", *_plans(run, is_long=True)]
    return fit(lines, end=_link(run), limit=SUMMARY_LIMIT)


def issue(run: Run) -> str:
    """The text of the issue about drift."""
    lines = [
        ISSUE_MARK,
        f"The plans of {code(run.commit[:12])} are not empty. Somebody or something has changed what Terraform made,",
        "or a change was merged and is not applied. What controllers of AWS change is left out, by the list in",
        "`review/controllers.toml`.",
        "",
        *_plans(run),
    ]
    return fit(lines, end=_link(run))


def page(review: Review, *, is_long: bool = False) -> str:
    """The page of one review, as a comment has it."""
    lines = [COMMENT_MARK, f"### Plan: {VERDICTS[review.level]}", "", *_body({"": review}, is_long=is_long)]
    return fit(lines, end="", limit=SUMMARY_LIMIT) if is_long else fit(lines, end="")


def _plans(run: Run, *, is_long: bool = False) -> list[str]:
    if not run.reviews:
        return ["No environment has `[security.github]`, so nothing was planned: docs/workflows.md."]
    lines: list[str] = []
    for environment, review in run.reviews.items():
        if review is None:
            lines += [f"**{code(environment)}: the plan did not end.** The log of the run says why.", ""]
    return [*lines, *_body({name: each for name, each in run.reviews.items() if each}, is_long=is_long)]


def _body(reviews: Mapping[str, Review], *, is_long: bool) -> Iterator[str]:
    yield from _reasons(reviews, is_long=is_long)
    every = [each for review in reviews.values() for each in review.stacks]
    shown = [each for each in every if each.is_changed or each.drifted or each.lines or each.status != QUIET]
    if shown:
        cells = [(code(each.stack), *(_count(each, kind) for kind in KINDS), _note(each)) for each in shown]
        yield from (*table(("stack", *KINDS, ""), cells, numbers=KINDS), "")
    quiet = len(every) - len(shown)
    if quiet:
        yield from (f"{quiet} {'stack has' if quiet == 1 else 'stacks have'} no changes.", "")
    for each in shown:
        yield from _stack(each, is_long=is_long)
    yield from _details("Changed by others", {each.stack: each.drifted for each in shown})
    yield from _details("Known after the apply", {each.stack: each.unknown for each in shown})
    yield from _details("Costs", {name: review.costs for name, review in reviews.items()})
    yield from _details("Approvals", {name: review.notes for name, review in reviews.items()})


def _reasons(reviews: Mapping[str, Review], *, is_long: bool) -> Iterator[str]:
    placed = [pair for review in reviews.values() for pair in review.placed()]
    placed.sort(key=lambda pair: -pair[1].effective)
    if not placed:
        return
    most = _MANY if is_long else _SHOWN_REASONS
    yield from (f"- {_reason(stack, finding)}" for stack, finding in placed[:most])
    if len(placed) > most:
        yield f"- {len(placed) - most} more reasons"
    yield ""
    if any(one.effective is Level.BLOCK and one.action not in NEVER_APPROVED for _, one in placed):
        yield from (_APPROVE, "")


def _reason(stack: str, finding: Finding) -> str:
    word = "approved" if finding.approved_by else VERDICTS[finding.level]
    place = " ".join(code(one) for one in (stack, finding.address) if one) or "all plans"
    text = f"**{word}** {escaped(finding.action)}: {place} {escaped(finding.text)}"
    return f"{text} ({escaped(finding.approved_by)})" if finding.approved_by else text


def _stack(review: StackReview, *, is_long: bool) -> Iterator[str]:
    if not review.lines and not review.outputs:
        return
    most = _MANY if is_long else _SHOWN_LINES
    yield from (f"**{code(review.stack)}**", "")
    yield from (f"- {_line(line, is_long=is_long)}" for line in review.lines[:most])
    if len(review.lines) > most:
        yield f"- {len(review.lines) - most} more lines"
    if review.outputs:
        yield f"- outputs: {_first(review.outputs, len(review.outputs), most)}"
    yield ""


def _line(line: Line, *, is_long: bool) -> str:
    names = _first(line.addresses, line.count, _MANY if is_long else _SHOWN_ADDRESSES)
    many = f"{line.count} resources ({names})" if line.count > 1 else names
    text = f": {escaped(line.text)}" if line.text else ""
    sign = code(SIGNS[line.kind]) if line.kind in SIGNS else code(line.kind)
    return f"{sign} {many}{text}"


def _first(texts: Sequence[str], count: int, most: int) -> str:
    left = count - min(len(texts), most)
    shown = ", ".join(code(one) for one in texts[:most])
    return f"{shown} and {left} more" if left > 0 else shown


def _count(review: StackReview, kind: str) -> str:
    count = review.counts.get(kind, 0)
    return f"**{count}**" if count and kind in {REPLACE, DESTROY} else str(count or "")


def _note(review: StackReview) -> str:
    if review.status not in PLANNED:
        return f"**{code(review.status)}**"
    notes = []
    if review.outputs and not sum(review.counts.values()):
        notes.append("only outputs")
    if review.drifted:
        notes.append(f"{len(review.drifted)} changed by others")
    return ", ".join(notes)


def _details(title: str, names: Mapping[str, Sequence[str]]) -> list[str]:
    lines = []
    for name, listed in names.items():
        head = f"{code(name)}: " if name else ""
        lines += [f"- {head}{code(text)}" for text in listed[:_SHOWN]]
        if len(listed) > _SHOWN:
            lines.append(f"- {head}{len(listed) - _SHOWN} more")
    return [f"**{title}**", "", *lines, ""] if lines else []


def _link(run: Run) -> str:
    return f"The plans are in the log of [this run]({run.url})."
