"""A name leads to a target by A and AAAA aliases that another region's record can be added to."""

from __future__ import annotations

import pytest

from config.domain import HealthCheckSettings
from modules.domain.alias_record import AliasRecord, AliasTarget
from modules.domain.health_check import HealthCheck
from modules.domain.hosted_zone import HostedZone
from tests.modules.domain.certificates import MADE
from tests.template import LABEL, Resource, Template, new_stack

BALANCER = AliasTarget.load_balancer(dns_name="web.eu-west-1.elb.amazonaws.com", zone_id="Z1")
DISTRIBUTION = AliasTarget.distribution(domain_name="d1.cloudfront.net", hosted_zone_id="Z2")


def records(target: AliasTarget, *, checked: bool = False) -> list[Resource]:
    stack = new_stack()
    zone = HostedZone(stack, "zone", config=MADE, protect=False)
    check = None
    if checked:
        check = HealthCheck(stack, "check", config=HealthCheckSettings(), label=LABEL, name="users.example.com")
    AliasRecord(
        stack,
        "record",
        name="*.users.example.com",
        zone=zone,
        target=target,
        region="eu-west-1",
        health_check=check,
    )
    return list(Template.of(stack).all("aws_route53_record").values())


def test_a_load_balancer_has_an_a_record_and_its_health_counts() -> None:
    (record,) = records(BALANCER)
    assert (record["type"], record["name"], record["zone_id"]) == (
        "A",
        "*.users.example.com",
        "${aws_route53_zone.zone.zone_id}",
    )
    assert record["alias"] == {
        "name": "web.eu-west-1.elb.amazonaws.com",
        "zone_id": "Z1",
        "evaluate_target_health": True,
    }


def test_a_distribution_has_an_aaaa_record_too_and_no_health() -> None:
    made = records(DISTRIBUTION)
    assert [record["type"] for record in made] == ["A", "AAAA"]
    aliases = [record["alias"] for record in made]
    assert aliases == [{"name": "d1.cloudfront.net", "zone_id": "Z2", "evaluate_target_health": False}] * 2


@pytest.mark.parametrize("target", [BALANCER, DISTRIBUTION])
def test_each_is_the_record_of_its_region(target: AliasTarget) -> None:
    for record in records(target):
        assert record["set_identifier"] == "eu-west-1"
        assert record["latency_routing_policy"] == {"region": "eu-west-1"}
        assert "health_check_id" not in record


def test_a_health_check_decides_when_it_is_answered() -> None:
    (record,) = records(BALANCER, checked=True)
    assert record["health_check_id"] == "${aws_route53_health_check.check.id}"


def test_the_health_of_a_target_can_be_left_to_the_check() -> None:
    (record,) = records(BALANCER.by_check_alone(), checked=True)
    assert record["alias"]["evaluate_target_health"] is False
    assert "health_check_id" in record
