"""A NAT gateway without a free port, or one that loses packets, is reported for each gateway."""

from __future__ import annotations

from modules.network.vpc import Vpc
from tests.fixtures import fixture_environment
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack


def made() -> tuple[Vpc, Template]:
    stack = new_stack()
    vpc = Vpc(stack, "vpc", config=fixture_environment("prod").network, label=LABEL, topics=topics_in(stack))
    return vpc, Template.of(stack)


def test_each_gateway_has_its_own() -> None:
    _, template = made()
    named = {
        (alarm["alarm_name"].removeprefix("user-management-test-"), alarm["tags"]["Severity"])
        for alarm in template.all("aws_cloudwatch_metric_alarm").values()
    }
    assert named == {(f"nat-az{zone}-{what}", "warning") for zone in (1, 2) for what in ("ports", "drops")}


def test_one_connection_without_a_port_is_enough() -> None:
    _, template = made()
    alarm = template.named("aws_cloudwatch_metric_alarm.vpc_nat-az1-alarms_ports")
    assert (alarm["namespace"], alarm["metric_name"]) == ("AWS/NATGateway", "ErrorPortAllocation")
    assert alarm["dimensions"] == {"NatGatewayId": "${aws_nat_gateway.vpc_nat-az1_35B662CE.id}"}
    assert (alarm["statistic"], alarm["threshold"], alarm["evaluation_periods"]) == ("Sum", 1, 1)


def test_dropped_packets_are_a_share_of_all_if_they_are_more_than_a_few() -> None:
    _, template = made()
    alarm = template.named("aws_cloudwatch_metric_alarm.vpc_nat-az1-alarms_drops")
    (value,) = (q["expression"] for q in alarm["metric_query"] if q["return_data"])
    assert value == "IF(dropped >= 100, 100 * dropped / (from_source + from_destination), 0)"
    assert {q["metric"]["metric_name"] for q in alarm["metric_query"] if "metric" in q} == {
        "PacketsDropCount",
        "PacketsInFromSource",
        "PacketsInFromDestination",
    }
    assert (alarm["threshold"], alarm["datapoints_to_alarm"], alarm["evaluation_periods"]) == (0.01, 3, 3)


def test_a_vpc_without_topics_has_no_alarms_but_its_metrics() -> None:
    stack = new_stack()
    vpc = Vpc(stack, "vpc", config=fixture_environment("prod").network, label=LABEL)
    assert set(vpc.nat_gateways) == {"az1", "az2"}
    assert vpc.nat_gateways["az1"].port_error_count.region == "us-east-1"
    assert not Template.of(stack).all("aws_cloudwatch_metric_alarm")
