"""How a release gets its traffic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.checks.compute import SERVICES, health_checks, service
from conformance.clause import DEV, clause, instead
from conformance.expect import equals, has_items, includes

if TYPE_CHECKING:
    from conformance.view import View

_LAYER: Final = "service"
_RELEASES: Final = "tests/acceptance/releases"


@clause(
    "4.1/8",
    "tests/modules/service/test_traffic_shift.py",
    "tests/modules/service/test_deployment_group.py",
    note="10 % for five minutes, then all",
)
def gradual_shift(view: View) -> None:
    """CodeDeploy gives 10 % of the traffic to the new version, then all of it, and goes back at an alarm."""
    shift = view.one("aws_codedeploy_deployment_config", layer=_LAYER)
    shift.require("traffic_routing_config", "type", equals("TimeBasedCanary"))
    shift.require("traffic_routing_config", "time_based_canary", "percentage", equals(10))
    shift.require("traffic_routing_config", "time_based_canary", "interval", equals(5))
    for name in SERVICES:
        where = {"ecs_service": view.refers_to(service(view, name))}
        group = view.one("aws_codedeploy_deployment_group", where, layer=_LAYER)
        group.require("deployment_config_name", view.refers_to(shift))
        group.require("deployment_style", "deployment_type", equals("BLUE_GREEN"))
        group.require("load_balancer_info", "target_group_pair_info", "target_group", has_items(2))
        group.require(
            "auto_rollback_configuration", "events", includes("DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM")
        )
        group.follow("alarm_configuration", "alarms", to="aws_cloudwatch_metric_alarm", count=5)


@clause(
    "11.1/4",
    _RELEASES,
    "tests/stacks/test_release_on_emulator.py",
    note="dev replaces task by task, when the new one is healthy; the others shift traffic (4.1/8)",
)
def zero_downtime(view: View) -> None:
    """The old tasks serve until the new ones are healthy, and again if an alarm goes off."""
    health_checks(view)
    if view.environment == DEV:
        replaced_by_task(view)
    else:
        gradual_shift(view)


@instead("4.1/8", environments=(DEV,), why="ECS replaces task by task, which needs no second set of tasks (4.2)")
def replaced_by_task(view: View) -> None:
    """A new task that is healthy replaces an old one."""
    for name in SERVICES:
        found = service(view, name)
        found.require("deployment_minimum_healthy_percent", equals(100))
        found.require("deployment_circuit_breaker", "rollback", equals(value=True))
        found.require("alarms", "rollback", equals(value=True))
        found.follow("alarms", "alarm_names", to="aws_cloudwatch_metric_alarm", count=5)
