"""Samples for the rules on deployments by CodeDeploy."""

from __future__ import annotations

from typing import Any

from tests.compliance.samples import Sample, changed, sample, stack, without

_SERVICE = "aws_ecs_service.api"
_GROUP = "aws_codedeploy_deployment_group.api"
_TEST_RULE = "aws_lb_listener_rule.test"


def _route(listener: str) -> dict[str, list[str]]:
    return {"listener_arns": [f"${{aws_lb_listener.{listener}.arn}}"]}


def _pair(*targets: str, **changes: Any) -> dict[str, Any]:
    pair = {
        "prod_traffic_route": _route("https"),
        "test_traffic_route": _route("test"),
        "target_group": [{"name": f"${{aws_lb_target_group.{target}.name}}"} for target in targets],
    }
    return {"load_balancer_info": {"target_group_pair_info": pair | changes}}


def _forward(listener: str, target: str = "blue") -> dict[str, Any]:
    action = [{"type": "forward", "target_group_arn": f"${{aws_lb_target_group.{target}.arn}}"}]
    return {"listener_arn": f"${{aws_lb_listener.{listener}.arn}}", "action": action}


def _end(minutes: int, action: str = "TERMINATE") -> dict[str, Any]:
    end = {"action": action, "termination_wait_time_in_minutes": minutes}
    return {"blue_green_deployment_config": {"terminate_blue_instances_on_deployment_success": end}}


RELEASED: dict[str, dict[str, Any]] = {
    _SERVICE: {
        "deployment_controller": {"type": "CODE_DEPLOY"},
        "load_balancer": [{"target_group_arn": "${aws_lb_target_group.blue.arn}"}],
    },
    "aws_ecs_service.worker": {"deployment_controller": {"type": "ECS"}},
    _GROUP: {
        "ecs_service": {"cluster_name": "c", "service_name": f"${{{_SERVICE}.name}}"},
        **_pair("blue", "green"),
        "auto_rollback_configuration": {
            "enabled": True,
            "events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"],
        },
        "alarm_configuration": {"enabled": True, "alarms": ["errors"]},
        **_end(60),
    },
    "aws_lb_target_group.blue": {},
    "aws_lb_target_group.green": {},
    "aws_lb_listener.https": {},
    "aws_lb_listener.test": {},
    "aws_lb_listener_rule.production": _forward("https"),
    _TEST_RULE: _forward("test"),
}
_ONE = "codedeploy-service-has-one-deployment-group"
_NAMED = "deployment-group-names-one-service"
_TRAFFIC = "deployment-group-has-the-traffic-of-its-service"
_BACK = "deployment-group-rolls-back"


def _steps(kind: str, percentage: int, interval: int) -> dict[str, dict[str, Any]]:
    routing = {"type": "x", kind: {"percentage": percentage, "interval": interval}}
    return {"aws_codedeploy_deployment_config.steps": {"traffic_routing_config": routing}}


SAMPLES: tuple[Sample, ...] = (
    sample(_ONE, RELEASED, without(RELEASED, _GROUP), says="no deployment group names it", at=_SERVICE),
    sample(
        _ONE,
        RELEASED,
        changed(RELEASED, _GROUP, ecs_service={"service_name": "${aws_ecs_service.worker.name}"}),
        says="no deployment group names it",
        at=_SERVICE,
    ),
    sample(
        _ONE,
        RELEASED,
        RELEASED | {"aws_codedeploy_deployment_group.again": RELEASED[_GROUP]},
        says=f"{_GROUP}, aws_codedeploy_deployment_group.again name it; AWS accepts one",
        at=_SERVICE,
    ),
    Sample(
        rule=_ONE,
        good=stack(RELEASED),
        bad=stack(without(RELEASED, _GROUP)),
        others=(stack({_GROUP: RELEASED[_GROUP]}, layer="delivery"),),
        at=_SERVICE,
        says="no deployment group names it",
    ),
    sample(
        _NAMED,
        RELEASED,
        changed(RELEASED, _GROUP, ecs_service={"service_name": "${aws_ecs_service.worker.name}"}),
        says="names aws_ecs_service.worker, whose deployment_controller is not CODE_DEPLOY",
        at=_GROUP,
    ),
    sample(_NAMED, RELEASED, without(RELEASED, _SERVICE), says="names no service of this stack", at=_GROUP),
    *(
        sample(_TRAFFIC, RELEASED, bad, says=says, at=_GROUP)
        for bad, says in (
            (changed(RELEASED, _GROUP, **_pair("blue")), "names 1 target groups; CodeDeploy needs two"),
            (changed(RELEASED, _GROUP, **_pair("blue", "blue")), "names 1 target groups; CodeDeploy needs two"),
            (
                changed(RELEASED, _GROUP, **_pair("green", "other")),
                f"does not name aws_lb_target_group.blue, in which {_SERVICE} is",
            ),
            (
                changed(RELEASED, _GROUP, **_pair("blue", "green", test_traffic_route=None)),
                "test_traffic_route has no listener that forwards to aws_lb_target_group.blue",
            ),
            (
                changed(RELEASED, _TEST_RULE, **_forward("test", "green")),
                "test_traffic_route has no listener that forwards to aws_lb_target_group.blue",
            ),
            (
                changed(RELEASED, _GROUP, **_pair("blue", "green", prod_traffic_route=_route("http"))),
                "prod_traffic_route has no listener that forwards to aws_lb_target_group.blue",
            ),
        )
    ),
    *(
        sample(_BACK, RELEASED, changed(RELEASED, _GROUP, **bad), says=says, at=_GROUP)
        for bad, says in (
            (
                {"auto_rollback_configuration": {"enabled": False, "events": ["DEPLOYMENT_FAILURE"]}},
                "does not roll back on DEPLOYMENT_STOP_ON_ALARM",
            ),
            (
                {"auto_rollback_configuration": None},
                "does not roll back on DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM",
            ),
            ({"alarm_configuration": {"enabled": False, "alarms": ["errors"]}}, "watches no alarm"),
            ({"alarm_configuration": {"enabled": True, "alarms": []}}, "watches no alarm"),
            (_end(2881), "keeps the old tasks for 2881 minutes; it must be 1 to 2880"),
            (_end(0), "keeps the old tasks for 0 minutes"),
            (_end(60, "KEEP_ALIVE"), "keeps the old tasks for 60 minutes"),
        )
    ),
    *(
        sample("deployment-configuration-is-accepted", _steps(kind, 10, 5), _steps(kind, *bad), says=says)
        for kind in ("time_based_canary", "time_based_linear")
        for bad, says in (
            ((150, 5), "shifts 150 %; it must be 1 to 99"),
            ((0, 5), "shifts 0 %"),
            ((10, 0), "waits 0 minutes; it must be 1 to 2880"),
        )
    ),
)
