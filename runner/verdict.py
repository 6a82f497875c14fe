"""How `make plan` ends: the verdict of `make review` on what was planned, and where the full text is."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from config.errors import ConfigError
from console.plan_file import PlanError, check_plan
from review import terminal
from review.approvals import load_approvals
from review.changes import UnknownActionError
from review.judge import StackPlan, judge

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runner.results import Result
    from runner.session import Session


def verdict(session: Session, results: Sequence[Result]) -> str:
    """The end of a plan; empty if no stack has changes.

    Args:
        session: The run, with the plans that it made.
        results: How each stack ended. One whose plan was made and is refused is judged by its plan.
    """
    if not session.plans:
        return ""
    return "\n".join(_lines(session, results))


def _lines(session: Session, results: Sequence[Result]) -> Iterator[str]:
    plans = [
        StackPlan(
            stack=result.stack,
            name=session.stacks[result.stack].name,
            region=session.stacks[result.stack].region,
            status="changes" if result.stack in session.plans else result.status.value,
            content=session.plans.get(result.stack, {}),
        )
        for result in results
    ]
    try:
        for id_, content in session.plans.items():
            check_plan(content, id_)
        review = judge(
            plans,
            environment=session.environment,
            approvals=load_approvals(),
            is_whole=len(session.chosen) == len(session.stacks),
        )
    except (ConfigError, PlanError, UnknownActionError) as error:
        yield f"There is no verdict: {error}"
    else:
        coloured = terminal.is_coloured(sys.stdout, os.environ)
        yield terminal.page(review, coloured=coloured, lines_of_stacks=False)
    yield ""
    yield "The full text of each plan, in files that only you can read:"
    for id_ in session.plans:
        file = session.terraform(session.stacks[id_]).text_file
        yield f"  {os.path.relpath(file)}"
