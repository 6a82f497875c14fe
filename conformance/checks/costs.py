"""The design's estimate against list prices of what is emitted, and what lowers the costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.checks.compute import SERVICES, scaled, scaling, task
from conformance.checks.data import documentdb_of_three, postgres
from conformance.clause import DEV, PROD, STAGING, clause
from conformance.evidence import NotMet
from conformance.expect import at_least, equals, is_set, mentions
from conformance.paths import item
from pricing.prices import monthly_usd

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


@clause(
    "5.1/2",
    _PAGE,
    _PRICES,
    environments=_ONLY_PROD,
    differs=("110 USD: the design wants Multi-AZ (3.1/11) and priced one instance; the standby costs as much again"),
)
def postgres_costs(view: View) -> None:
    """One db.t3.medium costs what the design says, with 20 GiB; the standby doubles it."""
    found = postgres(view)
    class_ = found.require("instance_class", equals("db.t3.medium"))
    storage = found.require("allocated_storage", equals(20))
    found.require("multi_az", equals(value=True))
    _about(_costs(f"postgres/{class_}") + _costs("postgres_storage", storage), design=65, least=0.8, most=1)
    _about(
        2 * _costs(f"postgres/{class_}") + _costs("postgres_storage_multi_az", storage), design=65, least=1.5, most=2
    )


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


@clause(
    "5.1/6",
    _PAGE,
    _PRICES,
    environments=_ONLY_PROD,
    differs=("73 USD: two gateways, since high availability (4.2) needs one in each zone; the design priced one"),
)
def nat_costs(view: View) -> None:
    """One gateway costs what the design says; there are two."""
    gateways = view.exactly(2, "aws_nat_gateway", layer="network")
    one = _costs("nat_gateway") + _costs("public_ipv4")
    _about(one, design=45, least=0.8, most=1)
    _about(one * len(gateways), design=45, least=1.5, most=2)


@clause(
    "5.1/7",
    "tests/modules/network/test_vpc_endpoints.py",
    environments=_ONLY_PROD,
    differs=(
        "no resource has it: it depends on the requests. What lowers it is emitted: S3 without the NAT gateways, and "
        "CloudFront, which compresses, and whose first TB a month is free"
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


@clause(
    "5.1/8",
    "tests/test_alarm_costs.py",
    environments=_ONLY_PROD,
    differs=(
        "the alarms alone cost more, at 0.10 USD for each metric; logs depend on use, and are kept for a limited time"
    ),
)
def monitoring_costs(view: View) -> None:
    """Alarms on the default resolution, and no log that is kept for ever."""
    alarms = view.every("aws_cloudwatch_metric_alarm")
    for group in view.every("aws_cloudwatch_log_group"):
        group.require("retention_in_days", at_least(1))
    _about(_costs("alarm", len(alarms)), design=10, least=1, most=10)


@clause(
    "5.1/9",
    _PAGE,
    "tests/modules/cost/test_budget.py",
    environments=_ONLY_PROD,
    differs=(
        "525 USD before the first request (docs/cost.md): the standby and the second NAT gateway that the design "
        "wants, the proxy and the firewall. The budget has the design's number, and reports what is above it"
    ),
)
def total_costs(view: View) -> None:
    """A budget of the design's estimate tells at 80 and at 100 %."""
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


@clause(
    "5.2/4",
    "tests/modules/cost/test_sleep_schedule.py",
    "tests/acceptance/test_sleeping.py",
    environments=(DEV,),
    differs=(
        "staging stays awake: its releases, load tests and prod's pipeline need it at any hour; "
        "`[cost.sleep]` would let it sleep"
    ),
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
    differs=("production is above the estimate (5.1/9); every strategy of 5.2 is used, and a budget watches"),
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
