"""Stacks are read as Terraform takes them, whatever the form in which they are written."""

from __future__ import annotations

from typing import Any

import pytest

from compliance.effective import effective
from tests.compliance.samples import stack


def read(resources: dict[str, dict[str, Any]] | None = None, **blocks: Any) -> dict[str, dict[str, Any]]:
    """The arguments of resources by address, in the one form."""
    (found,) = effective([stack(resources, **blocks)])
    return {one.address: dict(one.arguments) for one in found.all()}


def test_texts_become_the_booleans_and_numbers_that_they_are() -> None:
    assert read({"aws_db_instance.a": {"storage_encrypted": "false", "from_port": "22", "engine_version": "16"}}) == {
        "aws_db_instance.a": {"storage_encrypted": False, "from_port": 22, "engine_version": "16"}
    }


@pytest.mark.parametrize(
    "argument", ["tags", "variables", "parameter", "parameters", "environment_variables", "dimensions"]
)
def test_the_values_of_maps_stay_texts(argument: str) -> None:
    assert read({"aws_a.a": {argument: {"enabled": "true", "port": "1"}}}) == {
        "aws_a.a": {argument: {"enabled": "true", "port": "1"}}
    }


def test_locals_and_defaults_of_variables_are_followed() -> None:
    found = read(
        {"aws_a.a": {"cidr_ipv4": "${local.world}", "encrypted": "${var.on}", "name": "x-${local.world}"}},
        locals={"world": "${var.world}"},
        variable={"world": {"default": "0.0.0.0/0"}, "on": [{"default": "false"}]},
    )
    assert found == {"aws_a.a": {"cidr_ipv4": "0.0.0.0/0", "encrypted": False, "name": "x-0.0.0.0/0"}}


def test_what_is_not_known_stays_as_it_is_written() -> None:
    arguments = {
        "a": "${var.unknown}",
        "b": "${aws_a.b.id}",
        "c": "${local.loop}",
        "d": "${nonsense(",
        "e": "$${local.a}",
    }
    assert read({"aws_a.a": arguments}, locals={"loop": "${local.loop}"}) == {"aws_a.a": arguments}


@pytest.mark.parametrize(("count", "left"), [(0, 0), ("0", 0), ("${local.none}", 0), (1, 1), ("${var.unknown}", 1)])
def test_a_resource_with_no_instance_is_not_there(count: object, left: int) -> None:
    assert len(read({"aws_a.a": {"count": count, "b": 1}}, locals={"none": 0})) == left


def test_each_instance_has_its_own_values_and_the_first_the_plain_address() -> None:
    found = read({"aws_a.a": {"for_each": {"x": "10.0.0.0/8", "y": "0.0.0.0/0"}, "cidr": "${each.value}"}})
    assert found == {"aws_a.a": {"cidr": "10.0.0.0/8"}, 'aws_a.a["y"]': {"cidr": "0.0.0.0/0"}}


def test_references_to_instances_name_the_resource() -> None:
    (found,) = effective(
        [stack({"aws_a.a": {"id": "x"}, "aws_b.b": {"a": '${aws_a.a["k"].id}', "c": "${aws_a.a[0].id}"}})]
    )
    owner, user = next(found.all("aws_a")), next(found.all("aws_b"))
    assert owner.is_referred_to_by(user.get("a"))
    assert owner.is_referred_to_by(user.get("c"))


def test_dynamic_blocks_are_written_out() -> None:
    dynamic = {
        "ingress": {"for_each": ["0.0.0.0/0"], "content": {"cidr_blocks": ["${ingress.value}"], "from_port": 22}}
    }
    found = read({"aws_security_group.a": {"ingress": {"from_port": 443}, "dynamic": [dynamic]}})
    assert found["aws_security_group.a"] == {
        "ingress": [{"from_port": 443}, {"cidr_blocks": ["0.0.0.0/0"], "from_port": 22}]
    }


def test_older_names_of_types_are_the_newer_ones_in_references_too() -> None:
    found = read({"aws_alb.a": {}, "aws_alb_listener.a": {"load_balancer_arn": "${aws_alb.a.arn}"}})
    assert found == {"aws_lb.a": {}, "aws_lb_listener.a": {"load_balancer_arn": "${aws_lb.a.arn}"}}


