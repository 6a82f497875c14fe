from __future__ import annotations

import fcntl
import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.runner.conftest import Project

NO_BUCKET = {
    "summary": 'Failed to get existing workspaces: S3 bucket "the-bucket" does not exist.',
    "detail": "NoSuchBucket",
}
NO_REMOTE_STATE = {
    "summary": "Unable to find remote state",
    "detail": "No stored state was found for the given workspace in the given backend.",
    "address": "data.terraform_remote_state.input-dev-network",
}
NO_OUTPUT = {
    "summary": "Unsupported attribute",
    "detail": 'This object does not have an attribute named "vpc".',
    "snippet": {"code": '"vpc_id": "${data.terraform_remote_state.input-dev-network.outputs.vpc}"'},
}


def test_plan_shows_changes_only_and_one_line_per_stack(dev: Project) -> None:
    dev.script("dev-network", plan={"add": 3}, resources=["aws_vpc.main"])
    code, out, _ = dev.run("plan")
    assert code == 0
    assert re.findall("Plan of (.*)", out) == ["dev-network"]
    assert "dev-network      3 to add    0 to change    0 to destroy\n" in out
    assert "dev-service   no changes\n" in out
    assert "To apply: make apply ENV=dev" in out


def test_plan_can_report_changes_by_its_exit_code(dev: Project) -> None:
    assert dev.run("plan", "--detailed-exitcode")[0] == 0
    dev.script("dev-network", plan={"add": 1})
    assert dev.run("plan", "--detailed-exitcode")[0] == 2


def test_plan_of_a_consumer_waits_for_a_producer_that_is_new(dev: Project) -> None:
    dev.script("dev-network", plan={"add": 1})
    code, out, _ = dev.run("plan", "--parallel", "1")
    assert code == 0
    assert "dev-service   waits for dev-network, apply that first\n" in out
    assert dev.calls("dev-service") == []


def test_a_plan_does_not_wait_for_the_plan_of_its_producer(dev: Project) -> None:
    dev.script("dev-network", plan={"seconds": 2, "error": {"summary": "AccessDenied"}})
    assert dev.run("plan", "--parallel", "4")[0] == 1
    assert dev.calls("dev-service plan")


@pytest.mark.parametrize("error", [NO_REMOTE_STATE, NO_OUTPUT])
def test_a_layer_without_its_producer_waits(dev: Project, error: dict[str, object]) -> None:
    dev.script("dev-service", plan={"error": error})
    code, out, _ = dev.run("plan", "--layer", "service")
    assert code == 0
    assert "waits for dev-network, apply that first" in out
    code, out, _ = dev.run("apply", "--layer", "service", "--yes")
    assert code == 2
    assert "waits for dev-network, apply that first" in out


def test_before_the_bootstrap_everything_waits_for_it(dev: Project) -> None:
    for id_ in ("dev-state", "dev-network", "dev-registry"):
        dev.script(id_, init={"error": NO_BUCKET})
    _, out, _ = dev.run("plan")
    assert "dev-state     does not exist yet, run `make bootstrap ENV=dev` first" in out
    assert "dev-network   waits for dev-state, run `make bootstrap ENV=dev` first" in out
    assert dev.run("apply", "--yes")[0] == 2
    assert dev.calls("apply") == []


def test_apply_goes_in_order_and_applies_only_what_changes(dev: Project) -> None:
    dev.script("dev-network", plan={"add": 2})
    dev.script("dev-service", plan={"add": 1})
    code, out, _ = dev.run("apply", "--yes")
    assert code == 0
    assert dev.calls(" apply") == ["dev-network apply", "dev-service apply"]
    assert re.search(r"dev-network +applied +2 +0 +0 +\d+\n", out)
    assert re.search(r"dev-registry +no changes +0 +0 +0 +\d+\n", out)


def test_the_first_failure_stops_what_has_not_started(dev: Project) -> None:
    error = {
        "summary": "creating EC2 VPC: VpcLimitExceeded",
        "detail": "Too many.",
        "address": "aws_vpc.main",
    }
    dev.script("dev-network", plan={"add": 1}, apply={"error": error})
    code, out, err = dev.run("apply", "--yes", "--parallel", "1")
    assert code == 1
    assert "Error: creating EC2 VPC: VpcLimitExceeded\n  with aws_vpc.main\n\n  Too many." in err
    assert f"{dev.root}/.terraform-work/dev-network/terraform.log" in err
    assert re.search(r"dev-network +failed +- ", out)
    assert re.search(r"dev-service +not started", out)
    assert "make apply ENV=dev. It continues from where it stopped." in out


