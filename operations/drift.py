"""What differs from the code: a plan of each stack, of which only the counts are said."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

from runner import actions, results
from runner.errors import RunnerError
from runner.interrupts import obeying_signals
from runner.processes import Processes
from runner.progress import ProgressDisplay
from runner.results import Status
from runner.session import open_session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from runner.results import Result
    from synthesis.manifest import Stack


def plan_all(stacks: Mapping[str, Stack], output: Path) -> list[Result]:
    """Plan the stacks of one environment, and change nothing. It shows on stderr how far it is.

    Args:
        stacks: All of the environment.
        output: The folder of the synthesis.

    Raises:
        RunnerError: There is no Terraform, or no provider for it.
    """
    processes, width = Processes(), max(map(len, stacks))
    session = open_session(
        stacks,
        stacks,
        root=output.resolve().parent,
        environ=os.environ,
        processes=processes,
        progress=ProgressDisplay(io.StringIO(), sys.stderr, live=sys.stderr.isatty(), width=width),
        answers=io.StringIO(),
        shows_plans=False,
    )
    with session.progress, obeying_signals(processes, session.progress):
        return actions.plan(session)


def describe_drift(
    stacks: Mapping[str, Stack], environment: str, plan: Callable[[Mapping[str, Stack]], list[Result]]
) -> Iterator[str]:
    """Say of how many stacks the plan is not empty, and of which.

    Raises:
        RunnerError: A stack could not be planned; the others are said before.
    """
    found = plan(stacks)
    width = max(map(len, stacks))
    differing = [one for one in found if one.status is not Status.NO_CHANGES]
    if not differing:
        yield f"{'drift':9} none: {len(found)} stacks are as planned"
        return
    counted = f"{len(differing)} of {len(found)} stacks are not as planned"
    yield f"{'drift':9} {counted}; to see it: make plan ENV={environment}"
    for one in differing:
        yield f"  {results.plan_line(one, width)}"
    for one in found:
        if one.status is Status.FAILED:
            message = f"{one.stack} could not be planned: {one.note}"
            raise RunnerError(message, one.remedy)
