"""The design's estimate against list prices of what is emitted, and what lowers the costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.checks.compute import SERVICES, scaled, scaling, task
from conformance.checks.data import documentdb_of_three, postgres
from conformance.clause import DEV, PROD, STAGING, clause, instead
from conformance.evidence import NotMet
from conformance.expect import at_least, equals, is_set, mentions
from conformance.paths import item
from pricing.estimate import estimate_stacks
from pricing.prices import monthly_usd
from pricing.usage import Usage

if TYPE_CHECKING:
    from conformance.view import View

_PAGE: Final = "tests/pricing/test_cost_page.py"
_PRICES: Final = "tests/pricing/test_prices.py"
_ONLY_PROD: Final = (PROD,)
_REGION: Final = "us-east-1"
"""The design's prices are those of this region."""
_TOTAL_USD: Final = 495


def _costs(name: str, quantity: float = 1) -> float:
    return monthly_usd(name, region=_REGION, quantity=quantity)


def _about(usd: float, *, design: int, least: float, most: float) -> None:
    """The price of what is emitted, as a share of the design's estimate."""
    if not least * design <= usd <= most * design:
        message = (
            f"it costs {usd:.0f} USD a month, and the design's {design} USD allow {least:g} to {most:g} times that"
        )
        raise NotMet(message)


@clause("5.1/1", _PAGE, _PRICES, environments=_ONLY_PROD)
def tasks_cost(view: View) -> None:
    """Two tasks of each of two services, 4 vCPU and 8 GiB together, on ARM."""
    vcpu = memory = 0.0
    for name in SERVICES:
        definition = task(view, name)
        definition.require("runtime_platform", "cpu_architecture", equals("ARM64"))
        count = scaled(view, name).require("min_capacity", equals(2))
        vcpu += count * int(definition.require("cpu", equals("1024"))) / 1024
        memory += count * int(definition.require("memory", equals("2048"))) / 1024
    if (vcpu, memory) != (4, 8):
        message = f"{PROD}: {vcpu:g} vCPU and {memory:g} GiB, not 4 and 8"
        raise NotMet(message)
    _about(_costs("fargate_arm_vcpu", vcpu) + _costs("fargate_arm_memory", memory), design=120, least=0.9, most=1)


def _postgres(view: View, *, multi_az: bool) -> float:
    """Costs of one db.t3.medium with 20 GiB."""
    found = postgres(view)
    class_ = found.require("instance_class", equals("db.t3.medium"))
    storage = found.require("allocated_storage", equals(20))
    found.require("multi_az", equals(multi_az))
    return _costs(f"postgres/{class_}") + _costs("postgres_storage", storage)


@clause("5.1/2", _PAGE, _PRICES, environments=_ONLY_PROD)
def postgres_costs(view: View) -> None:
    """One db.t3.medium costs what the design says, with 20 GiB."""
    _about(_postgres(view, multi_az=False), design=65, least=0.8, most=1)


@instead(
    "5.1/2",
    environments=_ONLY_PROD,
    why="about 110 USD: the design wants Multi-AZ (3.1/11) and priced one instance; the standby costs as much again",
)
def postgres_costs_with_standby(view: View) -> None:
    """The standby doubles the costs of the instance and of its storage."""
    one = _postgres(view, multi_az=True)
    _about(one, design=65, least=0.8, most=1)
    _about(2 * one, design=110, least=0.95, most=1.05)


@clause("5.1/3", _PAGE, _PRICES, environments=_ONLY_PROD)
def documentdb_costs(view: View) -> None:
    """Three db.t3.medium."""
    documentdb_of_three(view)
    instances = view.exactly(3, "aws_docdb_cluster_instance", layer="data")
    classes = [one.require("instance_class", equals("db.t3.medium")) for one in instances]
    _about(sum(_costs(f"documentdb/{class_}") for class_ in classes), design=195, least=0.8, most=1)


@clause("5.1/5", _PAGE, _PRICES, environments=_ONLY_PROD)
def load_balancer_costs(view: View) -> None:
    """One load balancer for both services, with one unit of capacity."""
    balancers = view.exactly(1, "aws_lb", layer="service")
    _about(len(balancers) * (_costs("load_balancer") + _costs("load_balancer_capacity")), design=25, least=0.8, most=1)


def _nat(view: View, number: int) -> float:
    gateways = view.exactly(number, "aws_nat_gateway", layer="network")
    return len(gateways) * (_costs("nat_gateway") + _costs("public_ipv4"))


@clause("5.1/6", _PAGE, _PRICES, environments=_ONLY_PROD)
def nat_costs(view: View) -> None:
    """One gateway costs what the design says."""
    _about(_nat(view, 1), design=45, least=0.8, most=1)


@instead(
    "5.1/6",
    environments=_ONLY_PROD,
    why="about 73 USD: two gateways, since high availability (4.2) needs one in each zone; the design priced one",
)
def nat_costs_in_two_zones(view: View) -> None:
    """Two gateways cost twice as much."""
    _about(_nat(view, 2), design=73, least=0.95, most=1.05)


@clause(
    "5.1/7",
    "tests/modules/network/test_vpc_endpoints.py",
    _PAGE,
    environments=_ONLY_PROD,
    note=(
        "less by the use that docs/cost.md assumes: no traffic to S3 through the NAT gateways, and CloudFront "
        "compresses, and has 1 TB a month free"
    ),
)
def transfer_costs(view: View) -> None:
    """Endpoints beside the NAT gateways, and compressed answers."""
    for service in ("s3", "dynamodb"):
        endpoint = view.one("aws_vpc_endpoint", {"service_name": mentions(f".{service}")}, layer="network")
        endpoint.require("vpc_endpoint_type", equals("Gateway"))
        endpoint.follow("route_table_ids", to="aws_route_table", count=2)
    distribution = view.one("aws_cloudfront_distribution", layer="edge")
    distribution.require("default_cache_behavior", "compress", equals(value=True))
    _about(_costs("gateway_endpoint"), design=20, least=0, most=0)


