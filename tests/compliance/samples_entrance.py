"""Samples for the rules on the entrance; each link in turn is in test_entrance.py."""

from __future__ import annotations

import json
from typing import Any

from tests.compliance.samples import backend, changed, reads, sample, stack, without

Resources = dict[str, dict[str, Any]]

_ENTRANCE = "load-balancer-has-an-entrance"
_TASKS = "listener-leads-to-tasks"
_BALANCER, _LISTENER = "aws_lb.web", "aws_lb_listener.https"
_INGRESS, _RECORD = "aws_vpc_security_group_ingress_rule.web", "aws_route53_record.web"

_RULE = {"ip_protocol": "tcp", "from_port": 443, "to_port": 443}
_FROM_DOMAIN = "${data.terraform_remote_state.domain.outputs"
_DOMAIN = stack(
    {
        "aws_route53_zone.zone": {"name": "example.com"},
        "aws_acm_certificate.web": {"domain_name": "example.com", "subject_alternative_names": ["*.example.com"]},
        "aws_acm_certificate_validation.web": {"certificate_arn": "${aws_acm_certificate.web.arn}"},
    },
    layer="domain",
    terraform=backend("domain"),
    output={
        "certificate": {"value": "${aws_acm_certificate_validation.web.certificate_arn}"},
        "zone": {"value": "${aws_route53_zone.zone.zone_id}"},
    },
)
WEB: Resources = {
    _BALANCER: {
        "internal": False,
        "subnets": ["${aws_subnet.a.id}"],
        "security_groups": ["${aws_security_group.web.id}"],
    },
    _LISTENER: {
        "load_balancer_arn": f"${{{_BALANCER}.arn}}",
        "protocol": "HTTPS",
        "port": 443,
        "certificate_arn": f"{_FROM_DOMAIN}.certificate}}",
        "default_action": {"type": "forward", "target_group_arn": "${aws_lb_target_group.web.arn}"},
    },
    "aws_security_group.web": {},
    _INGRESS: {**_RULE, "security_group_id": "${aws_security_group.web.id}", "cidr_ipv4": "0.0.0.0/0"},
    _RECORD: {
        "name": "www.example.com",
        "type": "A",
        "zone_id": f"{_FROM_DOMAIN}.zone}}",
        "alias": {"name": f"${{{_BALANCER}.dns_name}}", "zone_id": f"${{{_BALANCER}.zone_id}}"},
    },
    "aws_vpc.vpc": {},
    "aws_internet_gateway.gateway": {"vpc_id": "${aws_vpc.vpc.id}"},
    "aws_subnet.a": {"vpc_id": "${aws_vpc.vpc.id}"},
    "aws_route_table.a": {"vpc_id": "${aws_vpc.vpc.id}"},
    "aws_route_table_association.a": {"subnet_id": "${aws_subnet.a.id}", "route_table_id": "${aws_route_table.a.id}"},
    "aws_route.a": {
        "route_table_id": "${aws_route_table.a.id}",
        "destination_cidr_block": "0.0.0.0/0",
        "gateway_id": "${aws_internet_gateway.gateway.id}",
    },
}
TASKS: Resources = {
    **{address: WEB[address] for address in (_LISTENER, _BALANCER, "aws_security_group.web")},
    "aws_security_group.app": {},
    "aws_lb_target_group.web": {"port": 443},
    "aws_ecs_service.app": {
        "task_definition": "${aws_ecs_task_definition.app.arn}",
        "load_balancer": {
            "target_group_arn": "${aws_lb_target_group.web.arn}",
            "container_name": "app",
            "container_port": 443,
        },
        "network_configuration": {"security_groups": ["${aws_security_group.app.id}"]},
    },
    "aws_ecs_task_definition.app": {
        "container_definitions": json.dumps([{"name": "app", "portMappings": [{"containerPort": 443}]}]),
    },
    _INGRESS: {
        **_RULE,
        "security_group_id": "${aws_security_group.app.id}",
        "referenced_security_group_id": "${aws_security_group.web.id}",
    },
    "aws_vpc_security_group_egress_rule.web": {
        **_RULE,
        "security_group_id": "${aws_security_group.web.id}",
        "referenced_security_group_id": "${aws_security_group.app.id}",
    },
}

SAMPLES = (
    *(
        sample(_ENTRANCE, WEB, bad, at=at, says=says, others=(_DOMAIN,), data=reads("domain"))
        for bad, at, says in (
            (without(WEB, _LISTENER), _BALANCER, "has no HTTPS listener on port 443: add one"),
            (without(WEB, _INGRESS), _LISTENER, "no ingress rule of test-unit/aws_lb.web is for 0.0.0.0/0"),
            (changed(WEB, _RECORD, name="a.b.example.com"), _LISTENER, '"a.b.example.com" is not a name of the'),
            (changed(WEB, _RECORD, name="example.com", zone_id="x"), _LISTENER, "is not in a public zone"),
            (changed(WEB, _BALANCER, internal=True), _LISTENER, "no distribution has an origin that leads to"),
        )
    ),
    *(
        sample(_TASKS, TASKS, bad, at=_LISTENER, says=says)
        for bad, says in (
            (changed(TASKS, _LISTENER, default_action={"type": "fixed-response"}), "forwards nothing"),
            (changed(TASKS, "aws_lb_target_group.web", port=80), "has port 80, and test-unit/aws_ecs_service.app 443"),
            (without(TASKS, "aws_ecs_service.app"), "test-unit/aws_lb_target_group.web has no tasks"),
            (without(TASKS, _INGRESS), "no ingress rule on port 443 from test-unit/aws_lb.web"),
        )
    ),
)
