"""Samples for the rules on routes, on addresses that are not known, and on who connects to databases."""

from __future__ import annotations

from typing import Any

from tests.compliance.samples import changed, sample, without

Resources = dict[str, dict[str, Any]]

_ROUTE = "aws_route.public"
_INGRESS = "aws_vpc_security_group_ingress_rule.in"
_SERVICE = "aws_ecs_service.api"
NETWORK: Resources = {
    _ROUTE: {
        "route_table_id": "${aws_route_table.public.id}",
        "destination_cidr_block": "0.0.0.0/0",
        "gateway_id": "${aws_internet_gateway.gateway.id}",
    },
    "aws_internet_gateway.gateway": {},
    "aws_route_table.public": {},
    "aws_route_table.private": {"route": [{"cidr_block": "0.0.0.0/0", "nat_gateway_id": "${aws_nat_gateway.nat.id}"}]},
    "aws_route_table_association.public": {
        "subnet_id": "${aws_subnet.public.id}",
        "route_table_id": "${aws_route_table.public.id}",
    },
    "aws_route_table_association.private": {
        "subnet_id": "${aws_subnet.private.id}",
        "route_table_id": "${aws_route_table.private.id}",
    },
    "aws_subnet.public": {},
    "aws_subnet.private": {},
    "aws_nat_gateway.nat": {"subnet_id": "${aws_subnet.public.id}"},
    "aws_lb.web": {"subnets": ["${aws_subnet.public.id}"]},
    _SERVICE: {"network_configuration": {"subnets": ["${aws_subnet.private.id}"]}},
}
INGRESS: Resources = {
    _INGRESS: {
        "security_group_id": "${aws_security_group.database.id}",
        "referenced_security_group_id": "${aws_security_group.api.id}",
        "ip_protocol": "tcp",
        "from_port": 5432,
        "to_port": 5432,
    },
    "aws_security_group.database": {},
    "aws_security_group.api": {},
    "aws_db_instance.users": {"vpc_security_group_ids": ["${aws_security_group.database.id}"]},
}
KNOWN: Resources = {
    _INGRESS: {"cidr_ipv4": "${aws_vpc.vpc.cidr_block}"},
    "aws_security_group_rule.old": {"cidr_blocks": ["${aws_eip.nat.public_ip}/32", "10.0.0.0/8"]},
}
ACL: Resources = {
    "aws_network_acl_rule.in": {
        "network_acl_id": "${aws_network_acl.database.id}",
        "rule_action": "allow",
        "protocol": "tcp",
        "cidr_block": "10.0.10.0/24",
        "from_port": 5432,
        "to_port": 5432,
    },
    "aws_network_acl.database": {},
    "aws_network_acl_association.database": {
        "network_acl_id": "${aws_network_acl.database.id}",
        "subnet_id": "${aws_subnet.database.id}",
    },
    "aws_subnet.database": {},
}

SAMPLES = (
    sample(
        "internet-gateway-serves-entrances-only",
        NETWORK,
        changed(NETWORK, _SERVICE, network_configuration={"subnets": ["${aws_subnet.public.id}"]}),
        says="aws_ecs_service.api straight to the internet",
    ),
    sample(
        "internet-gateway-serves-entrances-only",
        NETWORK,
        changed(
            NETWORK,
            "aws_route_table.private",
            route={"ipv6_cidr_block": "::/0", "gateway_id": "${aws_internet_gateway.gateway.id}"},
        ),
        at="aws_route_table.private",
        says="aws_ecs_service.api",
    ),
    sample(
        "internet-gateway-serves-entrances-only",
        NETWORK,
        changed(NETWORK, "aws_lb.web", internal=True),
        says="aws_lb.web",
    ),
    sample(
        "database-names-who-connects",
        INGRESS,
        changed(INGRESS, _INGRESS, referenced_security_group_id=None, cidr_ipv4="10.0.0.0/16"),
        says="10.0.0.0/16",
    ),
    *(
        sample("addresses-can-be-read", KNOWN, changed(KNOWN, _INGRESS, cidr_ipv4=text), says=text)
        for text in ("${var.everyone}", '${lookup(local.blocks, "x")}', '${aws_a.b.open ? "0.0.0.0/0" : "::/0"}')
    ),
    sample(
        "addresses-can-be-read",
        KNOWN,
        {"aws_security_group.a": {"ingress": {"cidr_blocks": "${var.everyone}"}}},
        says="ingress.cidr_blocks",
    ),
    sample(
        "network-acl-has-subnets",
        ACL,
        without(ACL, "aws_network_acl_association.database"),
        at="aws_network_acl.database",
        says="no aws_network_acl_association",
    ),
    sample(
        "database-network-acl-names-its-ports",
        ACL,
        changed(ACL, "aws_network_acl_rule.in", cidr_block=None, ipv6_cidr_block="2000::/4"),
        says="addresses of the internet",
    ),
)
