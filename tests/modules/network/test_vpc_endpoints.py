"""AWS services are reached privately, and only for data of this account."""

from __future__ import annotations

import pytest

from modules.network.vpc import Vpc
from modules.network.vpc_endpoints import GatewayEndpoints, InterfaceEndpoints
from tests.fixtures import fixture_environment
from tests.template import LABEL, Template, new_stack, statements


@pytest.fixture(scope="module")
def template() -> Template:
    stack = new_stack()
    vpc = Vpc(stack, "vpc", config=fixture_environment("prod").network, label=LABEL)
    GatewayEndpoints(stack, "gateways", label=LABEL, vpc=vpc)
    InterfaceEndpoints(stack, "interfaces", services=("ecr.api", "logs"), label=LABEL, vpc=vpc)
    return Template.of(stack)


@pytest.mark.parametrize("service", ["s3", "dynamodb"])
def test_gateways_are_in_the_private_route_tables_only(template: Template, service: str) -> None:
    endpoint = template.only("aws_vpc_endpoint", service_name=f"com.amazonaws.us-east-1.{service}")
    assert endpoint["vpc_endpoint_type"] == "Gateway"
    assert len(endpoint["route_table_ids"]) == 2
    assert all("private" in table for table in endpoint["route_table_ids"])


def test_gateways_refuse_data_of_other_accounts(template: Template) -> None:
    endpoint = template.only("aws_vpc_endpoint", service_name="com.amazonaws.us-east-1.s3")
    own, layers, packages = statements(endpoint["policy"])
    assert own["Condition"] == {"StringEquals": {"aws:ResourceAccount": LABEL.account_id}}
    assert layers["Action"] == "s3:GetObject"
    assert layers["Resource"] == "arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*"
    assert (packages["Action"], packages["Resource"]) == (
        "s3:GetObject",
        "arn:aws:s3:::al2023-repos-us-east-1-de612dc2/*",
    )


def test_interfaces_use_the_dns_name_of_the_service(template: Template) -> None:
    endpoint = template.only("aws_vpc_endpoint", service_name="com.amazonaws.us-east-1.ecr.api")
    assert endpoint["private_dns_enabled"] is True
    assert len(endpoint["subnet_ids"]) == 2


def test_interfaces_are_reached_from_private_subnets_over_https_only(template: Template) -> None:
    rules = template.all("aws_vpc_security_group_ingress_rule").values()
    assert sorted((r["cidr_ipv4"], r["from_port"], r["to_port"]) for r in rules) == [
        ("10.0.10.0/24", 443, 443),
        ("10.0.20.0/24", 443, 443),
    ]
