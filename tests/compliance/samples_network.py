"""Samples for the rules on stacks, networks and security groups."""

from __future__ import annotations

from typing import Any

from tests.compliance.samples import ACCOUNT, TAGS, Sample, changed, sample, stack, without

PROVIDER: dict[str, Any] = {"allowed_account_ids": [ACCOUNT], "default_tags": [{"tags": TAGS}]}
TERRAFORM: dict[str, Any] = {
    "required_providers": {"aws": {"version": "5.100.0"}},
    "backend": {"s3": {"encrypt": True, "kms_key_id": "arn:aws:kms:x", "dynamodb_table": "lock"}},
}
GOOD = stack(provider={"aws": [PROVIDER]}, terraform=TERRAFORM)


def _of_stack(rule: str, *, at: str, says: str, provider: dict[str, Any] = PROVIDER, **terraform: object) -> Sample:
    bad = stack(provider={"aws": [PROVIDER, provider]}, terraform={**TERRAFORM, **terraform})
    return Sample(rule=rule, good=GOOD, bad=bad, at=at, says=says)


def _backend(**arguments: object) -> dict[str, Any]:
    return {"s3": {**TERRAFORM["backend"]["s3"], **arguments}}


STACKS = (
    _of_stack(
        "provider-is-pinned",
        required_providers={"aws": {"version": "~> 6.0"}},
        at="provider.aws",
        says="version ~> 6.0, not 5.100.0",
    ),
    _of_stack(
        "provider-names-its-account",
        provider={"alias": "east", "default_tags": [{"tags": TAGS}]},
        at="provider.aws.east",
        says="allowed_account_ids",
    ),
    Sample(
        rule="provider-names-its-account",
        good=GOOD,
        bad=stack(terraform=TERRAFORM),
        at="provider.aws",
        says="not configured",
    ),
    _of_stack(
        "provider-tags-everything",
        provider={**PROVIDER, "alias": "east", "default_tags": [{"tags": {"Owner": "x"}}]},
        at="provider.aws.east",
        says="CostCenter, Environment, Layer",
    ),
    _of_stack(
        "state-is-encrypted",
        backend=_backend(kms_key_id=None),
        at="terraform.backend.s3",
        says="kms_key_id",
    ),
    _of_stack(
        "state-is-locked",
        backend=_backend(dynamodb_table=None),
        at="terraform.backend.s3",
        says="use_lockfile",
    ),
)

VPC: dict[str, dict[str, Any]] = {
    "aws_vpc.vpc": {"cidr_block": "10.0.0.0/16"},
    "aws_flow_log.logs": {"vpc_id": "${aws_vpc.vpc.id}", "traffic_type": "ALL"},
    "aws_default_security_group.locked": {"vpc_id": "${aws_vpc.vpc.id}"},
    "aws_default_network_acl.locked": {"default_network_acl_id": "${aws_vpc.vpc.default_network_acl_id}"},
}
DATABASE: dict[str, dict[str, Any]] = {
    "aws_subnet.database-a": {"tags": {"Name": "test-database-a"}, "map_public_ip_on_launch": False},
    "aws_route_table.database": {"vpc_id": "${aws_vpc.vpc.id}"},
    "aws_route_table_association.a": {
        "subnet_id": "${aws_subnet.database-a.id}",
        "route_table_id": "${aws_route_table.database.id}",
    },
    "aws_route_table.private": {},
    "aws_route.private": {"route_table_id": "${aws_route_table.private.id}", "nat_gateway_id": "nat"},
}
ACL_RULE: dict[str, dict[str, Any]] = {
    "aws_network_acl_rule.in": {
        "rule_action": "allow",
        "egress": False,
        "protocol": "tcp",
        "cidr_block": "0.0.0.0/0",
        "from_port": 443,
        "to_port": 443,
    },
    "aws_network_acl.acl": {},
}

