"""Which groups can connect, in every committed environment and in samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from compliance.reachability import connections
from synthesis.manifest import read_stacks
from tests.compliance.samples import stack

if TYPE_CHECKING:
    from pathlib import Path

    from config.environment import Environment

INTO, OUT = "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"


def of_functions(config: Environment) -> set[str]:
    """The functions that make the roles of the databases connect to them, and call AWS."""
    found = {"postgres-roles -> postgres tcp 5432", "documentdb-roles -> documentdb tcp 27017"}
    for function in ("postgres-roles", "documentdb-roles"):
        found.add(f"{function} -> internet tcp 443")
        if not config.edge:
            found.add(f"{function} -> load-balancer tcp 443")
    return found


def of_the_tunnel(config: Environment) -> set[str]:
    """Its task reaches Session Manager; a database lets it in only while somebody uses it."""
    if not (config.has_tunnel and config.tunnel_needs_internet):
        return set()
    found = {"tunnel-into-databases -> internet tcp 443"}
    return found if config.edge else found | {"tunnel-into-databases -> load-balancer tcp 443"}


def expected(config: Environment) -> set[str]:
    """Internet to balancer, balancer to tasks, whoever says so to databases, out to HTTPS; and nothing else."""
    found = of_functions(config) | of_the_tunnel(config)
    has_proxy = config.postgres is not None and config.postgres.proxy is not None
    for name, service in config.services.items():
        if service.is_load_balanced:
            found.add(f"load-balancer -> {name} tcp {service.port}")
        if config.network.nat_gateways != "none":
            found.add(f"{name} -> internet tcp 443")
            if not config.edge:
                # Through the internet, as everybody.
                found.add(f"{name} -> load-balancer tcp 443")
        if "documentdb" in service.databases:
            found.add(f"{name} -> documentdb tcp 27017")
        if "postgres" in service.databases:
            found.add(f"{name} -> {'postgres-proxy' if has_proxy else 'postgres'} tcp 5432")
    if has_proxy:
        found |= {"postgres-proxy -> postgres tcp 5432", "postgres-roles -> postgres-proxy tcp 5432"}
    if config.deployment.strategy == "blue_green":
        # The smoke test of a new version, which reports to CodeDeploy.
        found |= {f"smoke-test -> load-balancer tcp {config.deployment.test_port}", "smoke-test -> internet tcp 443"}
    if config.edge:
        found.add("CloudFront-VPCOrigins-Service-SG -> load-balancer tcp 443")
    else:
        found |= {"internet -> load-balancer tcp 80", "internet -> load-balancer tcp 443"}
    return found


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_the_connections_are_those_of_the_design(
    output: Path, environments: dict[str, Environment], environment: str
) -> None:
    config = environments[environment]
    layers = {"network", "data", "service"}
    stacks = [s for s in read_stacks(output).values() if s.environment == environment and s.layer in layers]
    assert set(map(str, connections(stacks))) == expected(config)


def test_only_the_backend_uses_databases(environments: dict[str, Environment]) -> None:
    for config in environments.values():
        assert {name for name, service in config.services.items() if service.databases} == {"backend"}


def rule(group: str, **peer: Any) -> dict[str, Any]:
    reference = f"${{aws_security_group.{group}.id}}"
    return {"security_group_id": reference, "ip_protocol": "tcp", "from_port": 443, "to_port": 443, **peer}


def groups(**rules: dict[str, Any]) -> list[str]:
    resources: dict[str, dict[str, Any]] = {
        f"aws_security_group.{name}": {"tags": {"Name": f"acme-test-{name}"}} for name in ("one", "two")
    }
    resources |= {f"{INTO if name.startswith('into') else OUT}.{name}": value for name, value in rules.items()}
    return list(map(str, connections([stack(resources)])))


TWO = {"referenced_security_group_id": "${aws_security_group.two.id}"}
ONE = {"referenced_security_group_id": "${aws_security_group.one.id}"}


def test_a_connection_needs_a_rule_on_both_sides() -> None:
    assert groups(out=rule("one", **TWO)) == []
    assert groups(into=rule("two", **ONE)) == []
    assert groups(out=rule("one", **TWO), into=rule("two", **ONE)) == ["one -> two tcp 443"]


def test_ports_must_overlap() -> None:
    narrow = rule("two", **ONE) | {"from_port": 8000, "to_port": 9000}
    assert groups(out=rule("one", **TWO), into=narrow) == []
    wide = rule("one", **TWO) | {"from_port": 8443, "to_port": 65_535}
    assert groups(out=wide, into=narrow) == ["one -> two tcp 8443-9000"]


def test_a_rule_for_every_protocol_matches_all_of_them() -> None:
    every = {"security_group_id": "${aws_security_group.one.id}", "ip_protocol": "-1", "cidr_ipv4": "10.0.0.0/8"}
    assert groups(out=every, into=rule("two", **ONE)) == ["one -> two tcp 443"]


@pytest.mark.parametrize("cidr", [{"cidr_ipv4": "0.0.0.0/0"}, {"cidr_ipv4": "8.0.0.0/8"}, {"cidr_ipv6": "::/0"}])
def test_public_addresses_are_the_internet(cidr: dict[str, str]) -> None:
    assert groups(into=rule("one", **cidr)) == ["internet -> one tcp 443"]
    assert groups(out=rule("one", **cidr)) == ["one -> internet tcp 443"]


def test_private_addresses_and_aws_services_are_not() -> None:
    assert groups(into=rule("one", cidr_ipv4="10.0.10.0/24")) == []
    assert groups(out=rule("one", prefix_list_id="pl-1")) == []


def test_a_group_that_aws_manages_needs_no_rule_of_its_own() -> None:
    resources = {
        "aws_security_group.one": {"tags": {"Name": "acme-test-one"}},
        f"{INTO}.cloudfront": rule("one", referenced_security_group_id="${data.aws_security_group.origins.id}"),
    }
    data = {"aws_security_group": {"origins": {"name": "CloudFront-Group"}}}
    assert list(map(str, connections([stack(resources, data=data)]))) == ["CloudFront-Group -> one tcp 443"]


def test_a_value_that_is_not_a_reference_is_refused() -> None:
    with pytest.raises(ValueError, match="test-unit: sg-1 is not a reference to a resource"):
        groups(into=rule("one") | {"security_group_id": "sg-1"})
