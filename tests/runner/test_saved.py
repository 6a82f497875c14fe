"""What is saved by one run is what another one applies, and nothing else."""

from __future__ import annotations

import json
import shutil
import stat
from typing import TYPE_CHECKING, Any

import pytest

from modules.security.audit_protection import _PERSONS_LAYERS
from runner.saved import PERSONS_LAYERS, fingerprint
from tests.runner.test_real_terraform import local, run, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.runner.conftest import Project


def content(address: str = "aws_vpc.main", after: str = "10.0.0.0/16", **others: Any) -> str:
    change = {"actions": ["update"], "before": {"cidr": "10.1.0.0/16"}, "after": {"cidr": after}}
    return json.dumps({"timestamp": "now", "resource_changes": [{"address": address, "change": change}], **others})


@pytest.fixture
def plans(dev: Project, tmp_path: Path) -> Path:
    """network and service have changes, and their plans are saved; then another machine has only these."""
    dev.script("dev-network", plan={"add": 1}, content=content(), resources=["aws_vpc.main"])
    dev.script("dev-service", plan={"add": 2}, content=content("aws_ecs_service.api"), resources=["aws_vpc.main"])
    folder = tmp_path / "plans"
    code, out, _ = dev.run("plan", "--save", str(folder))
    assert (code, "Plan of dev-network" in out) == (0, True)
    shutil.rmtree(dev.root / ".terraform-work")
    (dev.root / "fake" / "calls").unlink()
    return folder


def test_saved_plans_are_only_for_their_owner(plans: Path) -> None:
    assert stat.S_IMODE(plans.stat().st_mode) == 0o700
    stacks = ("dev-network", "dev-registry", "dev-service", "dev-state")
    expected = {f"{stack}.{end}" for stack in stacks for end in ("json", "plan")}
    assert {file.name for file in plans.iterdir()} == {*expected, "results.json"}


def test_what_a_refresh_found_is_saved_without_changes_too(dev: Project, tmp_path: Path) -> None:
    dev.script("dev-network", content='{"resource_drift": []}', resources=["aws_vpc.main"])
    assert dev.run("plan", "--save", str(tmp_path / "plans"))[0] == 0
    assert json.loads((tmp_path / "plans" / "dev-network.json").read_text()) == {"resource_drift": []}


def test_they_are_applied_as_they_are(dev: Project, plans: Path) -> None:
    code, out, _ = dev.run("apply", "--saved", str(plans), "--yes")
    assert (code, dev.calls("dev-network plan"), dev.calls("dev-registry plan")) == (0, [], [])
    assert dev.applied()[0] == f"dev-network {content()}"
    assert "dev-registry  no changes" in out


def test_a_stack_after_one_that_was_applied_is_planned_again_and_applied_if_it_is_the_same(
    dev: Project, plans: Path
) -> None:
    # When it was made is no difference.
    dev.script("dev-service", plan={"add": 2}, content=content("aws_ecs_service.api", timestamp="later"))
    code, _, _ = dev.run("apply", "--saved", str(plans), "--yes")
    assert code == 0
    assert len(dev.calls("dev-service plan")) == 1
    assert [line.split()[0] for line in dev.applied()] == ["dev-network", "dev-service"]


def test_what_is_not_the_same_any_more_is_not_applied(dev: Project, plans: Path) -> None:
    dev.script("dev-service", plan={"add": 2}, content=content("aws_ecs_service.api", after="0.0.0.0/0"))
    code, out, _ = dev.run("apply", "--saved", str(plans), "--yes")
    assert code == 2
    assert (
        "dev-service   is not what was approved, because dev-network was applied; it is planned by the next run" in out
    )
    assert [line.split()[0] for line in dev.applied()] == ["dev-network"]


def test_changes_that_nobody_saw_are_not_applied(dev: Project, tmp_path: Path) -> None:
    """The service has none until the network is applied."""
    dev.script("dev-network", plan={"add": 1}, content=content(), resources=["aws_vpc.main"])
    dev.script("dev-service", resources=["aws_vpc.main"])
    dev.run("plan", "--save", str(tmp_path / "plans"))
    dev.script("dev-service", plan={"add": 1}, content=content("aws_ecs_service.api"))
    code, out, _ = dev.run("apply", "--saved", str(tmp_path / "plans"), "--yes")
    assert (code, "dev-service   is not what was approved" in out) == (2, True)
    assert [line.split()[0] for line in dev.applied()] == ["dev-network"]