def test_unlock_passes_the_id_on(dev: Project) -> None:
    code, out, _ = dev.run("unlock", "--layer", "network", "--lock-id", "8be6ff10-ab68")
    assert code == 0
    assert "dev-network is unlocked." in out
    assert dev.calls() == ["dev-network init", "dev-network force-unlock"]


@pytest.mark.parametrize("action", ["apply", "destroy", "bootstrap"])
def test_an_action_that_changes_resources_needs_a_terminal_or_yes(dev: Project, action: str) -> None:
    code, _, err = dev.run(action)
    assert code == 2
    assert "add --yes" in err
    assert dev.calls() == []


def test_a_protected_environment_is_not_destroyed(project: Project) -> None:
    project.stack("prod-state", environment="prod", protected=True)
    code, _, err = project.run("destroy", "--yes", env="prod")
    assert code == 2
    assert "set `protect_data = false` in environments/prod.toml, run `make apply ENV=prod`" in err
    assert project.calls("apply") == []


def created_by_killed_apply(dev: Project, layer: str, **ids: str) -> None:
    folder = dev.root / ".terraform-work" / f"dev-{layer}"
    folder.mkdir(parents=True)
    (folder / "made.json").write_text(json.dumps({f"aws_vpc.{name}": id_ for name, id_ in ids.items()}))
    path = dev.out / "stacks" / f"dev-{layer}" / "cdk.tf.json"
    document = json.loads(path.read_text())
    path.write_text(json.dumps({**document, "resource": {"aws_vpc": {name: {} for name in ids}}}))


def test_destroy_does_not_forget_what_a_killed_apply_created(dev: Project) -> None:
    created_by_killed_apply(dev, "network", main="vpc-1")
    code, _, err = dev.run("destroy", "--yes")
    assert code == 1
    assert "An apply of dev-network was killed, and the state lacks what it created: aws_vpc.main." in err
    assert "make apply ENV=dev LAYER=network" in err
    assert dev.calls("apply") == []
    assert (dev.root / ".terraform-work/dev-network/made.json").exists()


def test_what_is_already_in_the_state_is_not_adopted_again(dev: Project) -> None:
    created_by_killed_apply(dev, "network", main="vpc-1")
    dev.script("dev-network", resources=["aws_vpc.main"])
    assert "adopting" not in dev.run("plan", "--layer", "network")[2]
    assert not (dev.root / ".terraform-work/dev-network/made.json").exists()


