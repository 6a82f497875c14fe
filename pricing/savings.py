"""What each way to save is worth: those of the design's section 5.2, and those that it does not name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from config.errors import ConfigError
from pricing.estimate import estimate
from pricing.prices import SPOT_SHARE, format_usd, load_prices
from pricing.variants import at_most_tasks, of_architecture, on_capacity, with_one_nat_gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pricing.charge import Site
    from pricing.estimate import View

State = Literal["in effect", "possible"]
_WORKING_HOURS: Final = 5 * 13 / (7 * 24)
"""Of a week: Monday to Friday, 7 to 20 h."""
_ENDPOINTS: Final = ("ecr.api", "ecr.dkr", "logs", "kms", "secretsmanager", "ssm", "sts", "monitoring")
"""The services that the tasks and functions ask, besides S3, whose endpoint is free."""
_CENT: Final = 0.01
_PLAN: Final = "cloudfront_plan_pro"
_PLAN_REQUESTS_MILLION: Final = 10
_PLAN_NAME: Final = "CloudFront flat-rate plan"


@dataclass(frozen=True, kw_only=True)
class Saving:
    """What one way saves in a month."""

    name: str
    usd: float
    """US dollars; negative for one that would cost more."""
    state: State
    note: str
    in_design: bool = False


def savings(view: View) -> list[Saving]:
    """All that apply to these resources: those of the design first."""
    ways = (_spot, _autoscaling, _tiering, _sleep, _arm, _nat, _endpoints, _plan, _savings_plan, _reserved)
    return [saving for way in ways for saving in way(view)]


def _spot(view: View) -> Iterator[Saving]:
    name = "Spot tasks"
    price = f"at {SPOT_SHARE:.0%} of the price on demand, which moves"
    if (spot := _usd(on_capacity(view.site, "FARGATE")) - view.estimate.usd) > _CENT:
        yield Saving(name=name, usd=spot, state="in effect", note=price, in_design=True)
    if (more := view.estimate.usd - _usd(on_capacity(view.site, "FARGATE_SPOT"))) > _CENT:
        note = f"if all tasks may be stopped with two minutes' notice; {price}"
        yield Saving(name=name, usd=more, state="possible", note=note, in_design=True)


def _autoscaling(view: View) -> Iterator[Saving]:
    usd = _usd(at_most_tasks(view.site)) - view.estimate.usd
    if usd > 0:
        note = "against as many tasks as scaling may start, always"
        yield Saving(name="autoscaling", usd=usd, state="in effect", note=note, in_design=True)


def _tiering(view: View) -> Iterator[Saving]:
    gib, usd, buckets = view.site.usage.bucket_gib, 0.0, 0
    prices = load_prices()
    for lifecycle in view.site.inventory.all("aws_s3_bucket_lifecycle_configuration"):
        places = (prices.prices.get(name, {}).get(lifecycle.region) for name in ("s3_storage", "s3_tiering_infrequent"))
        always, rarely = places
        if "INTELLIGENT_TIERING" in str(lifecycle.get("rule")) and always and rarely:
            usd += gib * (always.usd - rarely.usd)
            buckets += 1
    if buckets:
        note = f"{gib:g} GiB in each of {buckets} buckets, unread for 30 days; 0.0025 USD for a thousand objects go off"
        yield Saving(name="S3 Intelligent-Tiering", usd=usd, state="in effect", note=note, in_design=True)


def _sleep(view: View) -> Iterator[Saving]:
    name = "sleep schedule"
    if view.site.awake_share < 1:
        usd = _usd(replace(view.site, awake_share=1)) - view.estimate.usd
        note = f"tasks and databases run {view.site.awake_share:.0%} of the time"
        yield Saving(name=name, usd=usd, state="in effect", note=note, in_design=True)
    elif not any(
        one.is_on("deletion_protection") for one in view.site.inventory.all("aws_db_instance", "aws_docdb_cluster")
    ):
        usd = view.estimate.usd - _usd(replace(view.site, awake_share=_WORKING_HOURS))
        if usd > 0:
            note = "awake Monday to Friday, 7 to 20 h: [cost.sleep]"
            yield Saving(name=name, usd=usd, state="possible", note=note, in_design=True)


def _arm(view: View) -> Iterator[Saving]:
    name = "ARM64 tasks"
    if (used := _usd(of_architecture(view.site, "X86_64")) - view.estimate.usd) > _CENT:
        yield Saving(name=name, usd=used, state="in effect", note="against x86")
    if (more := view.estimate.usd - _usd(of_architecture(view.site, "ARM64"))) > _CENT:
        yield Saving(
            name=name, usd=more, state="possible", note='architecture = "ARM64"; the image must be built for it'
        )


def _nat(view: View) -> Iterator[Saving]:
    usd = view.estimate.usd - _usd(with_one_nat_gateway(view.site))
    if usd > 0:
        note = 'nat_gateways = "single"; a failure of its zone then stops what the tasks send out'
        yield Saving(name="one NAT gateway", usd=usd, state="possible", note=note)


def _endpoints(view: View) -> Iterator[Saving]:
    regions = {one.region for one in view.site.inventory.all("aws_nat_gateway")}
    for region in sorted(regions):
        lines = [
            line
            for line in view.estimate.lines
            if line.resource.region == region and line.resource.kind in {"aws_nat_gateway", "aws_eip"}
        ]
        zones = view.site.inventory.count("aws_nat_gateway", region=region)
        subnets = [
            one.get("subnets") for one in view.site.inventory.all("aws_lb") if isinstance(one.get("subnets"), list)
        ]
        zones = max([zones, *map(len, subnets)])
        try:
            price = load_prices().find("interface_endpoint", region=region)
            data = load_prices().find("interface_endpoint_data", region=region)
        except ConfigError:
            continue
        cost = len(_ENDPOINTS) * (zones * price.usd_per_month + view.site.usage.endpoint_gib * data.usd)
        nat = sum(line.usd for line in lines)
        costs = f"{len(_ENDPOINTS)} in {zones} zones cost {format_usd(cost)}, the NAT gateways {format_usd(nat)}"
        yield Saving(name="endpoints, no NAT gateway", usd=nat - cost, state="possible", note=f"{costs}; no internet")


def _plan(view: View) -> Iterator[Saving]:
    if not view.site.served_by_cdn:
        return
    lists = {one.address for one in view.site.inventory.all("aws_wafv2_web_acl") if one.text("scope") == "CLOUDFRONT"}
    replaced = [
        line
        for line in view.estimate.lines
        if (line.component == "CloudFront" and line.price != "metric")
        or (line.component == "WAF" and line.resource.address in lists)
        or line.price in {"route53_zone", "route53_queries"}
    ]
    plan = load_prices().find(_PLAN, region="us-east-1").usd
    usd = sum(line.usd for line in replaced) - plan
    note = f"Pro for {format_usd(plan)}: with WAF and the zone; not with this provider: switch it on in the console"
    if view.site.usage.requests_million > _PLAN_REQUESTS_MILLION:
        note = f"more than the {_PLAN_REQUESTS_MILLION} million requests of Pro; Business costs 200 USD"
    yield Saving(name=_PLAN_NAME, usd=usd, state="possible", note=note)


def _savings_plan(view: View) -> Iterator[Saving]:
    prices = load_prices()
    try:
        on_demand = prices.find("fargate_x86_vcpu", region="us-east-1").usd
        committed = prices.find("savings_plan_fargate_x86_vcpu", region="us-east-1").usd
    except ConfigError:
        return
    lines = (line for line in view.estimate.lines if line.component == "Fargate tasks" and not line.is_spot)
    usd = sum(line.usd for line in lines) * (1 - committed / on_demand)
    if usd > 0:
        note = "one year, nothing upfront, not for Spot; the share of x86, which is assumed for ARM64"
        yield Saving(name="Compute Savings Plan", usd=usd, state="possible", note=note)


def _reserved(view: View) -> Iterator[Saving]:
    for line in view.estimate.lines:
        start, _, name = line.price.partition("/")
        if not name or not start.startswith("postgres") or line.component != "PostgreSQL":
            continue
        try:
            committed = load_prices().find(f"reserved_postgres/{name}", region=line.resource.region)
        except ConfigError:
            note = f"no price of a commitment for {name}; Database Savings Plans leave out T classes"
            yield Saving(name="reserved PostgreSQL", usd=0, state="possible", note=note)
            continue
        instances = 2 if line.resource.is_on("multi_az") else 1
        usd = line.usd - instances * committed.usd_per_month
        yield Saving(name="reserved PostgreSQL", usd=usd, state="possible", note="one year, nothing upfront")


def _usd(site: Site) -> float:
    return estimate(site).usd
