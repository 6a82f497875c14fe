"""The real Terraform on stacks that need no account, and all actions on the emulator."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from runner.__main__ import main
from tests.outputs import identity
from tests.processes import processes_with

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[2]
ACCOUNT = "123456789012"
REGION = "eu-west-1"
NAME = "user-management-dev-state"
BACKEND = {
    "bucket": f"{NAME}-{ACCOUNT}",
    "region": REGION,
    "dynamodb_table": f"{NAME}-lock",
    "use_lockfile": True,
    "kms_key_id": f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/{NAME}",
    "encrypt": True,
}


def write(out: Path, stacks: Mapping[str, dict[str, Any]]) -> Path:
    """Write stacks the way synthesis does; each one needs the one before it."""
    entries: dict[str, Any] = {}
    for id_, document in stacks.items():
        folder = out / "stacks" / id_
        folder.mkdir(parents=True, exist_ok=True)
        layer = id_.removeprefix("dev-")
        metadata = identity(layer=layer, name=layer, region=REGION)
        (folder / "cdk.tf.json").write_text(json.dumps({"//": {"metadata": metadata}, **document}))
        entries[id_] = {"workingDirectory": f"stacks/{id_}", "dependencies": list(entries)[-1:]}
    (out / "manifest.json").write_text(json.dumps({"version": "0.21.0", "stacks": entries}))
    return out


def local(tmp_path: Path, layer: str, **document: object) -> dict[str, Any]:
    return {"terraform": {"backend": {"local": {"path": str(tmp_path / f"{layer}.tfstate")}}}, **document}


def run(out: Path, action: str, *arguments: str) -> int:
    return main([action, "--env", "dev", "--output", str(out), *arguments])


@pytest.mark.terraform
def test_apply_plan_destroy_without_an_account(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = local(
        tmp_path,
        "network",
        resource={"terraform_data": {"vpc": {"input": "vpc-1"}}},
        output={"vpc": {"value": "${terraform_data.vpc.output}"}},
    )
    service = local(
        tmp_path,
        "service",
        data={
            "terraform_remote_state": {
                "input": {"backend": "local", "config": {"path": str(tmp_path / "network.tfstate")}}
            }
        },
        resource={"terraform_data": {"api": {"input": "${data.terraform_remote_state.input.outputs.vpc}"}}},
    )
    out = write(tmp_path / "cdktf.out", {"dev-network": network, "dev-service": service})

    assert run(out, "validate") == 0
    assert run(out, "apply", "--yes") == 0
    assert run(out, "plan", "--detailed-exitcode") == 0
    assert run(out, "destroy", "--layer", "network", "--yes") == 2
    assert run(out, "destroy", "--yes") == 0
    state = json.loads((tmp_path / "network.tfstate").read_text())
    assert state["resources"] == []
    assert "Everything is destroyed." in capsys.readouterr().out


@pytest.mark.terraform
def test_no_variable_and_no_selected_workspace_changes_a_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = local(tmp_path, "network", resource={"terraform_data": {"vpc": {"input": "vpc-1"}}})
    out = write(tmp_path / "cdktf.out", {"dev-network": document})
    assert run(out, "apply", "--yes") == 0
    hostile = {"TF_WORKSPACE": "staging", "TF_CLI_ARGS_plan": "-destroy", "TF_DATA_DIR": str(tmp_path / "elsewhere")}
    for name, value in hostile.items():
        with monkeypatch.context() as shell:
            shell.setenv(name, value)
            assert run(out, "plan", "--detailed-exitcode") == 0, name
    (out / "stacks/dev-network/terraform.tfstate.d/staging").mkdir(parents=True)  # the workspace exists
    for folder in (tmp_path / ".terraform-work/dev-network/data", out / "stacks/dev-network/.terraform"):
        folder.mkdir(exist_ok=True)
        (folder / "environment").write_text("staging")
        assert run(out, "plan", "--detailed-exitcode") == 0, folder
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.terraform
@pytest.mark.parametrize("change", ["removed", "replaced"])
def test_a_protected_resource_is_neither_deleted_nor_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    monkeypatch.setattr("runner.protection.IRREPLACEABLE", ("terraform_data",))
    metadata = {"//": {"metadata": identity(layer="data", name="data", protect_data=True)}}

    def data(**resources: object) -> dict[str, Any]:
        return {**metadata, **local(tmp_path, "data", resource={"terraform_data": resources})}

    protected = {"triggers_replace": "one", "lifecycle": {"prevent_destroy": True}}
    out = write(tmp_path / "cdktf.out", {"dev-data": data(key=protected, other={})})
    assert run(out, "apply", "--yes") == 0
    state = (tmp_path / "data.tfstate").read_text()

    changed = {"other": {}} if change == "removed" else {"other": {}, "key": {"triggers_replace": "two"}}
    write(tmp_path / "cdktf.out", {"dev-data": data(**changed)})
    assert run(out, "apply", "--yes") == 1
    assert "the plan would destroy terraform_data.key.\n" in capsys.readouterr().err
    assert (tmp_path / "data.tfstate").read_text() == state


@pytest.mark.terraform
def test_an_invalid_stack_is_reported_with_its_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = local(tmp_path, "network", resource={"terraform_data": {"vpc": {"imput": 1}}})
    out = write(tmp_path / "cdktf.out", {"dev-network": document})
    assert run(out, "validate") == 1
    err = capsys.readouterr().err
    assert "Error: Extraneous JSON object property\n  with resource.terraform_data.vpc\n" in err


@pytest.mark.terraform
def test_ctrl_c_leaves_no_lock_and_no_process(tmp_path: Path) -> None:
    slow = {"provisioner": [{"local-exec": {"command": f"touch {tmp_path}/begun; exec sleep 61"}}]}
    document = local(tmp_path, "network", resource={"terraform_data": {"slow": slow}})
    out = write(tmp_path / "cdktf.out", {"dev-network": document})
    process = subprocess.Popen(
        [sys.executable, "-m", "runner", "apply", "--env", "dev", "--output", str(out), "--yes"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not (tmp_path / "begun").exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=50)
    assert process.returncode == 130, output
    assert not (tmp_path / ".network.tfstate.lock.info").exists()
    assert processes_with(str(tmp_path)) == {}


def remote(layer: str, **document: object) -> dict[str, Any]:
    return {
        "provider": {"aws": [{"region": REGION}]},
        "terraform": {
            "backend": {"s3": {**BACKEND, "key": f"{layer}/terraform.tfstate"}},
            "required_providers": {"aws": {"source": "aws", "version": "5.100.0"}},
        },
        **document,
    }


@pytest.fixture
def on_emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from emulator import Emulator  # noqa: PLC0415 - moto is a second to import

    with Emulator() as running:
        for name, value in running.environment(account=ACCOUNT, region=REGION).items():
            monkeypatch.setenv(name, value)
        yield


@pytest.mark.emulator
@pytest.mark.terraform
@pytest.mark.seconds(250)
@pytest.mark.usefixtures("on_emulator")
def test_from_an_empty_account_and_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = remote(
        "state",
        resource={
            "aws_s3_bucket": {"Default": {"bucket": BACKEND["bucket"], "force_destroy": True}},
            "aws_s3_bucket_versioning": {
                "Default": {
                    "bucket": "${aws_s3_bucket.Default.id}",
                    "versioning_configuration": {"status": "Enabled"},
                }
            },
            "aws_kms_key": {"Default": {"description": "State"}},
            "aws_kms_alias": {"Default": {"name": f"alias/{NAME}", "target_key_id": "${aws_kms_key.Default.id}"}},
            "aws_dynamodb_table": {
                "lock": {
                    "name": BACKEND["dynamodb_table"],
                    "billing_mode": "PAY_PER_REQUEST",
                    "hash_key": "LockID",
                    "attribute": [{"name": "LockID", "type": "S"}],
                }
            },
        },
    )
    network = remote(
        "network",
        resource={"aws_vpc": {"Default": {"cidr_block": "10.0.0.0/16"}}},
        output={"vpc": {"value": "${aws_vpc.Default.id}", "sensitive": True}},
    )
    reads = {"backend": "s3", "config": {**BACKEND, "key": "network/terraform.tfstate"}}
    service = remote(
        "service",
        data={"terraform_remote_state": {"input": reads}},
        resource={
            "aws_security_group": {
                "Default": {"name": "api", "vpc_id": "${data.terraform_remote_state.input.outputs.vpc}"}
            }
        },
    )
    out = write(tmp_path / "cdktf.out", {"dev-state": state, "dev-network": network, "dev-service": service})

    def printed() -> str:
        return capsys.readouterr().out

    assert run(out, "plan") == 0
    assert "dev-network  waits for dev-state, run `make bootstrap ENV=dev` first" in printed()
    assert run(out, "bootstrap", "--yes") == 0
    assert run(out, "bootstrap", "--yes") == 0
    assert "already bootstrapped" in printed()
    assert not (tmp_path / ".bootstrap/dev/terraform.tfstate").exists()
    assert run(out, "apply", "--layer", "service", "--yes") == 2
    assert "waits for dev-network, apply that first" in printed()
    assert run(out, "apply", "--yes") == 0
    assert run(out, "plan", "--detailed-exitcode") == 0
    assert run(out, "destroy", "--layer", "state", "--yes") == 2
    assert run(out, "destroy", "--yes") == 0
    assert run(out, "plan") == 0
    assert "dev-state    does not exist yet" in printed()
    assert (tmp_path / ".terraform-work/dev-network/provider.log").is_file()  # Terraform found its provider running
    assert processes_with(str(tmp_path)) == {}
