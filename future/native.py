"""`strategy = "native_blue_green"`, which only newer bindings have: settings with it, and what must come of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import tomlkit

from future.errors import FutureError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

STRATEGY: Final = "native_blue_green"
_OF_CODEDEPLOY: Final = ("test_port",)
_STRATEGIES: Final = frozenset({"BLUE_GREEN", "CANARY", "LINEAR"})
_ADVANCED: Final = ("alternate_target_group_arn", "production_listener_rule", "role_arn")


def use(environments: Path) -> list[str]:
    """Change each environment that CodeDeploy deploys; return their names.

    Args:
        environments: The folder of the settings, of a copy.

    Raises:
        FutureError: There is none, so that nothing would be shown.
    """
    changed = []
    for path in sorted(environments.glob("*.toml")):
        settings: Any = tomlkit.parse(path.read_text(encoding="utf-8"))
        deployment = settings.get("deployment")
        if deployment is None or deployment.get("strategy") != "blue_green":
            continue
        deployment["strategy"] = STRATEGY
        for key in _OF_CODEDEPLOY:
            deployment.pop(key, None)
        for service in settings.get("services", {}).values():
            service.pop("smoke_paths", None)
        path.write_text(tomlkit.dumps(settings), encoding="utf-8")
        changed.append(path.stem)
    if not changed:
        message = f'{environments} has no environment with strategy = "blue_green", to try "{STRATEGY}" with.'
        raise FutureError(message)
    return changed


def problems(name: str, stack: Mapping[str, Any]) -> Iterator[str]:
    """What a stack with services lacks of ECS's own blue/green, or still has of CodeDeploy's."""
    resources = stack.get("resource", {})
    for kind in sorted(resources):
        if kind.startswith("aws_codedeploy_"):
            yield f"{name}: {kind} is still there"
    for id_, service in resources.get("aws_ecs_service", {}).items():
        address = f"{name}: aws_ecs_service.{id_}"
        if service.get("deployment_controller") != {"type": "ECS"}:
            yield f"{address}: deployment_controller is not ECS"
        for balancer in service.get("load_balancer", []):
            strategy = service.get("deployment_configuration", {}).get("strategy")
            if strategy not in _STRATEGIES:
                yield f"{address}: deployment_configuration.strategy is {strategy!r}"
            yield from (f"{address}: load_balancer.{problem}" for problem in _traffic_problems(balancer))


def _traffic_problems(balancer: Mapping[str, Any]) -> Iterator[str]:
    advanced = balancer.get("advanced_configuration", {})
    for key in _ADVANCED:
        if not str(advanced.get(key, "")).startswith("${aws_"):
            yield f"advanced_configuration.{key} is not a reference"
    if advanced.get("alternate_target_group_arn") == balancer.get("target_group_arn"):
        yield "both target groups are the same"