def _monitoring(view: View) -> float:
    """Costs of the alarms; no log is kept for ever."""
    alarms = view.every("aws_cloudwatch_metric_alarm")
    for group in view.every("aws_cloudwatch_log_group"):
        group.require("retention_in_days", at_least(1))
    return _costs("alarm", len(alarms))


@clause("5.1/8", "tests/test_alarm_costs.py", environments=_ONLY_PROD)
def monitoring_costs(view: View) -> None:
    """The alarms alone cost no more."""
    _about(_monitoring(view), design=10, least=0, most=1)


@instead(
    "5.1/8",
    environments=_ONLY_PROD,
    why="the alarms alone cost more, as sections 7 and 11.1 ask for so many; logs depend on use (docs/cost.md)",
)
def costs_of_all_alarms(view: View) -> None:
    """Alarms on the default resolution."""
    _about(_monitoring(view), design=10, least=1, most=10)


def _fixed_costs(view: View) -> float:
    """What is there all the time, without any use."""
    stacks = [stack for stack in view.stacks.values() if stack.environment == view.environment]
    return estimate_stacks(stacks, Usage()).fixed_usd


@clause("5.1/9", _PAGE, environments=_ONLY_PROD)
def total_costs(view: View) -> None:
    """All together costs no more before the first request."""
    _about(_fixed_costs(view), design=_TOTAL_USD, least=0, most=1)


@instead(
    "5.1/9",
    environments=_ONLY_PROD,
    held_by=("tests/modules/cost/test_budget.py",),
    why=(
        "more before the first request (docs/cost.md): the standby, the second NAT gateway, the proxy, and what "
        "sections 6 to 9 ask for without a price. The budget has the design's number, and reports what is above it"
    ),
)
def budget_of_the_design(view: View) -> None:
    """A budget of the design's estimate reports at 80 and at 100 %."""
    budget = view.one("aws_budgets_budget", layer="cost")
    budget.require("limit_amount", equals(str(_TOTAL_USD)))
    budget.require("limit_unit", equals("USD"))
    budget.require("time_unit", equals("MONTHLY"))
    for percent in (80, 100):
        path = ("notification", item(threshold=percent, notification_type="ACTUAL"))
        budget.require(*path, "threshold_type", equals("PERCENTAGE"))
        budget.require(*path, "subscriber_sns_topic_arns", mentions("topics_warning"))


@clause("5.2/3", "tests/modules/data/test_backups_bucket.py", "tests/modules/test_bucket_lifecycle.py")
def intelligent_tiering(view: View) -> None:
    """Backups go to it at once."""
    bucket = view.one("aws_s3_bucket", {"bucket": mentions("-backups-")}, layer="data")
    lifecycle = view.one("aws_s3_bucket_lifecycle_configuration", {"bucket": view.refers_to(bucket)}, layer="data")
    lifecycle.require("rule", "status", equals("Enabled"))
    lifecycle.require("rule", "transition", "storage_class", equals("INTELLIGENT_TIERING"))
    lifecycle.require("rule", "transition", "days", equals(0))


@instead(
    "5.2/4",
    environments=(STAGING,),
    why="it stays awake: releases, load tests and prod's pipeline need it at any hour; `[cost.sleep]` lets it sleep",
)
def always_awake(view: View) -> None:
    """No schedule, and tasks at any hour."""
    view.none("aws_scheduler_schedule", {"name": mentions("-sleep-steps")}, layer="cost")
    for name in SERVICES:
        scaled(view, name).require("min_capacity", at_least(1))


@clause(
    "5.2/4",
    "tests/modules/cost/test_sleep_schedule.py",
    "tests/acceptance/test_sleeping.py",
    environments=(DEV, STAGING),
    note="production serves users at any hour: the clause is about the others",
)
def business_hours(view: View) -> None:
    """A function, started every five minutes, stops tasks and databases outside of the hours in its package."""
    schedule = view.one("aws_scheduler_schedule", {"name": mentions("-sleep-steps")}, layer="cost")
    schedule.require("schedule_expression", equals("rate(5 minutes)"))
    function = schedule.follow_one("target", "arn", to="aws_lambda_function")
    variables = ("environment", "variables")
    function.follow(*variables, "SERVICES", to="aws_ecs_service", count=2)
    function.follow(*variables, "POSTGRES", to="aws_db_instance")
    function.follow(*variables, "DOCUMENTDB", to="aws_docdb_cluster")
    function.require("source_code_hash", is_set())


@clause(
    "11.3/4",
    _PAGE,
    "tests/modules/cost/test_budget.py",
    "tests/modules/cost/test_anomaly_detection.py",
    note="every strategy of 5.2 is in use, and a budget watches; production is above the estimate all the same (5.1/9)",
)
def cost_optimization(view: View) -> None:
    """A budget in each environment, scaling, tiering and ARM everywhere; in prod reports of unusual costs."""
    amount = {DEV: "200", STAGING: "495", PROD: "495"}[view.environment]
    view.one("aws_budgets_budget", layer="cost").require("limit_amount", equals(amount))
    scaling(view)
    intelligent_tiering(view)
    for name in SERVICES:
        task(view, name).require("runtime_platform", "cpu_architecture", equals("ARM64"))
    if view.environment == PROD:
        subscription = view.one("aws_ce_anomaly_subscription", layer="cost")
        subscription.follow("monitor_arn_list", to="aws_ce_anomaly_monitor")
