"""A listener that sends requests elsewhere is a finding, and another spelling of the same targets is none."""

from __future__ import annotations

from typing import Any

from review.changes import resource_changes
from review.drift import drifted_arguments
from review.rules.soundness import unsound
from review.rules.traffic import moved_traffic
from tests.review.plan_json import changes, entry, made, plan

BLUE, GREEN = (f"arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/{name}/1" for name in ("blue", "green"))


def single(arn: str) -> list[dict[str, Any]]:
    return [{"type": "forward", "target_group_arn": arn}]


def weighted(**weights: int) -> list[dict[str, Any]]:
    groups = [{"arn": {"blue": BLUE, "green": GREEN}[name], "weight": weight} for name, weight in weights.items()]
    return [{"type": "forward", "forward": [{"target_group": groups}]}]


def found(before: Any, after: Any, **others: Any) -> list[str]:
    own = entry("aws_lb_listener.a", "change", {"default_action": before}, {"default_action": after}, **others)
    return [one.text for one in moved_traffic(changes(own), {})]


def test_another_target_group_and_other_weights() -> None:
    assert found(single(BLUE), single(GREEN)) == ["100% blue -> 100% green"]
    assert found(single(BLUE), weighted(blue=3, green=1)) == ["100% blue -> 75% blue + 25% green"]
    redirect = [{"type": "redirect", "redirect": [{"port": "443"}]}]
    assert found(single(BLUE), redirect) == ["100% blue -> 100% redirect"]


def test_another_spelling_is_nothing() -> None:
    assert found(single(BLUE), weighted(blue=1)) == []
    assert found(weighted(blue=100, green=0), weighted(blue=1)) == []
    assert found(weighted(blue=1, green=1), weighted(green=50, blue=50)) == []


def test_what_is_not_known_is_said() -> None:
    assert found(single(BLUE), [], unknown={"default_action": True}) == [
        "where it sends requests is known after the apply"
    ]


def test_an_apply_that_would_undo_a_deployment_says_so() -> None:
    own = entry("aws_lb_listener.a", "change", {"default_action": single(GREEN)}, {"default_action": single(BLUE)})
    drift = entry("aws_lb_listener.a", "change", {"default_action": single(BLUE)}, {"default_action": single(GREEN)})
    content = plan(own, resource_drift=[drift])
    (one,) = moved_traffic(resource_changes(content), drifted_arguments(content))
    assert "the apply would undo that" in one.text


def test_priorities_and_ends() -> None:
    rule = [{"priority": number, "action": single(BLUE)} for number in (1, 2)]
    texts = [
        one.text
        for one in moved_traffic(
            changes(entry("aws_lb_listener_rule.a", "change", *rule), entry("aws_lb_listener.b", "destroy")), {}
        )
    ]
    assert texts[0] == "priority 1 -> 2: other requests may reach it"
    assert texts[1].startswith("is destroyed")


def test_a_deployment_alone_is_no_change() -> None:
    """What CodeDeploy moves is ignored by the plan, and the list of controllers leaves it out of the drift."""
    drift = entry("aws_lb_listener.a", "change", {"default_action": single(BLUE)}, {"default_action": single(GREEN)})
    content = plan(entry("aws_lb_listener.a", "stay"), resource_drift=[drift])
    assert not list(moved_traffic(resource_changes(content), drifted_arguments(content)))


def test_a_plan_that_is_not_whole() -> None:
    texts = {
        one.text: one.level.name
        for content in (
            {"errored": True, "complete": False},
            {"complete": False},
            {"complete": False, "deferred_changes": [{}, {}]},
        )
        for one in unsound(content)
    }
    assert texts == {
        "the plan ended with an error, so it has only a part of the changes": "BLOCK",
        "the plan is not complete: -target, or changes that a later plan has": "APPROVAL",
        "the plan is not complete: 2 changes are deferred to a later plan": "APPROVAL",
    }
    found = {one.address: (one.level.name, one.text) for one in unsound(made("builtin"))}
    assert found == {
        "check.fails": ("APPROVAL", "a condition is not met"),
        "check.answers": ("ALLOW", "whether its condition is met is known after the apply"),
    }
    condition = {"address": {"kind": "resource", "to_display": "aws_vpc.a"}, "status": "fail"}
    assert [one.level.name for one in unsound({"checks": [condition]})] == ["BLOCK"]


def test_a_weight_that_aws_does_not_have_is_the_largest_one() -> None:
    assert found(single(BLUE), weighted(blue=10**400, green=999)) == ["100% blue -> 50% blue + 50% green"]
