"""What each way to save is worth, against the same resources without it."""

from __future__ import annotations

from typing import Any

import pytest

from pricing.design import compare
from pricing.estimate import View, estimate
from pricing.savings import Saving, savings
from tests.pricing.samples import resource, site

TASK = resource("aws_ecs_task_definition.t", cpu=1024, memory=2048, runtime_platform={"cpu_architecture": "ARM64"})
ARM_USD = (0.03238 + 2 * 0.00356) * 730
X86_USD = (0.04048 + 2 * 0.004445) * 730


def service(provider: str = "FARGATE") -> Any:
    strategy = [{"capacity_provider": provider, "weight": 1}]
    reference = "-> aws_ecs_task_definition.t"
    return resource(
        "aws_ecs_service.s", task_definition=reference, desired_count=2, capacity_provider_strategy=strategy
    )


def found(*resources: Any, awake_share: float = 1, **usage: float) -> dict[tuple[str, str], Saving]:
    one = site(*resources, awake_share=awake_share, **usage)
    return {(each.name, each.state): each for each in savings(View(site=one, estimate=estimate(one)))}


def test_spot_arm_and_a_commitment_save_a_part_of_the_tasks() -> None:
    ways = found(TASK, service())
    assert ways["Spot tasks", "possible"].usd == pytest.approx(2 * ARM_USD * 0.7)
    assert ways["ARM64 tasks", "in effect"].usd == pytest.approx(2 * (X86_USD - ARM_USD))
    assert ways["Compute Savings Plan", "possible"].usd == pytest.approx(2 * ARM_USD * 0.2)
    assert ("Spot tasks", "in effect") not in ways


def test_what_is_on_spot_saves_already_and_no_commitment_applies() -> None:
    ways = found(TASK, service("FARGATE_SPOT"))
    assert ways["Spot tasks", "in effect"].usd == pytest.approx(2 * ARM_USD * 0.7)
    assert {("Spot tasks", "possible"), ("Compute Savings Plan", "possible")} & set(ways) == set()


def test_scaling_saves_against_the_most_tasks() -> None:
    scaling = resource(
        "aws_appautoscaling_target.s",
        service_namespace="ecs",
        resource_id="-> aws_ecs_service.s",
        min_capacity=2,
        max_capacity=5,
    )
    assert found(TASK, service(), scaling)["autoscaling", "in effect"].usd == pytest.approx(3 * ARM_USD)


def test_sleep_saves_what_is_asleep_and_is_offered_only_without_protection() -> None:
    database = {"engine": "postgres", "instance_class": "db.t4g.micro", "allocated_storage": 20}
    hours = 0.016 * 730
    asleep = found(resource("aws_db_instance.a", **database), awake_share=0.25)
    assert asleep["sleep schedule", "in effect"].usd == pytest.approx(hours * 0.75)
    awake = found(resource("aws_db_instance.a", **database))
    assert awake["sleep schedule", "possible"].usd == pytest.approx(hours * (1 - 65 / 168))
    protected = found(resource("aws_db_instance.a", **database, deletion_protection=True))
    assert not any(name == "sleep schedule" for name, _ in protected)


def test_one_nat_gateway_saves_the_others_with_their_addresses() -> None:
    gateways = [resource(f"aws_nat_gateway.{name}", allocation_id=f"-> aws_eip.{name}") for name in "abc"]
    addresses = [resource(f"aws_eip.{name}") for name in "abc"]
    ways = found(*gateways, *addresses)
    assert ways["one NAT gateway", "possible"].usd == pytest.approx(2 * (0.045 + 0.005) * 730)
    endpoints = ways["endpoints, no NAT gateway", "possible"]
    nat = 3 * (0.045 + 0.005) * 730 + 100 * 0.045
    assert endpoints.usd == pytest.approx(nat - 8 * (3 * 7.30 + 10 * 0.01))
    assert "8 in 3 zones cost 176 USD" in endpoints.note


def test_a_plan_of_cloudfront_replaces_requests_the_firewall_and_the_zone() -> None:
    acl = resource("aws_wafv2_web_acl.w", scope="CLOUDFRONT", rule=[{}] * 7)
    ways = found(resource("aws_cloudfront_distribution.d"), acl, resource("aws_route53_zone.z"), requests_million=9)
    assert ways["CloudFront flat-rate plan", "possible"].usd == pytest.approx(5 + 7 + 9 * 0.6 + 0.5 + 0.09 * 0.4 - 15)
    regional = resource("aws_wafv2_web_acl.w", scope="REGIONAL", rule=[{}] * 7)
    less = found(resource("aws_cloudfront_distribution.d"), regional, requests_million=1)
    assert less["CloudFront flat-rate plan", "possible"].usd == pytest.approx(-15)
    many = found(resource("aws_cloudfront_distribution.d"), requests_million=11)[
        "CloudFront flat-rate plan", "possible"
    ]
    assert many.note.startswith("more than the 10 million requests of Pro")


def test_tiering_counts_the_buckets_that_have_it() -> None:
    rule = {"transition": [{"storage_class": "INTELLIGENT_TIERING"}]}
    tiered = resource("aws_s3_bucket_lifecycle_configuration.a", rule=[rule])
    other = resource("aws_s3_bucket_lifecycle_configuration.b", rule=[{"expiration": {"days": 1}}])
    way = found(tiered, other, bucket_gib=100)["S3 Intelligent-Tiering", "in effect"]
    assert way.usd == pytest.approx(100 * (0.023 - 0.0125))


@pytest.mark.parametrize(
    ("name", "arguments", "hourly_usd"),
    [
        ("db.t4g.medium", {}, 0.065 - 0.0465),
        ("db.m7g.large", {"multi_az": True}, 0.337 - 2 * 0.1297),
        ("db.t3.medium", {}, 0),
    ],
)
def test_a_commitment_saves_where_its_price_is_known(name: str, arguments: dict[str, Any], hourly_usd: float) -> None:
    database = resource("aws_db_instance.a", engine="postgres", instance_class=name, allocated_storage=20, **arguments)
    way = found(database)["reserved PostgreSQL", "possible"]
    assert way.usd == pytest.approx(hourly_usd * 730)
    assert ("no price of a commitment" in way.note) == (hourly_usd == 0)


def test_the_design_is_compared_part_by_part_and_the_sums_agree() -> None:
    one = site(TASK, service(), resource("aws_kms_key.k"), resource("aws_eip.e"))
    rows = compare(View(site=one, estimate=estimate(one)))
    by_part = {row.part: row for row in rows}
    assert by_part["ECS Fargate (4 vCPU, 8 GB)"].usd == pytest.approx(2 * ARM_USD)
    assert by_part["ECS Fargate (4 vCPU, 8 GB)"].reason == f"on x86: {2 * X86_USD:.0f} USD"
    assert by_part["ALB"].reason == "not there"
    assert by_part["not in the design"].usd == pytest.approx(1 + 3.65)
    assert by_part["not in the design"].reason == "public IPv4 addresses 3.65 USD, KMS keys 1.00 USD"
    *parts, together = rows
    assert sum(row.usd for row in parts) == pytest.approx(together.usd)
    assert sum(row.design_usd or 0 for row in parts) + 15 == together.design_usd == 495
