"""Security groups start closed; each call adds one rule, in the stack of the peer that asked for it."""

from __future__ import annotations

import pytest
from cdktf import TerraformStack

from modules.errors import WiringError
from modules.network.connections import Port, SecurityGroup
from modules.network.vpc import Vpc
from tests.fixtures import fixture_environment
from tests.template import LABEL, Template, new_app, new_stack


def group(stack: TerraformStack, name: str, vpc: Vpc, *, port: Port | None = None) -> SecurityGroup:
    return SecurityGroup(stack, name, label=LABEL, vpc=vpc, name=name, description=name, port=port)


def vpc_in(stack: TerraformStack) -> Vpc:
    config = fixture_environment("dev").network
    return Vpc(stack, "vpc", config=config, label=LABEL)


def test_a_new_group_has_no_rule() -> None:
    stack = new_stack()
    group(stack, "service", vpc_in(stack))
    template = Template.of(stack)
    made = template.named("aws_security_group.service")
    assert {"ingress", "egress"}.isdisjoint(made)
    assert made["lifecycle"] == {"create_before_destroy": True, "ignore_changes": ["description"]}
    assert template.all("aws_vpc_security_group_ingress_rule") == {}


def test_allow_from_adds_one_rule_per_direction_to_the_stack_of_the_peer() -> None:
    app = new_app()
    data, service = TerraformStack(app, "data"), TerraformStack(app, "service")
    vpc = vpc_in(data)
    database = group(data, "database", vpc, port=Port.tcp(5432))
    api = group(service, "api", vpc)
    rules = database.connections.allow_from(api)
    assert [rule.terraform_resource_type.rpartition("_security_group_")[2] for rule in rules] == [
        "ingress_rule",
        "egress_rule",
    ]
    assert Template.of(data).all("aws_vpc_security_group_ingress_rule") == {}
    template = Template.of(service)
    into = template.only("aws_vpc_security_group_ingress_rule")
    out = template.only("aws_vpc_security_group_egress_rule")
    assert (into["from_port"], into["to_port"], into["ip_protocol"]) == (5432, 5432, "tcp")
    assert "terraform_remote_state" in into["security_group_id"]
    assert out["security_group_id"] == into["referenced_security_group_id"] == "${aws_security_group.api.id}"


def test_every_rule_is_described() -> None:
    stack = new_stack()
    vpc = vpc_in(stack)
    endpoints = group(stack, "endpoints", vpc, port=Port.tcp(443))
    endpoints.connections.allow_from_cidr("10.2.10.0/24", name="private-az1")
    endpoints.connections.allow_to_cidr("0.0.0.0/0", name="internet", port=Port.tcp(443))
    endpoints.connections.allow_to_prefix_list("pl-1", name="s3", port=Port.tcp(443))
    template = Template.of(stack)
    rules = [
        *template.all("aws_vpc_security_group_ingress_rule").values(),
        *template.all("aws_vpc_security_group_egress_rule").values(),
    ]
    assert sorted(rule["description"] for rule in rules) == [
        "endpoints to internet",
        "endpoints to s3",
        "private-az1 to endpoints",
    ]


def test_allow_out_to_adds_no_way_in() -> None:
    stack = new_stack()
    vpc = vpc_in(stack)
    database, task = group(stack, "database", vpc, port=Port.tcp(5432)), group(stack, "task", vpc)
    task.connections.allow_out_to(database)
    made = Template.of(stack)
    out = made.only("aws_vpc_security_group_egress_rule")
    assert (out["from_port"], out["to_port"]) == (5432, 5432)
    assert out["security_group_id"] == "${aws_security_group.task.id}"
    assert out["referenced_security_group_id"] == "${aws_security_group.database.id}"
    assert made.all("aws_vpc_security_group_ingress_rule") == {}


def test_allow_from_without_a_port_is_refused() -> None:
    stack = new_stack()
    vpc = vpc_in(stack)
    one, other = group(stack, "one", vpc), group(stack, "other", vpc)
    with pytest.raises(WiringError, match=r"^test-unit/one: one has no port: pass port="):
        one.connections.allow_from(other)


@pytest.mark.parametrize(("first", "last"), [(-1, 1), (2, 1), (1, 65_536)])
def test_an_invalid_port_range_is_refused(first: int, last: int) -> None:
    with pytest.raises(
        ValueError, match=f"ports {first} to {last} are not a valid range; they must be between 0 and 65535"
    ):
        Port(first=first, last=last)


def test_a_group_and_addresses_that_aws_manages_come_in_by_one_rule_each() -> None:
    stack = new_stack()
    balancer = group(stack, "balancer", vpc_in(stack), port=Port.tcp(443))
    balancer.connections.allow_from_group("sg-1", name="origins")
    balancer.connections.allow_from_prefix_list("pl-1", name="edges")
    template = Template.of(stack)
    by_group = template.only("aws_vpc_security_group_ingress_rule", referenced_security_group_id="sg-1")
    by_addresses = template.only("aws_vpc_security_group_ingress_rule", prefix_list_id="pl-1")
    assert by_group["from_port"] == by_addresses["from_port"] == 443
    assert by_group["security_group_id"] == by_addresses["security_group_id"] == "${aws_security_group.balancer.id}"
    assert template.all("aws_vpc_security_group_egress_rule") == {}
