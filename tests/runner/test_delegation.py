"""No apply waits for a certificate that ACM cannot issue, and none takes it from the layers that use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from runner import delegation
from runner.name_servers import Delegation
from tests.outputs import backend, identity

if TYPE_CHECKING:
    from tests.runner.conftest import Project

VALIDATION = "aws_acm_certificate_validation.certificate"
ZONE = "aws_route53_zone.zone"
OWN = ("ns-1.awsdns-00.com", "ns-2.awsdns-00.net")


def add_stack(project: Project, layer: str, *needs: str, **about: Any) -> None:
    """Add a stack with a zone, as the layers `domain` and `edge` are."""
    left_out = about.pop("left_out", [])
    read = {f"input-dev-{need}": {"config": backend(need)} for need in needs}
    document = {
        "//": {"metadata": identity(layer=layer, name=layer, zone_name="users.example.com", left_out=left_out)},
        "data": {"terraform_remote_state": read},
        "provider": {"aws": [{"region": "us-east-1"}]},
        "terraform": {
            "backend": {"s3": backend(layer)},
            "required_providers": {"aws": {"source": "aws", "version": "5.100.0"}},
        },
        **about,
    }
    project.stack(f"dev-{layer}", *(f"dev-{need}" for need in needs), document=document)


@pytest.fixture
def dev(project: Project) -> Project:
    """The zone is there, its certificate is not; `network` has nothing to do with it, and `service` needs it."""
    project.stack("dev-state")
    add_stack(project, "domain")
    project.stack("dev-network")
    project.stack("dev-service", "dev-domain")
    project.script("dev-domain", resources=[ZONE], plan={"creates": [VALIDATION]}, outputs={"name_servers": list(OWN)})
    project.script("dev-network", plan={"creates": ["aws_vpc.main"]})
    return project


def answering(monkeypatch: pytest.MonkeyPatch, *name_servers: str, failure: str = "") -> list[str]:
    """Let DNS answer this; returns the zones that are asked for."""
    asked: list[str] = []

    def look_up(zone_name: str) -> Delegation:
        asked.append(zone_name)
        return Delegation(name_servers=frozenset(name_servers), failure=failure)

    monkeypatch.setattr(delegation, "look_up_delegation", look_up)
    return asked


def test_a_delegated_zone_gets_its_certificate(dev: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    assert answering(monkeypatch, *OWN) == []
    assert dev.run("apply", "--yes")[0] == 0
    assert "dev-domain apply" in dev.calls(" apply")


@pytest.mark.parametrize(
    ("seen", "has"),
    [
        ((), "has no name servers for it"),
        (("ns-9.awsdns-01.org",), "has the name servers ns-9.awsdns-01.org for it"),
        ((OWN[0], "ns-9.awsdns-01.org"), f"has the name servers {OWN[0]}, ns-9.awsdns-01.org for it"),
    ],
)
def test_a_zone_that_is_not_delegated_stops_its_stack_at_once(
    dev: Project, monkeypatch: pytest.MonkeyPatch, seen: tuple[str, ...], has: str
) -> None:
    assert answering(monkeypatch, *seen) == []
    code, out, err = dev.run("apply", "--yes")
    assert code == 2
    assert f"dev-domain: resolvers do not find the zone users.example.com: its parent domain {has}, so no" in err
    servers = f"with exactly these name servers: {' '.join(OWN)}"
    assert f"In the zone of example.com, make an NS record users.example.com {servers}\n" in err
    assert "waits for the delegation of users.example.com" in out
    assert "First do or apply what the stacks above wait for, then repeat." in out
    assert dev.calls(" apply") == ["dev-network apply"]


def test_a_zone_that_the_same_plan_creates_cannot_be_delegated(dev: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering(monkeypatch, *OWN)
    dev.script("dev-domain", plan={"creates": [ZONE, VALIDATION]})
    code, _, err = dev.run("apply", "--yes")
    assert (code, asked) == (2, [])
    assert "the zone users.example.com does not exist yet" in err
    assert "Set `delegated = false` in [domain] of environments/dev.toml and run `make apply ENV=dev`" in err


def test_a_network_without_dns_does_not_stop_the_apply(dev: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    assert answering(monkeypatch, failure="no answer") == []
    code, _, err = dev.run("apply", "--yes")
    assert code == 0
    assert "could not look whether users.example.com is delegated (no answer)" in err


def test_the_check_can_be_left_out(dev: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering(monkeypatch)
    assert dev.run("apply", "--yes", "--skip-delegation-check")[0] == 0
    assert asked == []


def test_dns_is_not_asked_if_no_certificate_is_validated(dev: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering(monkeypatch)
    dev.script("dev-domain", plan={"creates": [ZONE, "aws_acm_certificate.certificate"]})
    assert dev.run("apply", "--yes")[0] == 0
    assert dev.run("plan")[0] == 0
    assert asked == []


def test_of_a_zone_of_another_stack_any_name_server_will_do(dev: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    add_stack(dev, "edge", "domain")
    dev.script("dev-domain", resources=[ZONE])
    dev.script("dev-edge", plan={"creates": [VALIDATION]})
    asked = answering(monkeypatch, "ns-1.example.org")
    assert dev.run("apply", "--yes")[0] == 0
    assert asked == ["users.example.com"]
    assert "dev-edge apply" in dev.calls(" apply")


def test_what_a_person_must_do_next_is_printed_after_the_apply(project: Project) -> None:
    project.stack("dev-state")
    add_stack(project, "domain", left_out=["service"], output={"next_step": {"value": "${x}"}})
    project.script("dev-domain", plan={"creates": [ZONE]}, outputs={"next_step": "Once: make an NS record"})
    code, _, err = project.run("apply", "--yes")
    assert code == 0
    assert "dev-domain: Once: make an NS record" in err
    project.script("dev-domain", resources=[ZONE], outputs={"next_step": "Once: make an NS record"})
    assert "dev-domain: Once: make an NS record" in project.run("apply", "--yes")[2]  # nothing changes any more


def test_a_layer_that_is_left_out_cannot_be_applied_alone(project: Project) -> None:
    project.stack("dev-state")
    add_stack(project, "domain", left_out=["service"])
    code, _, err = project.run("apply", "--yes", "--layer", "service")
    assert code == 2
    assert "The layer 'service' is left out, because `delegated = false` in [domain]." in err


def test_a_certificate_that_was_not_issued_is_explained(dev: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, *OWN)
    error = {"summary": "waiting for ACM Certificate (arn:aws:acm:us-east-1:1:certificate/1) to be issued: timeout"}
    dev.script("dev-domain", resources=[ZONE], plan={"creates": [VALIDATION]}, apply={"error": error})
    code, _, err = dev.run("apply", "--yes", "--layer", "domain")
    assert code == 1
    assert "Resolvers do not find the validation records, or a CAA record does not allow Amazon." in err
    assert "`dig +short NS users.example.com`" in err


@pytest.fixture
def withdrawn(project: Project) -> Project:
    """`delegated` is false again after everything was applied."""
    project.stack("dev-state")
    add_stack(project, "domain", left_out=["service", "edge"])
    project.script("dev-state", resources=["aws_s3_bucket.state"])
    project.script("dev-state-objects", workspaces=["domain", "edge", "service", "state"])
    project.script("dev-service", resources=["aws_lb.web"])
    project.script("dev-domain", resources=[VALIDATION], plan={"deletes": {VALIDATION: {}}})
    return project


@pytest.mark.parametrize("action", [("plan",), ("apply", "--yes")])
def test_the_certificate_of_applied_layers_is_not_deleted(withdrawn: Project, action: tuple[str, ...]) -> None:
    code, _, err = withdrawn.run(*action)
    assert code == 1
    assert "would delete the certificate that dev-service needs." in err
    assert "Set `delegated = true` in environments/dev.toml." in err
    assert "`make destroy ENV=dev LAYER=edge`, `make destroy ENV=dev LAYER=service`" in err
    assert withdrawn.calls(" apply") == []


def test_a_certificate_that_no_layer_uses_may_be_deleted(withdrawn: Project) -> None:
    withdrawn.script("dev-service", resources=[])
    assert withdrawn.run("apply", "--yes")[0] == 0
    assert withdrawn.calls(" apply") == ["dev-domain apply"]


def test_an_applied_layer_that_is_left_out_is_not_to_be_destroyed(withdrawn: Project) -> None:
    withdrawn.script("dev-domain", resources=[ZONE])
    code, out, _ = withdrawn.run("plan")
    assert code == 0
    assert "dev-service is left out because of `delegated = false` in [domain], but it is applied." in out
    assert "set `delegated = true` in environments/dev.toml" in out
    assert "make destroy" not in out


def test_a_destroy_of_the_environment_includes_what_is_left_out(withdrawn: Project) -> None:
    withdrawn.script("dev-domain", resources=[ZONE])
    assert withdrawn.run("destroy", "--yes")[0] == 0
    assert [call.split()[0] for call in withdrawn.calls(" apply")] == ["dev-service", "dev-domain", "dev-state"]