NETWORK = (
    sample("vpc-has-flow-logs", VPC, without(VPC, "aws_flow_log.logs"), says="no aws_flow_log"),
    sample("vpc-has-flow-logs", VPC, changed(VPC, "aws_flow_log.logs", traffic_type="REJECT"), says='"ALL"'),
    sample(
        "vpc-defaults-allow-nothing",
        VPC,
        without(VPC, "aws_default_security_group.locked"),
        says="no aws_default_security_group",
    ),
    sample(
        "vpc-defaults-allow-nothing",
        VPC,
        changed(VPC, "aws_default_network_acl.locked", ingress=[{"protocol": "-1"}]),
        at="aws_default_network_acl.locked",
        says="has rules",
    ),
    sample("vpc-is-not-the-default", VPC, {"aws_default_vpc.default": {}}, says="public by design"),
    sample(
        "subnet-gives-no-public-addresses",
        DATABASE,
        changed(DATABASE, "aws_subnet.database-a", map_public_ip_on_launch=True),
        says="map_public_ip_on_launch",
    ),
    sample(
        "database-subnet-has-no-route-out",
        DATABASE,
        changed(DATABASE, "aws_route.private", route_table_id="${aws_route_table.database.id}"),
        says="aws_route_table.database has a route out",
    ),
    sample(
        "database-subnet-has-no-route-out",
        DATABASE,
        without(DATABASE, "aws_route_table_association.a"),
        says="no route table of its own",
    ),
    sample(
        "network-acl-blocks-remote-administration",
        changed(ACL_RULE, "aws_network_acl_rule.in", from_port=1024, to_port=65535),
        changed(ACL_RULE, "aws_network_acl_rule.in", from_port=3389, to_port=3389, protocol="udp"),
        says="port 3389 (RDP)",
    ),
    sample(
        "network-acl-blocks-remote-administration",
        ACL_RULE,
        changed(ACL_RULE, "aws_network_acl_rule.in", from_port=20, to_port=25),
        says="port 22 (SSH)",
    ),
    sample(
        "network-acl-blocks-remote-administration",
        ACL_RULE,
        changed(ACL_RULE, "aws_network_acl_rule.in", protocol="-1", cidr_block=None, ipv6_cidr_block="::/0"),
        says="port 3389 (RDP)",
    ),
    sample(
        "network-acl-blocks-remote-administration",
        ACL_RULE,
        changed(ACL_RULE, "aws_network_acl.acl", ingress=[{"protocol": "-1"}]),
        at="aws_network_acl.acl",
        says="aws_network_acl_rule",
    ),
)

_IN = "aws_vpc_security_group_ingress_rule.from-balancer"
_OUT = "aws_vpc_security_group_egress_rule.to-world"
GROUP: dict[str, dict[str, Any]] = {
    "aws_security_group.service": {"description": "Tasks of the backend"},
    _IN: {
        "description": "balancer to backend",
        "referenced_security_group_id": "sg-1",
        "ip_protocol": "tcp",
        "from_port": 443,
        "to_port": 443,
    },
    _OUT: {
        "description": "backend to world",
        "cidr_ipv4": "0.0.0.0/0",
        "ip_protocol": "tcp",
        "from_port": 443,
        "to_port": 443,
    },
}
FROM_WORLD = changed(GROUP, _IN, referenced_security_group_id=None, cidr_ipv4="0.0.0.0/0")

SECURITY_GROUPS = (
    sample(
        "security-group-is-described",
        GROUP,
        changed(GROUP, "aws_security_group.service", description="Managed by Terraform"),
        says="no description",
    ),
    sample(
        "security-group-has-no-inline-rules",
        GROUP,
        changed(GROUP, "aws_security_group.service", egress=[{"protocol": "-1"}]),
        says="egress is written inline",
    ),
    sample(
        "security-group-has-no-inline-rules",
        GROUP,
        {"aws_security_group_rule.old": {"type": "ingress"}},
        says="old type",
    ),
    sample("security-group-rule-is-described", GROUP, changed(GROUP, _IN, description=""), at=_IN, says="description"),
    sample(
        "security-group-rule-has-one-peer",
        GROUP,
        changed(GROUP, _IN, cidr_ipv4="10.0.0.0/16"),
        at=_IN,
        says="names cidr_ipv4, referenced_security_group_id",
    ),
    sample("security-group-rule-has-one-peer", GROUP, changed(GROUP, _OUT, cidr_ipv4=None), at=_OUT, says="no peer"),
    sample(
        "internet-ingress-is-https-only",
        FROM_WORLD,
        changed(FROM_WORLD, _IN, from_port=22, to_port=22),
        at=_IN,
        says="tcp ports 22 to 22",
    ),
    sample(
        "internet-ingress-is-https-only",
        FROM_WORLD,
        changed(FROM_WORLD, _IN, cidr_ipv4=None, cidr_ipv6="::/0", from_port=0, to_port=443),
        at=_IN,
        says="tcp ports 0 to 443",
    ),
    sample("internet-ingress-is-listed", GROUP, FROM_WORLD, at=_IN, says="no exception lists it"),
    sample(
        "internet-egress-by-http-is-listed",
        GROUP,
        changed(GROUP, _OUT, from_port=80, to_port=80),
        at=_OUT,
        says="port 80 of the internet",
    ),
    sample(
        "internet-egress-is-https-only",
        GROUP,
        changed(GROUP, _OUT, ip_protocol="-1", from_port=None, to_port=None),
        at=_OUT,
        says="every port of every protocol",
    ),
)

SAMPLES = (*STACKS, *NETWORK, *SECURITY_GROUPS)
