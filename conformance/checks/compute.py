"""The cluster, its services, their scaling, and the load balancer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.clause import ALL, DEV, PROD, clause, instead
from conformance.expect import at_least, equals, includes, is_set, mentions
from conformance.paths import item

if TYPE_CHECKING:
    from conformance.view import Seen, View

_LAYER: Final = "service"
_TESTS: Final = "tests/stacks/test_service.py"
_SCALING: Final = "tests/modules/service/test_auto_scaling.py"
SERVICES: Final = ("frontend", "backend")
_HEALTH: Final = {"frontend": "/health", "backend": "/api/health"}
_ONE_TASK: Final = "one task of each service, as development is to be small (4.2)"
_IMAGE: Final = "the platform runs the image that the application brings, and a placeholder until its first release"


def service(view: View, name: str) -> Seen:
    """A service of the cluster, on Fargate."""
    found = view.one("aws_ecs_service", {"name": mentions(f"-{name}")}, layer=_LAYER)
    found.follow("cluster", to="aws_ecs_cluster")
    return found


def task(view: View, name: str) -> Seen:
    """The task definition of a service."""
    found = service(view, name).follow_one("task_definition", to="aws_ecs_task_definition")
    found.require("requires_compatibilities", includes("FARGATE"))
    found.require("container_definitions", item(name=name), "portMappings", item(containerPort=8443), is_set())
    return found


@clause("1/5", _TESTS)
@clause("2.2/1", _TESTS, "tests/modules/service/test_cluster.py")
@clause("3.1/6", _TESTS)
def cluster(view: View) -> None:
    """One cluster, with Fargate as what runs its tasks."""
    found = view.one("aws_ecs_cluster", layer=_LAYER)
    providers = view.one("aws_ecs_cluster_capacity_providers", {"cluster_name": view.refers_to(found)}, layer=_LAYER)
    providers.require("capacity_providers", includes("FARGATE"))
    for name in SERVICES:
        task(view, name)


@clause(
    "1/6",
    "tests/examples/test_frontend.py",
    note=_IMAGE,
)
@clause(
    "2.2/2",
    "tests/examples/test_frontend.py",
    note=f"{_IMAGE}; as Nginx's user, 101, with the folders that Nginx writes",
)
def frontend(view: View) -> None:
    """A service for all paths of no other one, as Nginx's user with the folders that Nginx writes."""
    definition = task(view, "frontend")
    definition.require("container_definitions", item(name="frontend"), "user", equals("101:101"))
    definition.require(
        "container_definitions", item(name="frontend"), "linuxParameters", "tmpfs", mentions("/var/cache/nginx")
    )
    routed(view, "frontend", "/*")


@clause("1/7", "tests/examples/test_backend.py", note=_IMAGE)
@clause("2.2/3", "tests/examples/test_backend.py", _SCALING, note=_IMAGE)
def backend(view: View) -> None:
    """A service for the paths of the API, in Node's production mode, which scales."""
    definition = task(view, "backend")
    mode = "development" if view.environment == DEV else "production"
    environment = ("container_definitions", item(name="backend"), "environment", item(name="NODE_ENV"), "value")
    definition.require(*environment, equals(mode))
    routed(view, "backend", "/api/*")
    scaled(view, "backend")


def routed(view: View, name: str, paths: str) -> None:
    """The load balancer forwards these paths to the service over TLS."""
    for group in service(view, name).follow("load_balancer", "target_group_arn", to="aws_lb_target_group"):
        listener = view.one("aws_lb_listener", {"port": equals(443)}, layer=_LAYER)
        rule = view.one(
            "aws_lb_listener_rule",
            {("action",): view.refers_to(group), "listener_arn": view.refers_to(listener)},
            layer=_LAYER,
        )
        rule.require("condition", "path_pattern", "values", includes(paths))


def scaled(view: View, name: str) -> Seen:
    """CPU and memory scale a service."""
    target = view.one("aws_appautoscaling_target", {"resource_id": mentions(f"{name}-service.name")}, layer=_LAYER)
    target.require("scalable_dimension", equals("ecs:service:DesiredCount"))
    for metric in ("ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization"):
        kind = (
            "target_tracking_scaling_policy_configuration",
            "predefined_metric_specification",
            "predefined_metric_type",
        )
        where = {"resource_id": view.refers_to(target), kind: equals(metric)}
        policy = view.one("aws_appautoscaling_policy", where, layer=_LAYER)
        policy.require("target_tracking_scaling_policy_configuration", "target_value", at_least(1))
    return target


@clause("5.2/2", _SCALING)
@clause("9.1/1", _SCALING, "tests/acceptance/test_checks_service.py")
@clause("10.3/1", _SCALING)
def scaling(view: View) -> None:
    """Both services scale by CPU and memory, up to more tasks than they start with."""
    for name in SERVICES:
        target = scaled(view, name)
        most = {DEV: 2, "staging": 4, PROD: 6 if name == "frontend" else 10}[view.environment]
        target.require("max_capacity", equals(most))
        target.require("min_capacity", equals(1 if view.environment == DEV else 2))


