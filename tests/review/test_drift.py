"""What others changed is found, except what controllers of AWS own by the written list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from review.drift import OwnedArgument, drift, owned_arguments

if TYPE_CHECKING:
    from pathlib import Path

    from tests.template import Template

OWNED = (
    OwnedArgument(type="aws_ecs_service", argument="desired_count", controller="Application Auto Scaling", reason="-"),
)


def found(kind: str, before: dict[str, Any] | None, after: dict[str, Any] | None, *actions: str) -> list[str]:
    change = {"actions": list(actions or ("update",)), "before": before, "after": after}
    return list(drift({"resource_drift": [{"address": f"{kind}.x", "type": kind, "change": change}]}, OWNED))


def test_what_a_controller_owns_is_no_drift() -> None:
    assert found("aws_ecs_service", {"desired_count": 2, "name": "a"}, {"desired_count": 7, "name": "a"}) == []


def test_something_else_of_the_same_resource_is() -> None:
    before, after = {"desired_count": 2, "propagate_tags": "A"}, {"desired_count": 7, "propagate_tags": "B"}
    assert found("aws_ecs_service", before, after) == ["aws_ecs_service.x: propagate_tags"]


def test_the_same_argument_of_another_type_is() -> None:
    assert found("aws_lb", {"desired_count": 2}, {"desired_count": 7}) == ["aws_lb.x: desired_count"]


def test_arguments_that_come_and_go_are() -> None:
    assert found("aws_lb", {"old": 1}, {"new": 1}) == ["aws_lb.x: new, old"]


def test_a_resource_that_is_gone_is() -> None:
    assert found("aws_ecs_service", {"desired_count": 2}, None, "delete") == ["aws_ecs_service.x: deleted"]


def test_a_tag_is_named_once() -> None:
    new = {"a": "b"}
    assert found("aws_lb", {"tags": {}, "tags_all": {}}, {"tags": new, "tags_all": new}) == ["aws_lb.x: tags"]
    assert found("aws_lb", {"tags_all": {}}, {"tags_all": new}) == ["aws_lb.x: tags_all"]


@pytest.mark.parametrize(("made", "read"), [(None, {}), (None, []), (None, ""), (None, 0), (False, None), ("", [])])
def test_two_spellings_of_nothing_are_the_same(made: Any, read: Any) -> None:
    """The provider writes one when it makes a resource, and another one when it reads it."""
    assert found("aws_lb", {"tags": made}, {"tags": read}) == []
    assert found("aws_lb", {"rule": [{"on": made, "a": 1}]}, {"rule": [{"on": read, "a": 1}]}) == []
    assert found("aws_lb", {"rule": [made, 1]}, {"rule": [1]}) == ["aws_lb.x: rule"]
    assert found("aws_lb", {"tags": "x"}, {"tags": read}) == ["aws_lb.x: tags"]


def test_values_are_not_shown() -> None:
    assert "hidden" not in str(found("aws_lb", {"name": "hidden-1"}, {"name": "hidden-2"}))


def test_a_plan_without_drift_has_none() -> None:
    assert list(drift({}, owned_arguments())) == []


def test_each_entry_says_who_and_why_and_none_is_there_twice() -> None:
    owned = owned_arguments()
    assert all(each.controller and each.reason for each in owned)
    names = [(each.type, each.argument) for each in owned]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("kind", "argument", "before", "after"),
    [
        ("aws_ecs_service", "task_definition", "api:1", "api:2"),
        ("aws_ecs_service", "load_balancer", [{"target_group_arn": "blue"}], [{"target_group_arn": "green"}]),
        ("aws_ecs_service", "desired_count", 2, 4),
        ("aws_appautoscaling_target", "suspended_state", [], [{"dynamic_scaling_in_suspended": True}]),
        ("aws_lb_listener", "default_action", [{"target_group_arn": "blue"}], [{"target_group_arn": "green"}]),
        ("aws_lb_listener_rule", "action", [{"target_group_arn": "blue"}], [{"target_group_arn": "green"}]),
        ("aws_lb_target_group", "load_balancer_arns", ["public"], []),
        ("aws_cloudfront_distribution", "in_progress_validation_batches", 0, 1),
        ("aws_codestarconnections_connection", "connection_status", "PENDING", "AVAILABLE"),
    ],
)
def test_what_a_release_changes_is_no_drift(kind: str, argument: str, before: object, after: object) -> None:
    change = {"actions": ["update"], "before": {argument: before}, "after": {argument: after}}
    content = {"resource_drift": [{"address": f"{kind}.x", "type": kind, "change": change}]}
    assert list(drift(content, owned_arguments())) == []
    assert list(drift(content, OWNED[:0])) == [f"{kind}.x: {argument}"]


def ignored(stacks: dict[str, Template]) -> set[tuple[str, str]]:
    """What Terraform ignores, because another controller sets it."""
    return {
        (kind, argument)
        for stack in stacks.values()
        for kind, resources in stack.document.get("resource", {}).items()
        for resource in resources.values()
        for argument in resource.get("lifecycle", {}).get("ignore_changes") or ()
    }


def test_whatever_terraform_ignores_has_an_owner_in_the_list(stacks: dict[str, Template]) -> None:
    missing = ignored(stacks) - {(each.type, each.argument) for each in owned_arguments()}
    assert missing == set(), "add who sets these to review/controllers.toml"


def test_the_list_has_only_types_of_this_project(stacks: dict[str, Template]) -> None:
    kinds = {kind for stack in stacks.values() for kind in stack.document.get("resource", {})}
    assert {each.type for each in owned_arguments()} - kinds == set()


def test_an_entry_without_a_reason_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "controllers.toml"
    file.write_text('[[owned]]\ntype = "aws_lb"\narguments = ["name"]\ncontroller = "-"\n')
    with pytest.raises(KeyError, match="reason"):
        owned_arguments(file)
