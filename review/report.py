"""What people read: the comment on a pull request, the summary of a run, and the issue about drift."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from review.plan import CHANGE, CREATE, DESTROY, KINDS, REPLACE, Row
from review.text import code, fit, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COMMENT_MARK: Final = "<!-- plans of the infrastructure -->"
ISSUE_MARK: Final = "<!-- drift of the infrastructure -->"
ISSUE_TITLE: Final = "The infrastructure is not as it was applied"

_QUIET: Final = "no changes"
_SHOWN: Final = 20
"""As many names of a stack are listed."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a text is about."""

    commit: str
    url: str
    """The page of the workflow's run."""
    rows: Mapping[str, Sequence[Row] | None]
    """The rows by environment; None for one whose plan did not end."""

    @property
    def is_quiet(self) -> bool:
        """Whether every plan ended, and none has anything to do or to tell."""
        return all(
            rows is not None and all(row.status == _QUIET and not row.is_changed and not row.drifted for row in rows)
            for rows in self.rows.values()
        )


def comment(run: Run) -> str:
    """The comment on a pull request."""
    lines = [COMMENT_MARK, f"### Plan of {code(run.commit[:12])}", "", *_plans(run)]
    return fit(lines, end=_link(run))


def summary(run: Run) -> str:
    """What who approves an apply looks at."""
    return fit([f"### Plan of {code(run.commit[:12])}", "", *_plans(run)], end=_link(run))


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


def _plans(run: Run) -> list[str]:
    if not run.rows:
        return ["No environment has `[security.github]`, so nothing was planned: docs/workflows.md."]
    lines: list[str] = []
    for environment, rows in run.rows.items():
        if rows is None:
            lines += [f"**{code(environment)}: the plan did not end.** The log of the run says why.", ""]
    every = [row for rows in run.rows.values() for row in rows or ()]
    shown = [row for row in every if row.is_changed or row.drifted or row.status != _QUIET]
    if shown:
        cells = [(code(row.stack), *(_count(row, kind) for kind in KINDS), _note(row)) for row in shown]
        lines += [*table(("stack", CREATE, CHANGE, REPLACE, DESTROY, ""), cells, numbers=KINDS), ""]
    quiet = len(every) - len(shown)
    if quiet:
        lines += [f"{quiet} {'stack has' if quiet == 1 else 'stacks have'} no changes.", ""]
    lines += _details("Resources with data", {row.stack: row.stateful for row in shown})
    lines += _details("Changed by others", {row.stack: row.drifted for row in shown})
    return lines


def _count(row: Row, kind: str) -> str:
    count = row.counts.get(kind, 0)
    return f"**{count}**" if count and kind in {REPLACE, DESTROY} else str(count or "")


def _note(row: Row) -> str:
    if row.status not in {_QUIET, "changes"}:
        return f"**{code(row.status)}**"
    notes = []
    lost = sum(line.startswith((REPLACE, DESTROY)) for line in row.stateful)
    if lost:
        notes.append(f"**data is lost in {lost}**")
    if row.outputs and not sum(row.counts.values()):
        notes.append("only outputs")
    if row.drifted:
        notes.append(f"{len(row.drifted)} changed by others")
    return ", ".join(notes)


def _details(title: str, names: Mapping[str, Sequence[str]]) -> list[str]:
    lines = []
    for stack, listed in names.items():
        lines += [f"- {code(stack)}: {code(name)}" for name in listed[:_SHOWN]]
        if len(listed) > _SHOWN:
            lines.append(f"- {code(stack)}: {len(listed) - _SHOWN} more")
    return [f"**{title}**", "", *lines, ""] if lines else []


def _link(run: Run) -> str:
    return f"The plans are in the log of [this run]({run.url})."