def test_a_second_run_in_the_same_folder_is_refused_and_keeps_the_plan_of_the_first(dev: Project) -> None:
    folder = dev.root / ".terraform-work/dev-network"
    folder.mkdir(parents=True)
    (folder / "plan").write_text("to be confirmed")
    with (folder / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        code, _, err = dev.run("plan", "--layer", "network")
    assert code == 1
    assert "Another run is using dev-network in this folder." in err
    assert (folder / "plan").exists()


def test_a_terraform_that_outlived_its_run_keeps_its_folder(dev: Project) -> None:
    config = dev.root / ".terraform-work/dev-network/config"
    config.mkdir(parents=True)
    (config / "lambda.zip").touch()
    sleeps = [sys.executable, "-c", "import sys; sys.stdin.read()", f"-chdir={config.resolve()}"]
    with subprocess.Popen(sleeps, stdin=subprocess.PIPE) as orphan:
        code, _, err = dev.run("apply", "--layer", "network", "--yes")
        assert orphan.stdin
        orphan.stdin.close()
    assert code == 1
    assert "A Terraform process of a killed run is still working on dev-network." in err
    assert f"process {orphan.pid}" in err
    assert (config / "lambda.zip").exists()


def test_a_missing_bucket_of_a_resource_is_not_taken_for_the_state_bucket(dev: Project) -> None:
    dev.script("dev-network", plan={"add": 1}, apply={"error": {**NO_BUCKET, "address": "aws_s3_bucket_versioning.a"}})
    code, _, err = dev.run("apply", "--layer", "network", "--yes")
    assert code == 1
    assert "with aws_s3_bucket_versioning.a" in err
    assert "bootstrap" not in err


def test_a_plan_that_waits_is_not_reported_as_no_changes(dev: Project) -> None:
    dev.script("dev-service", plan={"error": NO_REMOTE_STATE})
    assert dev.run("plan", "--detailed-exitcode")[0] == 2


def test_destroy_goes_backwards_and_takes_the_state_last(dev: Project) -> None:
    for id_ in ("dev-network", "dev-service"):
        dev.script(id_, resources=["aws_vpc.main"])
    code, out, _ = dev.run("destroy", "--yes")
    assert code == 0
    assert [call.split()[0] for call in dev.calls(" apply")] == ["dev-service", "dev-network", "dev-state"]
    assert re.search(r"dev-registry +nothing there", out)


def test_a_layer_that_another_one_uses_is_not_destroyed(dev: Project) -> None:
    dev.script("dev-service", resources=["aws_ecs_service.api"])
    code, _, err = dev.run("destroy", "--layer", "network", "--yes")
    assert code == 2
    assert "dev-network is still in use by dev-service." in err
    assert "make destroy ENV=dev LAYER=service" in err
    assert dev.calls(" apply") == []


def test_nothing_is_destroyed_while_it_is_unknown_what_uses_it(dev: Project) -> None:
    dev.script("dev-service", init={"error": {"summary": "AccessDenied"}})
    code, _, err = dev.run("destroy", "--layer", "network", "--yes")
    assert code == 1
    assert "Cannot check whether dev-service still exists, so nothing is destroyed." in err
    assert dev.calls(" apply") == []


def test_one_layer_is_destroyed_when_nothing_uses_it(dev: Project) -> None:
    dev.script("dev-network", resources=["aws_vpc.main"])
    assert dev.run("destroy", "--layer", "network", "--yes")[0] == 0
    assert dev.calls(" apply") == ["dev-network apply"]


def test_validate_needs_no_backend(dev: Project) -> None:
    code, out, _ = dev.run("validate")
    assert code == 0
    assert "All stacks are valid." in out
    assert "-backend=false" in (dev.root / ".terraform-work/dev-network/terraform.log").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["plan"], "--env"),
        (["plan", "--env", "dev", "--parallel", "0"], "must be 1 or more"),
        (["unlock", "--env", "dev", "--lock-id", "x"], "--layer is required"),
        (["fly", "--env", "dev"], "invalid choice"),
    ],
)
def test_wrong_usage_exits_2(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    from runner.__main__ import main  # noqa: PLC0415

    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    assert message in capsys.readouterr().err


def test_an_old_terraform_is_refused(dev: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_VERSION", "1.10.5")
    monkeypatch.setattr("runner.executable.importlib.util.find_spec", lambda _: None)
    code, _, err = dev.run("plan")
    assert code == 2
    assert "is version 1.10.5; it must be 1.11 or newer." in err
    assert "make setup" in err


def test_without_any_terraform_it_says_how_to_get_one(dev: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(dev.root))
    monkeypatch.setattr("runner.executable.importlib.util.find_spec", lambda _: None)
    code, _, err = dev.run("plan")
    assert code == 2
    assert err.startswith("There is no Terraform on this machine.\nInstall Terraform >= 1.11")


def test_synthesis_may_rewrite_its_output_and_a_lock_file_stays(dev: Project) -> None:
    config = dev.root / ".terraform-work/dev-network/config"
    dev.run("validate", "--layer", "network")
    (config / ".terraform.lock.hcl").write_text("locked")
    (config / "left-over.json").touch()
    dev.run("validate", "--layer", "network")
    assert (config / ".terraform.lock.hcl").read_text() == "locked"
    assert not (config / "left-over.json").exists()
    synthesized = dev.out / "stacks/dev-network"
    assert [path.name for path in synthesized.iterdir()] == ["cdk.tf.json"]


def test_a_lock_file_of_another_provider_version_is_dropped(dev: Project) -> None:
    lock_file = dev.root / ".terraform-work/dev-network/config/.terraform.lock.hcl"
    dev.run("validate", "--layer", "network")
    lock_file.write_text("locked")
    path = dev.out / "stacks/dev-network/cdk.tf.json"
    path.write_text(path.read_text().replace("5.100.0", "6.0.0"))
    dev.run("validate", "--layer", "network")
    assert not lock_file.exists()
