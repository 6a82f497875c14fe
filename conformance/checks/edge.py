"""CloudFront and the firewall."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.clause import DEV, PRODUCTION_LIKE, clause, instead
from conformance.expect import equals, mentions
from conformance.paths import item

if TYPE_CHECKING:
    from conformance.view import Seen, View

_TESTS: Final = "tests/stacks/test_edge.py"
_FIREWALL: Final = "tests/stacks/test_firewall.py"
NO_CDN: Final = "no CloudFront, as development is to be small (4.2): its users connect to the load balancer"
_COUNTS: Final = "the firewall only counts, so that no request is blocked while the application changes"


@clause("1/1", _TESTS)
def cloudfront(view: View) -> None:
    """Before the load balancer, which only CloudFront reaches."""
    distribution = view.one("aws_cloudfront_distribution", layer="edge")
    distribution.require("enabled", equals(value=True))
    distribution.require("default_cache_behavior", "viewer_protocol_policy", equals("redirect-to-https"))
    distribution.require("default_cache_behavior", "target_origin_id", equals("load-balancer"))
    origin = ("origin", item(origin_id="load-balancer"), "vpc_origin_config", "vpc_origin_id")
    vpc_origin = distribution.follow_one(*origin, to="aws_cloudfront_vpc_origin")
    vpc_origin.follow("vpc_origin_endpoint_config", "arn", to="aws_lb")


@clause("9.1/3", _TESTS, "tests/modules/edge/test_distribution.py")
def cloudfront_of_all_places(view: View) -> None:
    """All of CloudFront's places."""
    cloudfront(view)
    view.one("aws_cloudfront_distribution", layer="edge").require("price_class", equals("PriceClass_All"))


@instead(
    "9.1/3",
    environments=PRODUCTION_LIKE,
    why=(
        "the places of PriceClass_100, North America and Europe, answer all the world: others cost more for each "
        "request; `price_class` in [edge] adds them"
    ),
)
def cloudfront_of_price_class_100(view: View) -> None:
    """The places that cost least."""
    cloudfront(view)
    view.one("aws_cloudfront_distribution", layer="edge").require("price_class", equals("PriceClass_100"))


@instead("1/1", "9.1/3", environments=(DEV,), why=NO_CDN)
def no_cdn(view: View) -> None:
    """A load balancer that users connect to."""
    view.none("aws_cloudfront_distribution", layer="service")
    view.one("aws_lb", layer="service").require("internal", equals(value=False))


def firewall(view: View) -> Seen:
    """The web ACL, attached to what users connect to."""
    if view.environment == DEV:
        association = view.one("aws_wafv2_web_acl_association", layer="service")
        association.follow("resource_arn", to="aws_lb")
        return association.follow_one("web_acl_arn", to="aws_wafv2_web_acl")
    return view.one("aws_cloudfront_distribution", layer="edge").follow_one("web_acl_id", to="aws_wafv2_web_acl")


def _firewall_rules(view: View, mode: str) -> None:
    found = firewall(view)
    for name in ("common", "known-bad-inputs", "sql-injection"):
        found.require(
            "rule", item(name=name), "statement", "managed_rule_group_statement", "vendor_name", equals("AWS")
        )
        found.require("rule", item(name=name), "override_action", equals({mode: {}}))


@clause(
    "2.4/5", _FIREWALL, "tests/acceptance/test_firewall.py", note="optional, and in each environment; in dev it counts"
)
def firewall_in_place(view: View) -> None:
    """AWS's groups of rules against bad input, SQL injection and the common attacks."""
    _firewall_rules(view, "count" if view.environment == DEV else "none")


@clause("6.1/4", _FIREWALL, "tests/acceptance/test_firewall.py")
def firewall_rules(view: View) -> None:
    """These groups of rules block."""
    _firewall_rules(view, "none")


@instead("6.1/4", environments=(DEV,), why=_COUNTS)
def counting_rules(view: View) -> None:
    """These groups of rules count."""
    _firewall_rules(view, "count")


@clause(
    "6.3/4",
    _FIREWALL,
    "tests/modules/edge/test_web_acl_rules.py",
    note="AWS Shield Standard, which needs no resource, protects CloudFront and load balancers from floods",
)
def rate_limits(view: View) -> None:
    """10,000 requests from an address in five minutes, and 100 where people sign in; the rest is blocked."""
    _limits(view, {"rate": 10_000, "sign-in-rate": 100}, "block")


@instead("6.3/4", environments=(DEV,), why=_COUNTS)
def counted_rates(view: View) -> None:
    """10,000 requests from an address in five minutes; the rest is counted."""
    _limits(view, {"rate": 10_000}, "count")


def _limits(view: View, limits: dict[str, int], action: str) -> None:
    found = firewall(view)
    for name, limit in limits.items():
        rule = ("rule", item(name=name))
        found.require(*rule, "statement", "rate_based_statement", "limit", equals(limit))
        found.require(*rule, "statement", "rate_based_statement", "evaluation_window_sec", equals(300))
        found.require(*rule, "action", mentions(f'"{action}"'))
