"""A target group checks the health of the tasks, and its name allows a replacement."""

from __future__ import annotations

from typing import Any

import pytest

from tests.modules.service.parts import Parts, service_template
from tests.template import Template


def test_the_health_check_uses_the_path_and_protocol_of_the_service() -> None:
    group = service_template(health_path="/api/health", slow_start_seconds=30).only("aws_lb_target_group")
    assert (group["protocol"], group["port"], group["target_type"]) == ("HTTPS", 8443, "ip")
    check = group["health_check"]
    assert (check["path"], check["protocol"], check["matcher"]) == ("/api/health", "HTTPS", "200")
    assert group["slow_start"] == 30


@pytest.mark.parametrize("codes", ["204", "200-299", "200,301"])
def test_the_health_check_waits_for_the_codes_of_the_service(codes: str) -> None:
    check = service_template(health_codes=codes).only("aws_lb_target_group")["health_check"]
    assert check["matcher"] == codes


def test_a_target_groups_name_depends_on_its_port_and_is_short_enough() -> None:
    names = {service_template(port=port).only("aws_lb_target_group")["name"] for port in (3000, 3001)}
    assert len(names) == 2
    assert all(len(name) <= 32 for name in names)


def names(**changes: Any) -> set[str]:
    parts = Parts.make(strategy="blue_green")
    parts.service("a-service-with-a-long-name"[:20].rstrip("-"), **changes)
    return {group["name"] for group in Template.of(parts.stack).all("aws_lb_target_group").values()}


@pytest.mark.parametrize("changes", [{"port": 3000}, {"protocol": "HTTP"}])
def test_a_group_that_must_be_replaced_has_another_name(changes: dict[str, Any]) -> None:
    assert not names() & names(**changes)
    assert not names(port=3000) & names(port=3000, protocol="HTTP")
    assert names() == names(health_path="/other", drain_seconds=9, slow_start_seconds=30)


# Of aws_lb_target_group in the provider's source: changing one makes a new group.
# https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/elbv2/target_group.go
REPLACING = {"ip_address_type", "name", "name_prefix", "port", "protocol", "protocol_version", "target_type", "vpc_id"}


def test_every_replacing_argument_is_constant_in_the_name_or_of_the_vpc() -> None:
    group = service_template().only("aws_lb_target_group")
    constant = {"target_type": "ip", "protocol_version": "HTTP1"}
    assert {key: group[key] for key in constant} == constant
    assert REPLACING & set(group) == {"name", "port", "protocol", "vpc_id", *constant}


def test_names_of_existing_groups_stay() -> None:
    # Cut, with the hash of user-management-test-api-only-8443, as before the protocol was part of a name.
    assert service_template().only("aws_lb_target_group")["name"] == "user-management-test-api-f026a9"


@pytest.mark.parametrize(("strategy", "replaced"), [("rolling", False), ("blue_green", True)])
def test_what_cannot_be_given_new_groups_is_replaced_with_them(strategy: str, *, replaced: bool) -> None:
    parts = Parts.make(strategy=strategy)
    service = parts.service()
    template = Template.of(parts.stack)
    assert service.target is not None
    groups = {f"aws_lb_target_group.{name}.id" for name in template.all("aws_lb_target_group")}
    for rule in template.all("aws_lb_listener_rule").values():
        assert triggers(rule) == (groups if replaced else set())
    # A new rule forwards to the first color, whatever color the tasks of the service are in.
    rules = {f"aws_lb_listener_rule.{name}.id" for name in template.all("aws_lb_listener_rule")}
    assert len(rules) == (2 if replaced else 1)
    # ECS takes new groups, but none for a port that the pipeline's task definition does not have.
    ports = {f"aws_lb_target_group.{name}.port" for name in template.all("aws_lb_target_group")}
    assert triggers(template.only("aws_ecs_service")) == (groups | rules if replaced else ports)


def triggers(resource: dict[str, Any]) -> set[str]:
    return set(resource.get("lifecycle", {}).get("replace_triggered_by", ()))
