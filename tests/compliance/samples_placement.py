"""Samples for the rules on zones and network ACLs."""

from __future__ import annotations

from typing import Any

from tests.compliance.samples import Sample, backend, changed, reads, sample, stack, without

Resources = dict[str, dict[str, Any]]

SUBNET: Resources = {"aws_subnet.database-az1": {"availability_zone_id": "use1-az1"}}
_NODE = "aws_docdb_cluster_instance.one"
NODE: Resources = {
    _NODE: {
        "availability_zone": "${aws_subnet.database-az1.availability_zone}",
        "lifecycle": {"ignore_changes": ["availability_zone"]},
    },
    **SUBNET,
}
PROXY: Resources = {
    "aws_db_proxy.proxy": {
        "vpc_subnet_ids": ["${data.terraform_remote_state.network.outputs.first}"],
        "lifecycle": {"ignore_changes": ["vpc_subnet_ids"]},
    }
}
SERVICE: Resources = {
    "aws_ecs_service.api": {
        "network_configuration": {"subnets": ["${data.terraform_remote_state.network.outputs.first}"]},
        "task_definition": "${aws_ecs_task_definition.api.arn}",
    },
    "aws_ecs_task_definition.api": {"runtime_platform": {"cpu_architecture": "ARM64"}},
}
ORIGIN: Resources = {
    "aws_cloudfront_vpc_origin.origin": {"vpc_origin_endpoint_config": [{"arn": "${aws_lb.web.arn}"}]},
    "aws_lb.web": {"internal": True, "subnets": ["${data.terraform_remote_state.network.outputs.first}"]},
}


def _in_zones(resources: Resources, good: str, bad: str, *, says: str) -> Sample:
    """The same resources over a subnet in another zone, in another stack."""
    network, other = (
        stack(
            {"aws_subnet.first": {"availability_zone_id": zone}},
            layer=layer,
            output={"first": {"value": "${aws_subnet.first.id}"}},
            terraform=backend(layer),
        )
        for zone, layer in ((good, "network"), (bad, "other"))
    )
    return Sample(
        rule="zone-offers-what-is-in-it",
        good=stack(resources, data=reads("network")),
        bad=stack(
            resources,
            data={"terraform_remote_state": {"network": reads("other")["terraform_remote_state"]["other"]}},
        ),
        at=next(iter(resources)),
        says=says,
        others=(network, other),
    )


CLUSTER = stack({"aws_docdb_cluster.documents": {}}, region="us-west-2")

PLACEMENT = (
    sample(
        "zone-is-the-same-in-every-account",
        SUBNET,
        {"aws_subnet.database-az1": {"availability_zone": "us-east-1a"}},
        says="availability_zone is the name us-east-1a",
    ),
    sample(
        "zone-is-the-same-in-every-account",
        SUBNET,
        {"aws_subnet.database-az1": {"cidr_block": "10.0.0.0/24"}},
        says="has no availability_zone_id",
    ),
    sample(
        "zone-is-the-same-in-every-account",
        NODE,
        changed(NODE, _NODE, availability_zone="us-east-1a"),
        says="refer to the subnet's zone",
    ),
    sample(
        "zone-is-the-same-in-every-account",
        NODE,
        {"aws_rds_cluster.old": {"availability_zones": ["us-east-1a"]}},
        says="availability_zones is the name",
    ),
    sample(
        "place-is-kept-when-zones-are-added",
        NODE,
        changed(NODE, _NODE, lifecycle={}),
        says="availability_zone forces a replacement",
    ),
    sample(
        "place-is-kept-when-zones-are-added",
        PROXY,
        changed(PROXY, "aws_db_proxy.proxy", lifecycle={"ignore_changes": ["tags"]}),
        says="vpc_subnet_ids forces a replacement",
    ),
    _in_zones(PROXY, "use1-az1", "use1-az3", says="use1-az3 has no RDS Proxy (https://"),
    _in_zones(SERVICE, "usw1-az1", "usw1-az2", says="usw1-az2 has no Fargate (https://"),
    _in_zones(SERVICE, "use1-az1", "use1-az3", says="use1-az3 has no Fargate for ARM64"),
    _in_zones(
        changed(SERVICE, "aws_ecs_task_definition.api", runtime_platform={"cpu_architecture": "X86_64"}),
        "use1-az3",
        "apne1-az3",
        says="apne1-az3 has no Fargate",
    ),
    _in_zones(ORIGIN, "cac1-az1", "cac1-az3", says="cac1-az3 has no VPC origins"),
    Sample(
        rule="zone-offers-what-is-in-it",
        good=CLUSTER,
        bad=stack({"aws_docdb_cluster.documents": {}}, region="us-west-1"),
        at="aws_docdb_cluster.documents",
        says="us-west-1 has no DocumentDB",
    ),
)

ACL: Resources = {
    "aws_network_acl_rule.in": {
        "network_acl_id": "${aws_network_acl.database.id}",
        "rule_action": "allow",
        "egress": False,
        "protocol": "tcp",
        "cidr_block": "10.0.10.0/24",
        "from_port": 5432,
        "to_port": 5432,
    },
    "aws_network_acl.database": {},
    "aws_network_acl_association.az1": {
        "network_acl_id": "${aws_network_acl.database.id}",
        "subnet_id": "${aws_subnet.database-az1.id}",
    },
    "aws_subnet.database-az1": {},
}
_RULE = "aws_network_acl_rule.in"
RESPONSES = changed(ACL, _RULE, from_port=1024, to_port=65535)
PATH_MTU = changed(ACL, _RULE, protocol="icmp", from_port=None, to_port=None)
PUBLIC: Resources = {**ACL, _RULE: {**ACL[_RULE], "cidr_block": "0.0.0.0/0", "from_port": 443, "to_port": 443}}
BALANCER: Resources = {"aws_lb.web": {"internal": False}}
MANY = {**without(ACL, _RULE), **{f"aws_network_acl_rule.in-{number}": ACL[_RULE] for number in range(20)}}

NETWORK_ACLS = (
    sample(
        "network-acl-fits-the-quota",
        without(MANY, "aws_network_acl_rule.in-0"),
        MANY,
        at="aws_network_acl.database",
        says="has 20 inbound rules",
    ),
    *(
        sample("database-network-acl-names-its-ports", good, changed(ACL, _RULE, **wrong), says="more than tcp")
        for good, wrong in (
            (ACL, {"protocol": "-1", "from_port": None, "to_port": None}),
            (RESPONSES, {"from_port": 0, "to_port": 65535}),
            (PATH_MTU, {"protocol": "udp"}),
            (ACL, {"from_port": 443, "to_port": 5432}),
        )
    ),
    sample(
        "network-acl-takes-requests-for-a-load-balancer-only",
        {**PUBLIC, **BALANCER},
        {**PUBLIC, "aws_lb.web": {"internal": True}},
        at=_RULE,
        says="no load balancer is public",
    ),
    sample(
        "network-acl-takes-requests-for-a-load-balancer-only",
        {**PUBLIC, **BALANCER},
        changed(PUBLIC, _RULE, protocol="-1", cidr_block=None, ipv6_cidr_block="::/0", from_port=None, to_port=None),
        at=_RULE,
        says="no load balancer is public",
    ),
)

SAMPLES = (*PLACEMENT, *NETWORK_ACLS)
