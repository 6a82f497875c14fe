"""CloudFront, the firewall, DNS."""

from __future__ import annotations

import pytest

from pricing.charge import Charge
from pricing.kinds import PRICERS
from tests.pricing.samples import charges, gaps, resource, site

GROUP = {"managed_rule_group_statement": {"name": "AWSManagedRulesBotControlRuleSet"}}


def test_a_distribution_costs_data_requests_and_functions() -> None:
    found = charges(
        resource("aws_cloudfront_distribution.d", default_cache_behavior={"function_association": [{}, {}]}),
        requests_million=1.048576,
        response_kib=10,
    )
    assert found == {
        "cloudfront_data": pytest.approx(10),
        "cloudfront_requests": pytest.approx(104.8576),
        "cloudfront_function": pytest.approx(2 * 1.048576),
    }


def test_two_distributions_share_the_requests() -> None:
    one, two = resource("aws_cloudfront_distribution.d"), resource("aws_cloudfront_distribution.e")
    assert charges(one, two, requests_million=2)["cloudfront_requests"] == 100


def test_functions_at_the_edge_have_no_price() -> None:
    behavior = {"lambda_function_association": [{"event_type": "viewer-request"}]}
    assert gaps(resource("aws_cloudfront_distribution.d", default_cache_behavior=behavior)) == [
        "Lambda@Edge has no price"
    ]


def test_a_web_acl_costs_itself_its_rules_and_requests() -> None:
    acl = resource("aws_wafv2_web_acl.w", rule=[{}, {"statement": GROUP}])
    found = charges(acl, requests_million=3)
    assert found == {
        "waf_web_acl": 1,
        "waf_rule": 2,
        "waf_requests": 3,
        "waf_bot_control": 1,
        "waf_bot_control_requests": 3,
    }


def test_a_list_of_cloudfront_has_the_price_of_its_only_region() -> None:
    acl = resource("aws_wafv2_web_acl.w", scope="CLOUDFRONT", rule={})
    items = [item for item in PRICERS[acl.kind](acl, site(acl)) if isinstance(item, Charge)]
    assert {item.region for item in items} == {"us-east-1"}


def test_a_zone_costs_itself_and_public_queries() -> None:
    assert charges(resource("aws_route53_zone.z"), requests_million=5) == {"route53_zone": 1, "route53_queries": 0.05}
    assert charges(resource("aws_route53_zone.z", vpc={"vpc_id": "x"})) == {"route53_zone": 1}


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ({"type": "HTTP", "request_interval": 30}, 0),
        ({"type": "HTTPS", "request_interval": 30}, 1),
        ({"type": "HTTPS_STR_MATCH", "request_interval": 10, "measure_latency": True}, 4),
        ({"type": "CLOUDWATCH_METRIC"}, 0),
    ],
)
def test_each_option_of_a_health_check_costs(arguments: dict[str, object], options: int) -> None:
    found = charges(resource("aws_route53_health_check.h", **arguments))
    assert (found["route53_health_check"], found.get("route53_health_check_option", 0)) == (1, options)


def test_additional_metrics_of_cloudfront_are_eight() -> None:
    assert charges(resource("aws_cloudfront_monitoring_subscription.m")) == {"metric": 8}
