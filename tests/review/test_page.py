"""A review goes through a file that a pull request may have written: only text and numbers come back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from review.finding import Level
from review.judge import StackPlan, judge
from review.page import Review, StackReview
from tests.review.plan_json import entry, made, plan


@pytest.mark.parametrize("case", ["builtin", "platform"])
def test_a_review_is_the_same_after_it_was_in_a_file(case: str) -> None:
    before = judge([StackPlan(stack="dev-any", name="any", content=made(case))], environment="dev")
    assert Review.from_json(json.loads(json.dumps(before.to_json()))) == before


ROW = {"stack": "a", "status": "b", "counts": {}}


@pytest.mark.parametrize(
    "fields",
    [
        None,
        [],
        {},
        {"stacks": 1},
        {"stacks": [None]},
        {"stacks": [{"stack": "a", "status": "b"}]},
        {"stacks": [{**ROW, "counts": {"create": "many"}}]},
        {"stacks": [{**ROW, "drifted": "text"}]},
        {"stacks": [{**ROW, "lines": [{}]}]},
        {"stacks": [{**ROW, "findings": [{"action": "a", "level": 7, "address": "", "text": ""}]}]},
        {"stacks": [], "findings": [1]},
        {"stacks": [], "notes": 1},
    ],
)
def test_what_is_not_a_review_is_refused(fields: Any) -> None:
    with pytest.raises(ValueError, match="is not the review of"):
        Review.from_json(fields)


def test_the_verdict_is_the_worst_of_all() -> None:
    quiet = StackPlan(stack="a", content=plan())
    lost = StackPlan(stack="b", content=plan(entry("aws_s3_bucket.a", "destroy")))
    assert judge([quiet]).level is Level.ALLOW
    assert judge([quiet, lost]).level is Level.BLOCK


@pytest.mark.parametrize(
    ("status", "level"), [("failed", Level.BLOCK), ("waits", Level.APPROVAL), ("no changes", Level.ALLOW)]
)
def test_a_plan_that_was_not_made_allows_nothing(status: str, level: Level) -> None:
    assert StackReview(stack="a", status=status, counts={}).level is level


def test_a_change_of_an_output_alone_is_a_change() -> None:
    same, other = ({"url": {"actions": [action]}} for action in ("no-op", "update"))
    assert not judge([StackPlan(stack="a", content=plan(output_changes=same))]).is_changed
    review = judge([StackPlan(stack="a", content=plan(output_changes=other))])
    assert review.is_changed
    assert review.stacks[0].outputs == ("update url",)


def test_what_others_changed_makes_a_review_that_is_not_quiet() -> None:
    drift = entry("aws_lb.x", "change", {"idle_timeout": 1}, {"idle_timeout": 2})
    assert judge([StackPlan(stack="a", content=plan())]).is_quiet
    review = judge([StackPlan(stack="a", content=plan(resource_drift=[drift]))])
    assert not review.is_quiet
    assert review.stacks[0].drifted == ("aws_lb.x: idle_timeout",)


def test_each_kind_is_counted() -> None:
    content = plan(
        entry("aws_vpc.a", "stay"),
        entry("data.aws_caller_identity.me", "read", action_reason="read_because_config_unknown"),
        entry("aws_subnet.a", "create"),
        entry("aws_subnet.b", "create"),
        entry("aws_db_instance.a", "change"),
        entry("aws_s3_bucket.a", "replace"),
        entry("aws_kms_key.a", "destroy"),
        entry("aws_kms_key.b", "destroy", deposed="ab12"),
        entry("aws_sqs_queue.a", "forget"),
    )
    (stack,) = judge([StackPlan(stack="a", content=content)]).stacks
    assert stack.counts == {"create": 2, "change": 1, "replace": 1, "destroy": 2}
    assert stack.unknown == (
        "data.aws_caller_identity.me: read at the apply, because its arguments are known after the apply",
    )
