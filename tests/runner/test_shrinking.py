"""A network that loses subnets is applied after all that uses them; in any other case before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.outputs import backend, identity

if TYPE_CHECKING:
    from tests.runner.conftest import Project

ZONES = {"a": "subnet-a", "b": "subnet-b", "c": "subnet-c"}


def network(
    project: Project, *zones: str, applied: tuple[str, ...] = ("a", "b", "c"), outputs: tuple[str, ...] = ()
) -> None:
    """A network with these zones in its settings, and those that are applied."""
    subnets: dict[str, dict[str, object]] = {f"private-{zone}": {} for zone in zones}
    document = {
        "//": {"metadata": identity(layer="network", name="network")},
        "terraform": {
            "backend": {"s3": backend("network")},
            "required_providers": {"aws": {"source": "aws", "version": "5.100.0"}},
        },
        "provider": {"aws": [{"region": "us-east-1"}]},
        "resource": {"aws_subnet": subnets},
        "output": {name: {} for name in outputs},
    }
    project.stack("dev-network", document=document)
    gone = {f"aws_subnet.private-{zone}": {"id": ZONES[zone]} for zone in applied if zone not in zones}
    added = [f"aws_subnet.private-{zone}" for zone in zones if zone not in applied]
    state = {"resources": [resource("aws_subnet", f"private-{zone}", {"id": ZONES[zone]}) for zone in applied]}
    project.script(
        "dev-network",
        resources=["aws_vpc.main"],
        plan={"deletes": gone, "creates": added, "add": 1},
        pulled=json.dumps({**state, "outputs": {"vpc_id": {}}}),
    )


def resource(type_: str, name: str, attributes: dict[str, Any]) -> dict[str, Any]:
    return {"mode": "managed", "type": type_, "name": name, "instances": [{"attributes": attributes}]}


def service(project: Project, *zones: str, type_: str = "aws_lb", document: dict[str, Any] | None = None) -> None:
    """A service in these zones by its state."""
    project.stack("dev-service", "dev-network", document=document)
    inside = {"subnets": [ZONES[zone] for zone in zones]}
    project.script(
        "dev-service",
        resources=["x"],
        plan={"add": 1},
        pulled=json.dumps({"resources": [resource(type_, "web", inside)]}),
    )


def applied(project: Project) -> list[str]:
    return [call.split()[0] for call in project.calls(" apply")]


@pytest.mark.parametrize(
    ("zones", "inside", "order"),
    [
        (("a", "b"), ("a", "b", "c"), ["dev-service", "dev-network"]),
        (("a", "b", "c"), ("a", "b"), ["dev-network", "dev-service"]),
        (("a", "b"), ("a", "b"), ["dev-network", "dev-service"]),  # nothing is in what goes
    ],
)
def test_what_uses_a_subnet_that_goes_is_applied_before_it_goes(
    project: Project, zones: tuple[str, ...], inside: tuple[str, ...], order: list[str]
) -> None:
    network(project, *zones)
    service(project, *inside)
    project.run("apply", "--yes")
    # The fake state of the service stays as it is, so the network that waits for it is refused in the end.
    assert applied(project) == [one for one in order if one != "dev-network" or inside != ("a", "b", "c")]


def test_a_subnet_with_something_in_it_is_not_deleted(project: Project) -> None:
    network(project, "a", "b")
    service(project, "a", "c")
    code, _, err = project.run("apply", "--yes", "--layer", "network")
    assert code == 1
    assert "AWS deletes no subnet that something is in" in err
    assert "dev-service (aws_lb.web)" in err
    assert "Apply all layers at once, which takes what uses them first: make apply ENV=dev." in err
    assert applied(project) == []


def test_a_proxy_in_it_has_a_way_of_its_own(project: Project) -> None:
    network(project, "a", "b")
    service(project, "c", type_="aws_db_proxy")
    _, _, err = project.run("apply", "--yes", "--layer", "network")
    assert "take [postgres.proxy] out, apply, and put it back when the zone is gone" in err


def test_what_only_a_release_moves_does_not_stop_it(project: Project) -> None:
    """Terraform ignores where it runs, so the state says nothing about it."""
    ignoring = {"lifecycle": {"ignore_changes": ["network_configuration"]}}
    document = {
        "//": {"metadata": identity(layer="service", name="service")},
        "data": {"terraform_remote_state": {"input-dev-network": {"config": backend("network")}}},
        "terraform": {
            "backend": {"s3": backend("service")},
            "required_providers": {"aws": {"source": "aws", "version": "5.100.0"}},
        },
        "provider": {"aws": [{"region": "us-east-1"}]},
        "resource": {"aws_ecs_service": {"web": ignoring}},
    }
    network(project, "a", "b")
    service(project, "c", type_="aws_ecs_service", document=document)
    code, _, err = project.run("apply", "--yes")
    assert (code, applied(project)) == (0, ["dev-network", "dev-service"]), err


@pytest.mark.parametrize("outputs", [(), ("vpc_id",)])
def test_what_is_only_moved_does_not_go(project: Project, outputs: tuple[str, ...]) -> None:
    network(project, "a", "b", "c", outputs=outputs)
    service(project, "a", "b", "c")
    project.run("apply", "--yes")
    assert applied(project) == ["dev-network", "dev-service"]


def test_one_zone_for_another_takes_two_applies(project: Project) -> None:
    network(project, "a", "b", applied=("a", "c"), outputs=("subnet_b",))
    service(project, "a", "c")
    code, _, err = project.run("apply", "--yes")
    assert code == 2
    assert "dev-network loses subnets that are in use, and gets something new" in err
    assert "Two applies: put the zone, or its private_cidr, back into environments/dev.toml" in err
    assert applied(project) == []