@clause("3.1/9", _SCALING)
def instance_groups(view: View) -> None:
    """Groups of instances."""
    view.some("aws_autoscaling_group", layer=_LAYER)


@instead(
    "3.1/9",
    environments=ALL,
    why="Application Auto Scaling of both services: Fargate (2.2) has no instances, which EC2's groups are of",
)
def no_instance_groups(view: View) -> None:
    """Application Auto Scaling in place of groups of instances."""
    scaling(view)
    view.none("aws_autoscaling_group", layer=_LAYER)


def _tasks(view: View, name: str, number: int) -> None:
    found = service(view, name)
    found.require("desired_count", equals(number))
    scaled(view, name).require("min_capacity", equals(number))


@clause("3.1/7", _TESTS)
def two_frontends(view: View) -> None:
    """At least two tasks."""
    _tasks(view, "frontend", 2)


@clause("3.1/8", _TESTS)
def two_backends(view: View) -> None:
    """At least two tasks."""
    _tasks(view, "backend", 2)


@instead("3.1/7", environments=(DEV,), why=_ONE_TASK)
def one_frontend(view: View) -> None:
    """One task."""
    _tasks(view, "frontend", 1)


@instead("3.1/8", environments=(DEV,), why=_ONE_TASK)
def one_backend(view: View) -> None:
    """One task."""
    _tasks(view, "backend", 1)


@clause("1/4", _TESTS)
@clause("2.2/4", _TESTS, "tests/modules/service/test_load_balancer.py")
@clause("3.1/15", _TESTS)
def load_balancer(view: View) -> None:
    """An application load balancer in two subnets, which ends TLS and redirects plain HTTP to it."""
    found = view.one("aws_lb", layer=_LAYER)
    found.require("load_balancer_type", equals("application"))
    subnets = found.follow("subnets", to="aws_subnet", count=2)
    tier = "-public" if view.environment == DEV else "-private"
    for subnet in subnets:
        subnet.require("tags", "Name", mentions(tier))
    found.require("internal", equals(view.environment != DEV))
    secure = view.one("aws_lb_listener", {"port": equals(443)}, layer=_LAYER)
    secure.require("protocol", equals("HTTPS"))
    secure.follow("certificate_arn", to="aws_acm_certificate_validation")
    secure.require("load_balancer_arn", view.refers_to(found))
    plain = view.one("aws_lb_listener", {"port": equals(80)}, layer=_LAYER)
    plain.require("default_action", "redirect", "protocol", equals("HTTPS"))


@clause("3.1/14", _TESTS)
def load_balancing(view: View) -> None:
    """Requests reach both services through it."""
    load_balancer(view)
    routed(view, "frontend", "/*")
    routed(view, "backend", "/api/*")


@clause("3.1/16", "tests/modules/service/test_target_groups.py")
def target_groups(view: View) -> None:
    """Each service has one; two where a new version is tested before it gets traffic."""
    number = 1 if view.environment == DEV else 2
    for name in SERVICES:
        where = {("health_check", "path"): equals(_HEALTH[name])}
        for group in view.exactly(number, "aws_lb_target_group", where, layer=_LAYER):
            group.require("target_type", equals("ip"))
            group.require("protocol", equals("HTTPS"))
            group.follow("vpc_id", to="aws_vpc")


@clause("3.1/17", "tests/modules/service/test_target_groups.py")
@clause("4.1/7", "tests/modules/service/test_target_groups.py", "tests/lambdas/test_smoke_test.py")
def health_checks(view: View) -> None:
    """Every target is asked for a page and must answer 200."""
    number = 1 if view.environment == DEV else 2
    for path in _HEALTH.values():
        where = {("health_check", "path"): equals(path)}
        for group in view.exactly(number, "aws_lb_target_group", where, layer=_LAYER):
            group.require("health_check", "enabled", equals(value=True))
            group.require("health_check", "matcher", equals("200"))
            group.require("health_check", "interval", equals(10))
            group.require("health_check", "unhealthy_threshold", equals(3))


@clause("10.1/2", _TESTS)
def cluster_and_services(view: View) -> None:
    """The cluster with both services."""
    cluster(view)
    load_balancing(view)


@clause("5.2/1", "tests/modules/service/test_capacity.py", environments=(DEV, "staging"))
def spot(view: View) -> None:
    """Tasks outside of production run on Spot: all in dev, half of what is above the first one in staging."""
    weight = 100 if view.environment == DEV else 50
    for name in SERVICES:
        strategy = ("capacity_provider_strategy", item(capacity_provider="FARGATE_SPOT"), "weight")
        service(view, name).require(*strategy, equals(weight))
