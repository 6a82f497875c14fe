"""The load balancer: its ingress, protocols and logs."""

from __future__ import annotations

import pytest
from cdktf import TerraformOutput

from config.load_balancer import LoadBalancerSettings
from tests.modules.service.parts import Parts
from tests.template import Template, statements


def template(*, strategy: str = "rolling", internal: bool = True, protect: bool = False) -> Template:
    return Template.of(Parts.make(strategy=strategy, internal=internal, protect=protect).stack)


def test_an_internal_one_has_no_ingress_by_default() -> None:
    made = template(internal=True)
    assert not made.all("aws_vpc_security_group_ingress_rule")
    balancer = made.only("aws_lb")
    assert balancer["internal"] is True
    assert all("private" in subnet for subnet in balancer["subnets"])


def test_a_public_one_allows_the_internet_on_443_and_80() -> None:
    made = template(internal=False)
    rules = made.all("aws_vpc_security_group_ingress_rule").values()
    assert sorted((r["cidr_ipv4"], r["from_port"], r["to_port"]) for r in rules) == [
        ("0.0.0.0/0", 80, 80),
        ("0.0.0.0/0", 443, 443),
    ]
    balancer = made.only("aws_lb")
    assert balancer["internal"] is False
    assert all("public" in subnet for subnet in balancer["subnets"])


def test_http_is_only_redirected() -> None:
    action = template().only("aws_lb_listener", port=80)["default_action"]
    assert action == [{"type": "redirect", "redirect": {"port": "443", "protocol": "HTTPS", "status_code": "HTTP_301"}}]


def test_https_requires_tls_12_or_newer_and_answers_404_by_default() -> None:
    listener = template().only("aws_lb_listener", port=443)
    assert listener["ssl_policy"] == "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
    assert listener["default_action"][0]["fixed_response"]["status_code"] == "404"
    assert "lifecycle" not in listener


def test_blue_green_adds_a_test_listener_that_no_rule_opens() -> None:
    made = template(strategy="blue_green", internal=False)
    assert made.only("aws_lb_listener", port=8443)["protocol"] == "HTTPS"
    assert 8443 not in {r["from_port"] for r in made.all("aws_vpc_security_group_ingress_rule").values()}
    assert not [r for r in template().all("aws_lb_listener").values() if r["port"] == 8443]


def test_ambiguous_requests_are_refused() -> None:
    balancer = template().only("aws_lb")
    assert balancer["drop_invalid_header_fields"] is True
    assert balancer["desync_mitigation_mode"] == "strictest"


@pytest.mark.parametrize("allowed", [True, False])
def test_its_traffic_may_be_shifted_out_of_a_zone_if_the_settings_say_so(*, allowed: bool) -> None:
    parts = Parts.make(load_balancer_settings=LoadBalancerSettings(zonal_shift=allowed))
    assert Template.of(parts.stack).only("aws_lb")["enable_zonal_shift"] is allowed


@pytest.mark.parametrize("protect", [True, False])
def test_a_protected_one_cannot_be_deleted(*, protect: bool) -> None:
    assert template(protect=protect).only("aws_lb")["enable_deletion_protection"] is protect


def test_only_the_load_balancer_may_write_its_access_and_connection_logs() -> None:
    made = template()
    balancer = made.only("aws_lb")
    assert [(balancer[log]["prefix"], balancer[log]["enabled"]) for log in ("access_logs", "connection_logs")] == [
        ("access", True),
        ("connections", True),
    ]
    allowed = [
        s
        for s in statements(made.named("aws_s3_bucket_policy.load-balancer_logs_policy")["policy"])
        if s["Effect"] == "Allow"
    ]
    assert [s["Principal"] for s in allowed] == [{"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}]
    assert all(resource.endswith("/AWSLogs/444444444444/*") for resource in allowed[0]["Resource"])
    assert any("aws_s3_bucket_policy.load-balancer_logs_policy" in d for d in balancer["depends_on"])


def test_what_it_answers_itself_with_5xx_is_watched() -> None:
    alarm = template().named("aws_cloudwatch_metric_alarm.load-balancer_own-errors")
    (value,) = (q["expression"] for q in alarm["metric_query"] if q["return_data"])
    assert value == "IF(FILL(own, 0) >= 3, 100 * FILL(own, 0) / MAX([FILL(own, 0), FILL(requests, 0)]), 0)"
    named = {q["id"]: q["metric"] for q in alarm["metric_query"] if "metric" in q}
    assert {id_: one["metric_name"] for id_, one in named.items()} == {
        "own": "HTTPCode_ELB_5XX_Count",
        "requests": "RequestCount",
    }
    assert all(set(one["dimensions"]) == {"LoadBalancer"} for one in named.values())
    assert (alarm["threshold"], alarm["treat_missing_data"]) == (5, "notBreaching")
    assert (alarm["datapoints_to_alarm"], alarm["evaluation_periods"]) == (3, 5)


def test_one_rejected_connection_is_a_warning() -> None:
    alarm = template().named("aws_cloudwatch_metric_alarm.load-balancer_rejected")
    assert (alarm["namespace"], alarm["metric_name"]) == ("AWS/ApplicationELB", "RejectedConnectionCount")
    assert (alarm["statistic"], set(alarm["dimensions"])) == ("Sum", {"LoadBalancer"})
    assert (alarm["threshold"], alarm["treat_missing_data"]) == (1, "notBreaching")
    assert alarm["tags"]["Severity"] == "warning"


def test_one_for_cloudfront_allows_its_addresses_on_443_only() -> None:
    parts = Parts.make(internal=True)
    assert parts.load_balancer
    parts.load_balancer.allow_from_cloudfront()
    made = Template.of(parts.stack)
    ((name, addresses),) = made.document["data"]["aws_ec2_managed_prefix_list"].items()
    assert addresses["name"] == "com.amazonaws.global.cloudfront.origin-facing"
    rule = made.only("aws_vpc_security_group_ingress_rule")
    assert rule["prefix_list_id"] == f"${{data.aws_ec2_managed_prefix_list.{name}.id}}"
    assert (rule["from_port"], rule["to_port"], rule["ip_protocol"]) == (443, 443, "tcp")


def test_its_alias_is_in_the_zone_of_load_balancers() -> None:
    parts = Parts.make()
    assert parts.load_balancer
    target = parts.load_balancer.alias_target
    TerraformOutput(parts.stack, "zone", value=target.zone_id, static_id=True)
    assert Template.of(parts.stack).output("zone") == "${aws_lb.load-balancer.zone_id}"
    assert (target.has_ipv6, target.is_evaluated) == (False, True)
