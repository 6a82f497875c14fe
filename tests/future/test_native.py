"""What `make future` requires of a stack with ECS's own blue/green."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from future.errors import FutureError
from future.native import problems, use

if TYPE_CHECKING:
    from pathlib import Path

STACK: dict[str, Any] = {
    "resource": {
        "aws_ecs_service": {
            "api": {
                "deployment_controller": {"type": "ECS"},
                "deployment_configuration": {"strategy": "CANARY"},
                "load_balancer": [
                    {
                        "target_group_arn": "${aws_lb_target_group.blue.arn}",
                        "advanced_configuration": {
                            "alternate_target_group_arn": "${aws_lb_target_group.green.arn}",
                            "production_listener_rule": "${aws_lb_listener_rule.production.arn}",
                            "role_arn": "${aws_iam_role.shift.arn}",
                        },
                    }
                ],
            },
            "worker": {"deployment_controller": {"type": "ECS"}},
        }
    }
}


def changed(**changes: Any) -> list[str]:
    stack = copy.deepcopy(STACK)
    service = stack["resource"]["aws_ecs_service"]["api"]
    advanced = service["load_balancer"][0]["advanced_configuration"]
    for key, value in changes.items():
        where = service if key in service else advanced
        where[key] = value
    return list(problems("dev-service", stack))


def test_a_stack_as_ecs_needs_it_is_accepted() -> None:
    assert changed() == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"deployment_controller": {"type": "CODE_DEPLOY"}}, "deployment_controller is not ECS"),
        ({"deployment_configuration": {}}, "deployment_configuration.strategy is None"),
        ({"deployment_configuration": {"strategy": "ROLLING"}}, "deployment_configuration.strategy is 'ROLLING'"),
        ({"role_arn": None}, "load_balancer.advanced_configuration.role_arn is not a reference"),
        ({"production_listener_rule": "x"}, "advanced_configuration.production_listener_rule is not a reference"),
        ({"alternate_target_group_arn": "${aws_lb_target_group.blue.arn}"}, "both target groups are the same"),
    ],
)
def test_what_is_missing_is_named_with_its_address(changes: dict[str, Any], problem: str) -> None:
    (line,) = changed(**changes)
    assert line.startswith("dev-service: aws_ecs_service.api: ")
    assert line.endswith(problem)


def test_what_codedeploy_leaves_is_reported() -> None:
    stack = {"resource": STACK["resource"] | {"aws_codedeploy_app": {"api": {}}}}
    assert list(problems("dev-service", stack)) == ["dev-service: aws_codedeploy_app is still there"]


def test_only_environments_with_codedeploy_are_changed(tmp_path: Path) -> None:
    blue = '# kept\n[deployment]\nstrategy = "blue_green" # as it was\ntest_port = 9443\n\n[services.api]\n'
    (tmp_path / "prod.toml").write_text(blue + 'smoke_paths = ["/"]\nmin_count = 2\n', encoding="utf-8")
    (tmp_path / "dev.toml").write_text("[services.api]\n", encoding="utf-8")
    assert use(tmp_path) == ["prod"]
    text = (tmp_path / "prod.toml").read_text(encoding="utf-8")
    assert 'strategy = "native_blue_green"' in text
    assert "test_port" not in text
    assert "smoke_paths" not in text
    assert "min_count = 2" in text
    assert (tmp_path / "dev.toml").read_text(encoding="utf-8") == "[services.api]\n"


def test_without_such_an_environment_nothing_would_be_shown(tmp_path: Path) -> None:
    with pytest.raises(FutureError, match="has no environment with strategy"):
        use(tmp_path)
