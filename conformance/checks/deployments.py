"""How a release gets its traffic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.checks.compute import SERVICES, health_checks, service
from conformance.clause import DEV, PRODUCTION_LIKE, clause
from conformance.expect import equals, has_items, includes

if TYPE_CHECKING:
    from conformance.view import View

_LAYER: Final = "service"
_RELEASES: Final = "tests/acceptance/releases"
_BY_TASK: Final = "dev replaces task by task, which needs no second set of tasks"


@clause(
    "4.1/8",
    "tests/modules/service/test_traffic_shift.py",
    "tests/modules/service/test_deployment_group.py",
    environments=PRODUCTION_LIKE,
    differs=(f"in two steps: 10 % for five minutes, then all. {_BY_TASK}"),
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


@clause("11.1/4", _RELEASES, "tests/stacks/test_release_on_emulator.py", differs=_BY_TASK)
def zero_downtime(view: View) -> None:
    """The old tasks serve until the new ones are healthy, and again if an alarm goes off."""
    if view.environment != DEV:
        gradual_shift(view)
        health_checks(view)
        return
    health_checks(view)
    for name in SERVICES:
        found = service(view, name)
        found.require("deployment_minimum_healthy_percent", equals(100))
        found.require("deployment_circuit_breaker", "rollback", equals(value=True))
        found.require("alarms", "rollback", equals(value=True))
        found.follow("alarms", "alarm_names", to="aws_cloudwatch_metric_alarm", count=5)