def test_a_function_with_known_arguments_has_its_value() -> None:
    found = read(
        {"aws_ecs_task_definition.a": {"container_definitions": '${jsonencode([{name = "x", privileged = true}])}'}}
    )
    assert found == {"aws_ecs_task_definition.a": {"container_definitions": '[{"name": "x", "privileged": true}]'}}


@pytest.mark.parametrize("resource", [[{"aws_a": {"a": {"b": "true"}}}], {"aws_a": [{"a": [{"b": "true"}]}]}])
def test_objects_may_be_arrays_of_objects(resource: object) -> None:
    document = {**stack().document, "resource": resource}
    (found,) = effective([stack(resource=resource)])
    assert document["resource"] == resource
    assert {one.address: one.arguments for one in found.all()} == {"aws_a.a": {"b": True}}


def test_numbers_by_every_name_that_rules_compare() -> None:
    assert read({"aws_a.a": {"datapoints_to_alarm": "3", "lifecycle": {"delete_after": "35"}}}) == {
        "aws_a.a": {"datapoints_to_alarm": 3, "lifecycle": {"delete_after": 35}}
    }


def test_booleans_of_a_map_may_be_locals() -> None:
    found = read({"aws_a.a": {"resource_type_opt_in_preference": {"RDS": "${local.on}"}}}, locals={"on": True})
    assert found == {"aws_a.a": {"resource_type_opt_in_preference": {"RDS": True}}}


def test_the_account_and_the_region_of_a_provider_are_known() -> None:
    found = read(
        {
            "aws_a.a": {
                "arn": "arn:${data.aws_partition.p.partition}:sns:${data.aws_region.r.name}"
                ":${data.aws_caller_identity.me.account_id}:x",
                "other": "${data.aws_caller_identity.me.user_id}",
            }
        },
        data={
            "aws_caller_identity": {"me": {}},
            "aws_partition": {"p": {}},
            "aws_region": {"r": {"provider": "aws.west"}},
        },
        provider={
            "aws": [
                {"region": "us-east-1", "allowed_account_ids": ["444444444444"]},
                {"alias": "west", "region": "us-west-2"},
            ]
        },
    )
    assert found["aws_a.a"] == {
        "arn": "arn:aws:sns:us-west-2:444444444444:x",
        "other": "${data.aws_caller_identity.me.user_id}",
    }


def test_an_account_that_no_provider_demands_is_not_known() -> None:
    arguments = {"a": "${data.aws_caller_identity.me.account_id}"}
    assert read({"aws_a.a": arguments}, data={"aws_caller_identity": {"me": {}}}, provider={"aws": [{}]}) == {
        "aws_a.a": arguments
    }


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('${true ? "0.0.0.0/0" : "10.0.0.0/8"}', "0.0.0.0/0"),
        ('${local.open ? "0.0.0.0/0" : (local.open ? "::/0" : "10.0.0.0/8")}', "10.0.0.0/8"),
        ('${format("%s/%d", "0.0.0.0", 0)}', "0.0.0.0/0"),
        ("0.0.0.0/${0}", "0.0.0.0/0"),
        ('${cidrsubnet("0.0.0.0/0", 1, 1)}', "128.0.0.0/1"),
        ('${cidrsubnet("10.0.0.0/16", 8, 2)}', "10.0.2.0/24"),
        ('${cidrsubnet("10.0.0.0/16", 40, 2)}', '${cidrsubnet("10.0.0.0/16", 40, 2)}'),
        ('${aws_a.b.x ? "0.0.0.0/0" : "10.0.0.0/8"}', '${aws_a.b.x ? "0.0.0.0/0" : "10.0.0.0/8"}'),
    ],
)
def test_addresses_may_be_expressions(written: str, meant: str) -> None:
    assert read({"aws_a.a": {"cidr_ipv4": written}}, locals={"open": False}) == {"aws_a.a": {"cidr_ipv4": meant}}


def test_older_names_are_the_newer_ones_in_addresses_and_outputs() -> None:
    (found,) = effective(
        [
            stack(
                {"aws_ecs_service.a": {"lifecycle": {"replace_triggered_by": ["aws_alb_target_group.a.id"]}}},
                output={"o": {"value": "${aws_alb.a.arn}", "sensitive": "true"}},
            )
        ]
    )
    (service,) = found.all()
    assert service.get("lifecycle") == {"replace_triggered_by": ["aws_lb_target_group.a.id"]}
    assert found.document["output"] == {"o": {"value": "${aws_lb.a.arn}", "sensitive": True}}
