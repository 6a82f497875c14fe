"""What a tunnel runs with: a role that may open channels and nothing else, and a group that nobody lets in."""

from __future__ import annotations

import json
from typing import Any

from modules.network.connections import Port, SecurityGroup
from modules.service.data_source import TunnelEnd
from modules.service.tunnel import Tunnel
from tests.modules.service.parts import IMAGES, Parts, cluster_settings
from tests.template import LABEL, Template, statements


def template(*, shells: bool = False, internet: bool = False) -> Template:
    parts = Parts.make(cluster=cluster_settings(execute_command=shells))
    database = SecurityGroup(
        parts.stack, "db", label=LABEL, vpc=parts.vpc, name="postgres", description="DB", port=Port.tcp(5432)
    )
    tunnel = Tunnel(
        parts.stack,
        "tunnel",
        label=LABEL,
        vpc=parts.vpc,
        cluster=parts.cluster,
        image=IMAGES["placeholder"],
        architecture="ARM64",
        ends={"postgres": TunnelEnd(identifier="acme-postgres", connections=database.connections)},
        key=parts.key,
    )
    tunnel.allow_to_s3("pl-1")
    if internet:
        tunnel.allow_to_internet()
    return Template.of(parts.stack)


def rules(made: Template, direction: str) -> list[dict[str, Any]]:
    found = made.all(f"aws_vpc_security_group_{direction}_rule").items()
    return [rule for name, rule in found if name.startswith("tunnel") or "tunnel" in str(rule)]


def test_the_task_may_only_open_channels() -> None:
    policy = template().named("aws_iam_role_policy.tunnel_task-role_permissions")["policy"]
    (statement,) = statements(policy)
    assert all(action.startswith("ssmmessages:") for action in statement["Action"])
    assert len(statement["Action"]) == 4


def test_no_rule_lets_the_task_into_the_database() -> None:
    made = template()
    assert rules(made, "ingress") == []
    (out,) = [rule for rule in rules(made, "egress") if rule["from_port"] == 5432]
    assert "security-group" in out["referenced_security_group_id"] or "db" in out["referenced_security_group_id"]


def test_it_is_the_same_with_and_without_shells_in_the_services() -> None:
    with_shells, without = template(shells=True), template()
    for made in (with_shells, without):
        task = made.only("aws_ecs_task_definition")
        (container,) = json.loads(task["container_definitions"])
        assert (task["cpu"], task["memory"]) == ("256", "512")
        assert container["readonlyRootFilesystem"]
        assert container["user"] == "65534:65534"
        assert container["linuxParameters"]["capabilities"] == {"drop": ["ALL"]}
        assert {one["containerPath"] for one in container["mountPoints"]} == {
            "/managed-agents",
            "/var/lib/amazon/ssm",
            "/var/log/amazon/ssm",
        }
        assert container["image"] == IMAGES["placeholder"].uri


def test_the_container_names_the_group_of_the_task() -> None:
    (container,) = json.loads(template().only("aws_ecs_task_definition")["container_definitions"])
    values = {one["name"]: one["value"] for one in container["environment"]}
    assert values["SECURITY_GROUP"] == "${aws_security_group.tunnel_security-group_688BAB3F.id}"


def test_it_goes_out_to_the_internet_only_where_asked() -> None:
    assert not [rule for rule in rules(template(), "egress") if rule.get("cidr_ipv4")]
    assert [rule["cidr_ipv4"] for rule in rules(template(internet=True), "egress") if rule.get("cidr_ipv4")]
