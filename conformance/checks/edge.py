"""CloudFront and the firewall."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.clause import DEV, PRODUCTION_LIKE, clause
from conformance.expect import equals, mentions
from conformance.paths import item

if TYPE_CHECKING:
    from conformance.view import Seen, View

_TESTS: Final = "tests/stacks/test_edge.py"
_FIREWALL: Final = "tests/stacks/test_firewall.py"
_NO_CDN: Final = "dev has no CloudFront: its users connect to the load balancer, which is public there"
_COUNTS: Final = "in dev it only counts, so that no request is blocked while the application changes"


@clause("1/1", _TESTS, environments=PRODUCTION_LIKE, differs=_NO_CDN)
@clause(
    "9.1/3",
    _TESTS,
    "tests/modules/edge/test_distribution.py",
    environments=PRODUCTION_LIKE,
    differs=(f"PriceClass_100 is North America and Europe; a setting adds the rest of the world. {_NO_CDN}"),
)
def cloudfront(view: View) -> None:
    """Before the load balancer, which only CloudFront reaches."""
    distribution = view.one("aws_cloudfront_distribution", layer="edge")
    distribution.require("enabled", equals(value=True))
    distribution.require("default_cache_behavior", "viewer_protocol_policy", equals("redirect-to-https"))
    distribution.require("default_cache_behavior", "target_origin_id", equals("load-balancer"))
    distribution.require("price_class", equals("PriceClass_100"))
    origin = ("origin", item(origin_id="load-balancer"), "vpc_origin_config", "vpc_origin_id")
    vpc_origin = distribution.follow_one(*origin, to="aws_cloudfront_vpc_origin")
    vpc_origin.follow("vpc_origin_endpoint_config", "arn", to="aws_lb")


def firewall(view: View) -> Seen:
    """The web ACL, attached to what users connect to."""
    if view.environment == DEV:
        association = view.one("aws_wafv2_web_acl_association", layer="service")
        association.follow("resource_arn", to="aws_lb")
        return association.follow_one("web_acl_arn", to="aws_wafv2_web_acl")
    return view.one("aws_cloudfront_distribution", layer="edge").follow_one("web_acl_id", to="aws_wafv2_web_acl")


@clause("2.4/5", _FIREWALL, "tests/acceptance/test_firewall.py", differs=_COUNTS)
@clause("6.1/4", _FIREWALL, "tests/acceptance/test_firewall.py", differs=_COUNTS)
def firewall_rules(view: View) -> None:
    """AWS's groups of rules against bad input, SQL injection and the common attacks."""
    found = firewall(view)
    mode = "count" if view.environment == DEV else "none"
    for name in ("common", "known-bad-inputs", "sql-injection"):
        found.require(
            "rule", item(name=name), "statement", "managed_rule_group_statement", "vendor_name", equals("AWS")
        )
        found.require("rule", item(name=name), "override_action", equals({mode: {}}))


@clause(
    "6.3/4",
    _FIREWALL,
    "tests/modules/edge/test_web_acl_rules.py",
    differs=(f"AWS Shield Standard protects CloudFront and load balancers without a resource; {_COUNTS}"),
)
def rate_limits(view: View) -> None:
    """10,000 requests from an address in five minutes, and 100 where people sign in."""
    found = firewall(view)
    limits = {"rate": 10_000} if view.environment == DEV else {"rate": 10_000, "sign-in-rate": 100}
    for name, limit in limits.items():
        rule = ("rule", item(name=name))
        found.require(*rule, "statement", "rate_based_statement", "limit", equals(limit))
        found.require(*rule, "statement", "rate_based_statement", "evaluation_window_sec", equals(300))
        action = "count" if view.environment == DEV else "block"
        found.require(*rule, "action", mentions(f'"{action}"'))