def test_a_stack_that_could_not_be_planned_is_left_to_the_next_run(dev: Project, tmp_path: Path) -> None:
    dev.script("dev-network", plan={"add": 1}, content=content())  # new: the service waits for it
    dev.run("plan", "--save", str(tmp_path / "plans"), "--parallel", "1")
    code, out, _ = dev.run("apply", "--saved", str(tmp_path / "plans"), "--yes")
    assert (code, "dev-service   was not planned; it is planned by the next run" in out) == (2, True)
    assert [line.split()[0] for line in dev.applied()] == ["dev-network"]


@pytest.mark.parametrize("layer", sorted(PERSONS_LAYERS))
def test_nothing_is_applied_while_a_person_must_apply_something(dev: Project, tmp_path: Path, layer: str) -> None:
    if layer != "state":
        dev.stack(f"dev-{layer}")
    dev.script(f"dev-{layer}", plan={"add": 1}, content=content(), resources=["x"])
    dev.script("dev-network", plan={"add": 1}, content=content(), resources=["x"])
    dev.run("plan", "--save", str(tmp_path / "plans"))
    code, _, err = dev.run("apply", "--saved", str(tmp_path / "plans"), "--yes")
    assert (code, dev.applied()) == (2, [])
    assert f"dev-{layer} has changes, and a person applies it, so nothing is applied." in err
    assert f"make apply ENV=dev LAYER={layer}" in err


def test_a_person_applies_what_a_pipeline_may_not() -> None:
    assert {layer.rstrip("*") for layer in _PERSONS_LAYERS} == PERSONS_LAYERS


def test_plans_of_other_stacks_are_refused(dev: Project, plans: Path) -> None:
    dev.stack("dev-edge")
    code, _, err = dev.run("apply", "--saved", str(plans), "--yes")
    assert (code, dev.applied()) == (2, [])
    assert "has not the plans of these stacks: dev-edge is only in one of them." in err
    assert "Plan and apply the same commit" in err


def test_without_plans_nothing_is_applied(dev: Project, plans: Path, tmp_path: Path) -> None:
    code, _, err = dev.run("apply", "--saved", str(tmp_path / "other"), "--yes")
    assert (code, f"There are no saved plans in {tmp_path / 'other'}." in err) == (2, True)
    (plans / "dev-network.plan").unlink()
    code, _, err = dev.run("apply", "--saved", str(plans), "--yes")
    assert (code, "has no plan of dev-network." in err) == (1, True)
    assert dev.applied() == []


def test_a_failed_plan_is_among_the_results(dev: Project, tmp_path: Path) -> None:
    dev.script("dev-network", plan={"error": {"summary": "AccessDenied"}})
    assert dev.run("plan", "--save", str(tmp_path / "plans"))[0] == 1
    results = json.loads((tmp_path / "plans" / "results.json").read_text())
    assert results["dev-network"]["status"] == "failed"


def test_plans_are_the_same_if_they_change_the_same_values_in_the_same_way() -> None:
    plan = json.loads(content())
    assert fingerprint(plan) == fingerprint(json.loads(content(timestamp="later", planned_values={})))
    assert fingerprint(plan) != fingerprint(json.loads(content(after="10.0.0.0/8")))
    assert fingerprint(plan) != fingerprint(json.loads(content(output_changes={"a": {"actions": ["create"]}})))


@pytest.mark.terraform
def test_terraform_applies_a_saved_plan_on_another_machine_and_only_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network = local(tmp_path, "network", resource={"terraform_data": {"vpc": {"input": "vpc-1"}}})
    out = write(tmp_path / "cdktf.out", {"dev-network": network})
    plans = str(tmp_path / "plans")
    assert run(out, "plan", "--save", plans) == 0
    shutil.rmtree(tmp_path / ".terraform-work")
    assert run(out, "apply", "--saved", plans, "--yes") == 0
    assert "vpc-1" in (tmp_path / "network.tfstate").read_text()
    capsys.readouterr()
    assert run(out, "apply", "--saved", plans, "--yes") == 1
    assert "Saved plan is stale" in capsys.readouterr().err
    assert run(out, "plan", "--detailed-exitcode") == 0
