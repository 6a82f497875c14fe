"""What `make status DRIFT=1` says of plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from operations.drift import describe_drift
from runner.errors import RunnerError
from runner.events import Changes
from runner.results import Result, Status
from tests.compliance.samples import stack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synthesis.manifest import Stack

STACKS = {one.id: one for one in (stack({}, layer="network"), stack({}, layer="data"))}
NETWORK, DATA = STACKS


def told(*found: Result) -> list[str]:
    planned: list[list[str]] = []

    def plan(stacks: Mapping[str, Stack]) -> list[Result]:
        planned.append(list(stacks))
        return list(found)

    lines = list(describe_drift(STACKS, "test", plan))
    assert planned == [[NETWORK, DATA]]
    return lines


def test_stacks_that_are_as_planned_are_counted() -> None:
    assert told(Result(NETWORK, Status.NO_CHANGES), Result(DATA, Status.NO_CHANGES)) == [
        "drift     none: 2 stacks are as planned"
    ]


def test_a_stack_that_differs_is_named_with_what_a_plan_would_do() -> None:
    heading, line = told(
        Result(NETWORK, Status.NO_CHANGES), Result(DATA, Status.CHANGES, Changes(add=0, change=1, remove=0))
    )
    assert heading == "drift     1 of 2 stacks are not as planned; to see it: make plan ENV=test"
    assert line.split() == [DATA, "0", "to", "add", "1", "to", "change", "0", "to", "destroy"]


def test_a_plan_that_fails_is_said_after_what_the_others_have() -> None:
    failed = Result(DATA, Status.FAILED, note="no credentials", remedy="Sign in.")
    lines = describe_drift(STACKS, "test", lambda _: [Result(NETWORK, Status.NO_CHANGES), failed])
    assert next(lines).startswith("drift     1 of 2 stacks")
    assert next(lines).split() == [DATA, "failed"]
    with pytest.raises(RunnerError, match=f"{DATA} could not be planned: no credentials"):
        next(lines)
