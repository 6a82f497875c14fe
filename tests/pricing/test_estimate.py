"""The estimate: sums, what is free, what is asleep, and what is not in it by name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.estimate import EstimateError, estimate, estimate_stacks
from pricing.kinds import PRICERS
from pricing.resource import Billable, number, stack_resources
from pricing.usage import Usage
from synthesis.manifest import Stack
from tests.pricing.samples import estimated, resource, site

if TYPE_CHECKING:
    from pathlib import Path


def stack(tmp_path: Path, resources: dict[str, Any], *, region: str = "us-east-1", **metadata: Any) -> Stack:
    described = {"environment": "x", "layer": "l", "region": region, "project": "p", **metadata}
    provider = {"aws": [{"region": region}, {"region": "us-west-2", "alias": "west"}]}
    document = {"//": {"metadata": described}, "provider": provider, "resource": resources}
    return Stack(id="x-l", folder=tmp_path, document=document)


def test_it_is_the_sum_of_the_lines_and_tells_what_is_assumed() -> None:
    found = estimated(
        resource("aws_eip.a"), resource("aws_kms_key.a"), resource("aws_iam_role.a"), key_requests_ten_thousand=12
    )
    assert found.fixed_usd == pytest.approx(3.65 + 1)
    assert found.usd == pytest.approx(3.65 + 1 + (12 - 2) * 0.03)
    assert found.free_resources == 1
    assert list(found.by(lambda line: line.component)) == ["public IPv4 addresses", "KMS keys"]


def test_what_an_account_has_free_is_counted_once() -> None:
    boards = [resource(f"aws_cloudwatch_dashboard.{name}") for name in "abcde"]
    assert estimated(*boards).usd == pytest.approx(2 * 3)
    assert estimate(site(*boards), with_free_units=False).usd == pytest.approx(5 * 3)


def test_what_has_no_price_is_listed_and_never_zero() -> None:
    found = estimated(
        resource("aws_redshift_cluster.a"),
        resource("aws_db_instance.a", engine="postgres", instance_class="db.z9.large", allocated_storage=20),
        replace(resource("aws_eip.b"), quantity=None),
    )
    unknown, price, count = found.unpriced
    assert unknown.reason == "the type aws_redshift_cluster has no price and is not known to be free"
    assert price.is_missing_price
    assert price.reason.startswith("prices.toml has no price postgres/db.z9.large; it has db.t3.micro, ")
    assert count.reason == "its number (count or for_each) is not known"
    assert {line.price for line in found.lines} == {"postgres_storage", "postgres_backup"}


def test_a_price_that_one_region_lacks_is_named_with_those_that_have_it() -> None:
    (found,) = estimated(replace(resource("aws_securityhub_standards_subscription.a"), region="us-west-2")).unpriced
    assert found.reason == "prices.toml has no price security_hub_check of us-west-2; it has one of us-east-1"
    (unknown,) = estimated(replace(resource("aws_eip.a"), region="")).unpriced
    assert unknown.reason == "its region is not known"


def test_a_region_without_prices_is_refused_with_those_that_have_some(tmp_path: Path) -> None:
    there = stack(tmp_path, {"aws_eip": {"a": {}}}, region="ap-south-1")
    with pytest.raises(EstimateError) as caught:
        estimate_stacks([there], Usage())
    assert str(caught.value) == (
        "pricing/prices.toml has no prices of ap-south-1; it has those of us-east-1, us-west-2. "
        "Add the prices, each with its source and date: docs/cost.md#prices"
    )


def test_a_stack_says_the_region_of_each_resource_and_how_long_it_is_awake(tmp_path: Path) -> None:
    task = {"cpu": "1024", "memory": "2048", "runtime_platform": {"cpu_architecture": "ARM64"}}
    service = {"task_definition": "${aws_ecs_task_definition.t.arn}", "launch_type": "FARGATE", "desired_count": 1}
    resources = {
        "aws_ecs_task_definition": {"t": task},
        "aws_ecs_service": {"s": service},
        "aws_kms_key": {"k": {"provider": "aws.west"}},
    }
    found = estimate_stacks([stack(tmp_path, resources, awake_share=0.5)], Usage(key_requests_ten_thousand=0))
    assert found.usd == pytest.approx((0.03238 + 2 * 0.00356) * 730 / 2 + 1)
    assert {line.resource.region for line in found.lines} == {"us-east-1", "us-west-2"}


@pytest.mark.parametrize(
    ("arguments", "quantity"),
    [
        ({}, 1),
        ({"count": 3}, 3),
        ({"count": "2"}, 2),
        ({"count": "${var.n}"}, None),
        ({"for_each": {"a": 1, "b": 2}}, 2),
        ({"for_each": ["a"]}, 1),
        ({"for_each": "${var.all}"}, None),
        ({"count": 0}, 0),
    ],
)
def test_count_and_for_each_say_how_many_there_are(
    tmp_path: Path, arguments: dict[str, Any], quantity: int | None
) -> None:
    (found,) = stack_resources(stack(tmp_path, {"aws_eip": {"a": arguments}}))
    assert found.quantity == quantity
    result = estimate(site(found))
    assert result.usd == pytest.approx(3.65 * (quantity or 0))
    assert len(result.unpriced) == (quantity is None)


@pytest.mark.parametrize(
    ("value", "found"),
    [(1, 1), ("1.5", 1.5), (True, None), (None, None), ("${x}", None), ("nan", None), ("inf", None), ([], None)],
)
def test_only_a_number_is_a_number(value: object, found: float | None) -> None:
    assert number(value) == found


def test_a_resource_of_another_stack_with_the_same_address_is_another() -> None:
    task = Billable(
        address="aws_ecs_task_definition.t", kind="aws_ecs_task_definition", region="", arguments={}, stack="b"
    )
    service = Billable(
        address="aws_ecs_service.s",
        kind="aws_ecs_service",
        region="",
        arguments={},
        references={"task_definition": frozenset({"aws_ecs_task_definition.t"})},
        stack="a",
    )
    assert site(service, task).inventory.referred(service, "task_definition", "aws_ecs_task_definition") == []
    (found,) = site(service, replace(task, stack="a")).inventory.referred(
        service, "task_definition", "aws_ecs_task_definition"
    )
    assert found.stack == "a"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
READ = (
    *("allocated_storage", "auto_minor_version_upgrade", "capacity_provider_strategy", "count", "cpu", "desired_count"),
    *("engine", "for_each", "instance_class", "instances", "iops", "memory", "metric_query", "multi_az", "period"),
    *("rule", "runtime_platform", "scan_type", "schedule", "setting", "storage_type", "subnet_configuration", "type"),
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(PRICERS)), st.dictionaries(st.sampled_from(READ), JSON, max_size=6))
def test_arguments_of_any_shape_have_a_price_or_are_listed(kind: str, arguments: dict[str, Any]) -> None:
    found = estimate(site(replace(resource(f"{kind}.a"), arguments=arguments)))
    assert all(isinstance(line.usd, float | int) for line in found.lines)


def test_what_cannot_be_read_is_listed_and_the_rest_has_its_price() -> None:
    found = estimated(
        resource("aws_ecs_cluster.a", setting=[{"name": "containerInsights", "value": ["enabled"]}]),
        resource("aws_eip.a"),
    )
    (gap,) = found.unpriced
    assert gap.reason.startswith("an argument has a type that the provider does not accept (TypeError: unhashable")
    assert gap.resource.address == "aws_ecs_cluster.a"
    assert found.usd == pytest.approx(3.65)


@pytest.mark.parametrize("value", [10**400, "1e999", float("nan"), True, None, [1]])
def test_what_is_not_a_number_of_any_use_is_none(value: object) -> None:
    assert number(value) is None
