"""A firewall that blocks an unusual share of many requests is reported; scans of a quiet site are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from config.firewall import FirewallSettings
from modules.edge.web_acl import WebAcl
from modules.key import Key
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack

if TYPE_CHECKING:
    from modules.edge.web_acl import WafScope


def made(*, waf_scope: WafScope = "CLOUDFRONT", **settings: Any) -> Template:
    stack = new_stack()
    WebAcl(
        stack,
        "firewall",
        config=FirewallSettings.model_validate(settings),
        label=LABEL,
        waf_scope=waf_scope,
        key=Key(stack, "key", label=LABEL, name="logs", description="Logs", protect=False),
        log_retention_days=30,
        topics=topics_in(stack),
    )
    return Template.of(stack)


def test_a_tenth_of_the_requests_for_a_quarter_of_an_hour_is_unusual() -> None:
    alarm = made().only("aws_cloudwatch_metric_alarm")
    (value,) = (q["expression"] for q in alarm["metric_query"] if q["return_data"])
    assert value == ("IF(FILL(blocked, 0) >= 100, 100 * FILL(blocked, 0) / (FILL(blocked, 0) + FILL(allowed, 0)), 0)")
    assert (alarm["threshold"], alarm["datapoints_to_alarm"]) == (10, 3)
    assert (alarm["tags"]["Severity"], alarm["treat_missing_data"]) == ("warning", "notBreaching")


@pytest.mark.parametrize(
    ("waf_scope", "region"), [("CLOUDFRONT", {}), ("REGIONAL", {"Region": "us-east-1"})], ids=["edge", "balancer"]
)
def test_the_metrics_are_of_all_rules_and_only_a_load_balancers_have_a_region(
    waf_scope: WafScope, region: dict[str, str]
) -> None:
    template = made(waf_scope=waf_scope)
    name = template.only("aws_wafv2_web_acl")["visibility_config"]["metric_name"]
    for query in template.only("aws_cloudwatch_metric_alarm")["metric_query"]:
        if "metric" in query:
            assert query["metric"]["dimensions"] == {"WebACL": name, "Rule": "ALL"} | region


def test_a_firewall_that_only_counts_blocks_nothing() -> None:
    assert not made(mode="count").all("aws_cloudwatch_metric_alarm")


def test_a_web_acl_of_the_users_own_has_no_alarm() -> None:
    arn = "arn:aws:wafv2:us-east-1:444444444444:global/webacl/own/a1b2c3d4-5678-90ab-cdef-000000000000"
    assert not made(web_acl_arn=arn).all("aws_cloudwatch_metric_alarm")
