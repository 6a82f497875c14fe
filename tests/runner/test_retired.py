"""A layer that was applied and is no longer synthesized."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.outputs import backend, identity

if TYPE_CHECKING:
    from tests.runner.conftest import Project


def document(layer: str, *, alias: str = "", protected: bool = False) -> dict[str, Any]:
    provider = {"region": "us-east-1", **({"alias": alias} if alias else {})}
    return {
        "//": {"metadata": identity(layer=layer, name=layer, protect_data=protected)},
        "provider": {"aws": [provider]},
        "terraform": {
            "backend": {"s3": backend(layer)},
            "required_providers": {"aws": {"source": "aws", "version": "5.100.0"}},
        },
    }


@pytest.fixture
def dev(project: Project) -> Project:
    """`security` was switched off after it was applied."""
    project.stack("dev-state", document=document("state"))
    project.stack("dev-network", document=document("network", alias="edge"))
    project.script("dev-state", resources=["aws_s3_bucket.state"])
    project.script("dev-state-objects", workspaces=["network", "security", "state"])
    project.script("dev-security", resources=["aws_cloudtrail.audit"])
    return project


@pytest.mark.parametrize("action", [("plan",), ("apply", "--yes")])
def test_plan_and_apply_report_what_still_exists(dev: Project, action: tuple[str, ...]) -> None:
    code, out, _ = dev.run(*action)
    assert code == 0
    assert "dev-security is switched off, but its resources still exist." in out
    assert "make destroy ENV=dev LAYER=security" in out


def test_nothing_is_reported_if_nothing_is_left(dev: Project) -> None:
    dev.script("dev-security", resources=[])
    assert "switched off" not in dev.run("plan")[1]


def test_a_plan_of_one_layer_does_not_look(dev: Project) -> None:
    assert "switched off" not in dev.run("plan", "--layer", "network")[1]
    assert dev.calls("workspace") == []


def test_it_is_destroyed_by_its_name(dev: Project) -> None:
    code, out, _ = dev.run("destroy", "--layer", "security", "--yes")
    assert code == 0
    assert "dev-security" in out
    assert dev.calls("apply") == ["dev-security apply"]


def test_it_is_destroyed_with_every_provider_of_the_environment_and_without_resources(dev: Project) -> None:
    dev.run("destroy", "--layer", "security", "--yes")
    written = json.loads((dev.root / ".terraform-work/dev-security/config/cdk.tf.json").read_text())
    assert written["provider"]["aws"] == [{"region": "us-east-1"}, {"region": "us-east-1", "alias": "edge"}]
    assert written["terraform"]["backend"]["s3"] == {"bucket": "the-bucket", "key": "security/terraform.tfstate"}
    assert "resource" not in written


def test_it_is_destroyed_in_the_region_where_its_resources_are(dev: Project) -> None:
    arn = "arn:aws:acm:eu-west-1:111111111111:certificate/1"
    dev.script("dev-security", resources=["aws_acm_certificate.viewer"], arn=arn)
    assert dev.run("destroy", "--layer", "security", "--yes")[0] == 0
    written = json.loads((dev.root / ".terraform-work/dev-security/config/cdk.tf.json").read_text())
    main, _ = written["provider"]["aws"]
    assert main == {"region": "eu-west-1"}


def test_a_whole_environment_includes_it_and_destroys_it_before_what_it_may_have_used(dev: Project) -> None:
    dev.script("dev-network", resources=["aws_vpc.main"])
    assert dev.run("destroy", "--yes")[0] == 0
    order = [call.split()[0] for call in dev.calls("apply")]
    assert order == ["dev-security", "dev-network", "dev-state"]


def test_it_is_destroyed_after_what_used_it_when_that_was_applied(dev: Project) -> None:
    dev.stack("dev-service", "dev-network")
    dev.script("dev-network", resources=["aws_vpc.main"])
    dev.script("dev-service", resources=["aws_ecs_service.api"], reads=["network", "security"])
    dev.script("dev-state-objects", workspaces=["data", "network", "security", "service", "state"])
    dev.script("dev-data", resources=["aws_kms_key.data"], reads=["security"])
    assert dev.run("destroy", "--yes", "--parallel", "1")[0] == 0
    order = [call.split()[0] for call in dev.calls("apply")]
    assert order == ["dev-data", "dev-service", "dev-security", "dev-network", "dev-state"]


def test_it_is_not_destroyed_while_a_layer_that_used_it_is_still_there(dev: Project) -> None:
    dev.script("dev-network", resources=["aws_vpc.main"], reads=["security"])
    code, _, err = dev.run("destroy", "--layer", "security", "--yes")
    assert code != 0
    assert "dev-security is still in use by dev-network." in err
    assert dev.calls("apply") == []


def test_the_state_is_not_destroyed_before_it(dev: Project) -> None:
    code, _, err = dev.run("destroy", "--layer", "state", "--yes")
    assert code != 0
    assert "dev-state is still in use by dev-security." in err
    assert "make destroy ENV=dev LAYER=security" in err
    assert dev.calls("apply") == []


def test_what_was_applied_is_reported_even_if_the_bucket_cannot_be_listed(dev: Project) -> None:
    dev.script("dev-state-objects", workspace={"error": {"summary": "AccessDenied", "detail": "s3:ListBucket"}})
    dev.script("dev-network", plan={"add": 1})
    code, out, _ = dev.run("apply", "--yes")
    assert code == 0
    assert "dev-network  applied" in out
    assert "Cannot check whether a layer that is switched off still has resources: Error: AccessDenied" in out


def test_unlocking_a_synthesized_layer_needs_no_listing(dev: Project) -> None:
    assert dev.run("unlock", "--layer", "network", "--lock-id", "1")[0] == 0
    assert dev.calls("workspace") == []


@pytest.mark.parametrize("about", [("--layer", "security"), ()])
def test_in_a_protected_environment_it_stays(project: Project, about: tuple[str, ...]) -> None:
    project.stack("dev-state", document=document("state", protected=True))
    project.script("dev-state-objects", workspaces=["security", "state"])
    code, _, err = project.run("destroy", *about, "--yes")
    assert code != 0
    assert "`protect_data` is true, so dev-security cannot be destroyed" in err
    assert "switch the layer on again" in err


def test_its_lock_can_be_released(dev: Project) -> None:
    assert dev.run("unlock", "--layer", "security", "--lock-id", "1")[0] == 0
    assert dev.calls("force-unlock") == ["dev-security force-unlock"]


def test_an_unknown_layer_is_reported_with_those_that_exist(dev: Project) -> None:
    code, _, err = dev.run("destroy", "--layer", "secrity", "--yes")
    assert code != 0
    assert "This environment has no layer 'secrity'." in err
    assert "state, network, security" in err


def test_nothing_is_destroyed_while_the_bucket_cannot_be_read(dev: Project) -> None:
    dev.script("dev-state-objects", workspace={"error": {"summary": "AccessDenied", "detail": "s3:ListBucket"}})
    code, _, err = dev.run("destroy", "--yes")
    assert code == 1
    assert "AccessDenied" in err
    assert dev.calls("apply") == []
