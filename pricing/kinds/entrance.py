"""CloudFront, AWS WAF, Route 53."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pricing.charge import Charge, Gap, Item, Site, prices
from pricing.kinds.network import internet_gib
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pricing.resource import Billable

_CDN: Final = "CloudFront"
_FIREWALL: Final = "WAF"
_DNS: Final = "Route 53"
_MONITORED_METRICS: Final = 8
"""https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/viewing-cloudfront-metrics.html"""
_PAID_GROUPS: Final = {
    "AWSManagedRulesBotControlRuleSet": "waf_bot_control",
    "AWSManagedRulesATPRuleSet": "waf_account_takeover",
    "AWSManagedRulesACFPRuleSet": "waf_account_creation",
    "AWSManagedRulesAntiDDoSRuleSet": "waf_anti_ddos",
}
"""Managed groups that cost more than a rule: https://aws.amazon.com/waf/pricing/"""


@prices("aws_cloudfront_distribution")
def distribution(resource: Billable, site: Site) -> Iterator[Item]:
    """What it sends to users, their requests, and the functions that look at them."""
    if site.inventory.count("aws_cloudfront_distribution", region=resource.region) > 1:
        share = 1 / site.inventory.count("aws_cloudfront_distribution", region=resource.region)
    else:
        share = 1.0
    requests = site.usage.requests_million * share
    yield Charge(component=_CDN, price="cloudfront_data", quantity=internet_gib(site) * share, is_usage=True)
    yield Charge(component=_CDN, price="cloudfront_requests", quantity=requests * 100, is_usage=True)
    behaviors = [*resource.blocks("default_cache_behavior"), *resource.blocks("ordered_cache_behavior")]
    functions = max((len(blocks(each.get("function_association"))) for each in behaviors), default=0)
    if functions:
        yield Charge(component=_CDN, price="cloudfront_function", quantity=requests * functions, is_usage=True)
    if any(blocks(each.get("lambda_function_association")) for each in behaviors):
        yield Gap(component=_CDN, reason="Lambda@Edge has no price")


@prices("aws_cloudfront_monitoring_subscription")
def monitoring(resource: Billable, site: Site) -> Iterator[Item]:  # noqa: ARG001
    """The additional metrics, which are custom metrics.

    https://aws.amazon.com/cloudfront/pricing/
    """
    yield Charge(component=_CDN, price="metric", quantity=_MONITORED_METRICS, region="us-east-1")


@prices("aws_wafv2_web_acl")
def web_acl(resource: Billable, site: Site) -> Iterator[Item]:
    """The list, its rules and groups, and the requests."""
    rules = resource.blocks("rule")
    region = "us-east-1" if resource.text("scope") == "CLOUDFRONT" else ""
    yield Charge(component=_FIREWALL, price="waf_web_acl", quantity=1, region=region)
    yield Charge(component=_FIREWALL, price="waf_rule", quantity=len(rules), region=region)
    lists = site.inventory.count("aws_wafv2_web_acl", region=resource.region)
    requests = site.usage.requests_million / max(1, lists)
    yield Charge(component=_FIREWALL, price="waf_requests", quantity=requests, is_usage=True, region=region)
    for group in filter(None, map(_paid_group, rules)):
        yield Charge(component=_FIREWALL, price=group, quantity=1, region=region)
        yield Charge(component=_FIREWALL, price=f"{group}_requests", quantity=requests, is_usage=True, region=region)


@prices("aws_wafv2_rule_group")
def rule_group(resource: Billable, site: Site) -> Iterator[Item]:  # noqa: ARG001
    """The rules inside; the list that uses the group charges for the group."""
    yield Charge(component=_FIREWALL, price="waf_rule", quantity=len(resource.blocks("rule")))


@prices("aws_route53_zone")
def zone(resource: Billable, site: Site) -> Iterator[Item]:
    """The zone, and the queries for its names: one for each hundred requests, as resolvers cache the answers."""
    yield Charge(component=_DNS, price="route53_zone", quantity=1)
    if not resource.blocks("vpc"):
        queries = site.usage.requests_million / 100
        yield Charge(component=_DNS, price="route53_queries", quantity=queries, is_usage=True)


@prices("aws_route53_health_check")
def health_check(resource: Billable, site: Site) -> Iterator[Item]:  # noqa: ARG001
    """Of an endpoint in AWS: each option costs the same."""
    kind = resource.text("type")
    options = [
        kind.startswith("HTTPS"),
        kind.endswith("STR_MATCH"),
        resource.number("request_interval") == 10,  # noqa: PLR2004 (seconds; the other one is 30)
        resource.is_on("measure_latency"),
    ]
    yield Charge(component=_DNS, price="route53_health_check", quantity=1)
    if any(options):
        yield Charge(component=_DNS, price="route53_health_check_option", quantity=sum(options))


@prices("aws_shield_subscription", "aws_shield_protection")
def shield(resource: Billable, site: Site) -> Iterator[Item]:  # noqa: ARG001
    """3,000 USD a month and a year's commitment are a decision of the organization."""
    yield Gap(component="Shield Advanced", reason="Shield Advanced has no price")


def _paid_group(rule: Mapping[str, Any]) -> str | None:
    for statement in blocks(rule.get("statement")):
        for group in blocks(statement.get("managed_rule_group_statement")):
            if group.get("name") in _PAID_GROUPS:
                return _PAID_GROUPS[str(group["name"])]
    return None
