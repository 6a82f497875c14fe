"""The output of a synthesis: a line per stack, or a line per mistake."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from main import CONTEXT, ROOT
from stacks.base import REQUIRED_TERRAFORM
from tests.fixtures import copy_program, run_python

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the program with environment files that a test may change."""
    copy_program(tmp_path)
    return tmp_path


def run(checkout: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return run_python(checkout, "main.py", *arguments, environment=environment)


def test_each_stack_gets_a_line_and_the_next_step_is_printed(checkout: Path) -> None:
    result = run(checkout, "prod")
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["stack", "resources", "path"]
    name, resources, path = next(line.split() for line in lines if line.startswith("prod-network"))
    assert (checkout / path).is_file()
    document = json.loads((checkout / path).read_text(encoding="utf-8"))
    assert int(resources) == sum(len(named) for named in document["resource"].values())
    assert lines[-1].startswith("Next: ")
    assert not any(line.startswith("dev-") for line in lines), name


def test_what_waits_for_the_delegation_is_named(checkout: Path) -> None:
    file = checkout / "environments" / "prod.toml"
    text = file.read_text(encoding="utf-8").replace("delegated = true", "delegated = false")
    file.write_text(text, encoding="utf-8")
    result = run(checkout, "prod")
    assert result.returncode == 0, result.stderr
    left_out = "prod-service, prod-edge, prod-delivery, prod-observability"
    line = f"Left out until [domain] delegated = true in prod.toml (docs/domain.md): {left_out}."
    assert line in result.stdout.splitlines()
    assert not (checkout / "cdktf.out" / "stacks" / "prod-service").exists()


def test_a_resource_moves_without_terraform_on_path(checkout: Path, tmp_path: Path) -> None:
    """cdktf asks the `terraform` on PATH for its version where a resource moves or is built into Terraform."""
    file = checkout / "environments" / "dev.toml"
    text = file.read_text(encoding="utf-8").replace('id = "use1-az1"\n', 'id = "use1-az1"\nformerly = "us-east-1a"\n')
    file.write_text(text, encoding="utf-8")
    assert "formerly" in text
    result = run(checkout, "dev", "prod", PATH=str(tmp_path))
    assert (result.returncode, result.stderr) == (0, "")
    network = json.loads((checkout / "cdktf.out/stacks/dev-network/cdk.tf.json").read_text(encoding="utf-8"))
    data = json.loads((checkout / "cdktf.out/stacks/prod-data/cdk.tf.json").read_text(encoding="utf-8"))
    assert network["moved"]
    assert data["resource"]["terraform_data"]


def test_the_cdktf_command_line_names_the_output_folder(checkout: Path, tmp_path: Path) -> None:
    result = run(checkout, "dev", CDKTF_OUTDIR=str(tmp_path / "elsewhere"))
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "elsewhere" / "stacks" / "dev-network" / "cdk.tf.json").is_file()


def written(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("folder", [".", "..", "modules", "environments", "main.py", "mine"])
@pytest.mark.parametrize("how", ["--output", "CDKTF_OUTDIR"])
def test_an_output_folder_with_other_files_is_refused_in_one_line(tmp_path: Path, folder: str, how: str) -> None:
    checkout = tmp_path / "parent" / "checkout"
    (checkout / "mine").mkdir(parents=True)
    copy_program(checkout)
    (checkout / "mine" / "main.tf").write_text("mine", encoding="utf-8")
    before = written(tmp_path)
    result = (
        run(checkout, "dev", "--output", folder) if how == "--output" else run(checkout, "dev", CDKTF_OUTDIR=folder)
    )
    assert result.returncode == 2
    assert result.stderr.startswith(f"{folder} cannot be the output folder: it ")
    assert result.stderr.count("\n") == 1
    assert "name a folder that is absent, is empty or was written by synthesis" in result.stderr
    after = written(tmp_path)
    assert {name: text for name, text in after.items() if "__pycache__" not in name} == before


def test_the_stacks_of_an_environment_whose_file_is_gone_are_dropped(checkout: Path) -> None:
    assert run(checkout, "dev", "staging").returncode == 0
    for name in ("staging", "prod"):  # prod takes its releases over
        (checkout / "environments" / f"{name}.toml").unlink()
    assert run(checkout, "dev").returncode == 0
    assert any("staging-" in name for name in written(checkout / "cdktf.out"))
    all_of_them = run(checkout)
    assert all_of_them.returncode == 0
    assert not [name for name in written(checkout / "cdktf.out") if "staging-" in name]
    assert b"staging-" not in written(checkout / "cdktf.out")["manifest.json"]
    assert "staging is gone from environments, and so are its stacks. If it is still applied, put" in all_of_them.stdout
    assert "run `make destroy ENV=staging`, then remove the file again.\n" in all_of_them.stdout
    assert " is gone from " not in run(checkout).stdout


HOSTILE = {
    "CDKTF_CONTEXT_JSON": '{"excludeStackIdFromLogicalIds": "false", "allowSepCharsInLogicalIds": "false"}',
    "CDKTF_TARGET_STACK_ID": "dev-state",
    "CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS": "true",
    "CDKTF_LOG_LEVEL": "debug",
    "SYNTH_HCL_OUTPUT": "true",
    "TERRAFORM_BINARY_NAME": "/missing",
    "NODE_OPTIONS": "--require /missing",
    "NODE_PATH": "/missing",
    "NODE_ENV": "test",
    "JSII_RUNTIME": "/missing",
    "JSII_AGENT": "other",
    "TF_WORKSPACE": "staging",
    "TF_VAR_region": "eu-north-1",
    "AWS_REGION": "eu-north-1",
    "AWS_DEFAULT_REGION": "eu-north-1",
    "AWS_PROFILE": "missing",
    "PYTHONSAFEPATH": "1",
    "PYTHONHASHSEED": "7",
    "PYTHONOPTIMIZE": "2",
    "TZ": "Asia/Tokyo",
    "LC_ALL": "tr_TR.UTF-8",
}


def test_no_variable_of_the_shell_changes_the_output(checkout: Path) -> None:
    for folder, environment in (("plain", {}), ("hostile", HOSTILE)):
        result = run(checkout, "dev", "--output", folder, **environment)
        assert (result.returncode, result.stderr) == (0, "")
    assert written(checkout / "plain") == written(checkout / "hostile")


def test_the_context_of_the_cdktf_command_line_is_the_one_of_the_program() -> None:
    assert json.loads((ROOT / "cdktf.json").read_text(encoding="utf-8"))["context"] == CONTEXT


def test_the_terraform_that_is_declared_is_the_one_that_each_stack_requires() -> None:
    least = REQUIRED_TERRAFORM.removeprefix(">= ")
    assert CONTEXT["targetVersions"] == {"terraform": f">={least}.0", "opentofu": f">={least}.0"}


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("TMPDIR", "/missing", "TMPDIR=/missing is not a folder that can be written: create it, or unset TMPDIR.\n"),
        ("JSII_NODE", "/missing", "JSII_NODE=/missing is not a program: set it to the path of Node, or unset it.\n"),
    ],
)
def test_a_variable_that_keeps_node_from_starting_is_one_line(
    checkout: Path, name: str, value: str, message: str
) -> None:
    result = run(checkout, "dev", **{name: value})
    assert (result.returncode, result.stdout, result.stderr) == (2, "", message)


@pytest.mark.parametrize(
    ("find", "replace", "message"),
    [
        (
            'region = "us-east-1"',
            'region = "us-east-1"\nregio = 1',
            "regio = 1: unknown setting; did you mean",
        ),
        ("protect_data = true", 'protect_data = "yes"', "protect_data"),
        ('account_id = "333333333333"', 'account_id = "33"', "12 digits"),
        ('public_cidr = "10.0.1.0/24"', 'public_cidr = "10.9.1.0/24"', "network.zones[0].public_cidr"),
        ('public_cidr = "10.0.1.0/24"', 'public_cidr = "10.0.1.1/24"', "10.0.1.0/24"),
        ('public_cidr = "10.0.1.0/24"', 'public_cidr = "10.0.2.0/24"', "overlap"),
        ('id = "use1-az1"', 'id = "euw1-az1"', "network.zones[0].id"),
        ('region = "us-east-1"', 'region = "us-east-9"', "region"),
        ('name = "users.example.com"', 'name = "users_example"', "domain.name"),
        ("min_count = 2", "min_count = 99", "min_count"),
    ],
)
def test_a_mistake_gets_a_line_with_file_key_and_value(checkout: Path, find: str, replace: str, message: str) -> None:
    file = checkout / "environments" / "prod.toml"
    text = file.read_text(encoding="utf-8")
    assert find in text
    file.write_text(text.replace(find, replace, 1), encoding="utf-8")
    result = run(checkout, "prod")
    assert result.returncode == 2
    assert message in result.stderr
    assert re.match(r"environments/prod\.toml:\d+:\d+: ", result.stderr)
    assert "Traceback" not in result.stderr
    assert not (checkout / "cdktf.out").exists()


def test_two_mistakes_get_two_lines_and_the_last_good_output_stays(checkout: Path) -> None:
    assert run(checkout, "prod").returncode == 0
    written = (checkout / "cdktf.out" / "manifest.json").read_bytes()
    file = checkout / "environments" / "prod.toml"
    text = file.read_text(encoding="utf-8").replace('"use1-az1"', '"usw2-az1"').replace('"333333333333"', '"3"')
    file.write_text(text, encoding="utf-8")
    result = run(checkout, "prod")
    assert result.returncode == 2
    assert "account_id" in result.stderr
    assert "network.zones[0].id" in result.stderr
    assert (checkout / "cdktf.out" / "manifest.json").read_bytes() == written


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "empty"), (b"\xff\xfe\x00\x01", "UTF-8"), (b'region = "us-east-1', "line 1")],
    ids=["empty", "binary", "broken"],
)
def test_a_file_that_is_not_toml_is_reported_in_one_line(checkout: Path, content: bytes, message: str) -> None:
    (checkout / "environments" / "prod.toml").write_bytes(content)
    result = run(checkout, "prod")
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_an_unknown_environment_is_reported_with_those_that_exist(checkout: Path) -> None:
    result = run(checkout, "production")
    assert result.returncode == 2
    assert "dev" in result.stderr
    assert "staging" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", ["| true", ">/dev/full", "<&- >&- 2>&-"])
def test_an_output_that_was_replaced_is_not_called_unchanged(checkout: Path, command: str) -> None:
    script = f'"$@" {command}'
    result = subprocess.run(
        ["/bin/sh", "-c", script, "sh", sys.executable, "main.py", "dev"],
        cwd=checkout,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stderr == ("The output cannot be written: No space left on device.\n" if "full" in command else "")
    assert (checkout / "cdktf.out" / "manifest.json").is_file()


def test_the_output_may_be_named_through_a_folder_that_is_missing(checkout: Path) -> None:
    result = run(checkout, "dev", "--output", "missing/../out")
    assert (result.returncode, result.stderr) == (0, "")
    assert "out/stacks/dev-network/cdk.tf.json" in result.stdout


def test_without_any_environment_nothing_is_written(checkout: Path) -> None:
    for file in (checkout / "environments").glob("*.toml"):
        if file.name != "project.toml":
            file.unlink()
    result = run(checkout)
    assert result.returncode == 2
    assert result.stderr == "Nothing was written: environments has no file of an environment, like dev.toml.\n"
    assert not (checkout / "cdktf.out").exists()


def test_what_grows_above_a_limit_of_aws_is_one_line(checkout: Path) -> None:
    """The policy of a role, which is rendered at the very end, and by Node's call."""
    file = checkout / "modules" / "role.py"
    text = file.read_text(encoding="utf-8").replace(
        "_INLINE_POLICY_LIMIT: Final = 10_240", "_INLINE_POLICY_LIMIT: Final = 500"
    )
    file.write_text(text, encoding="utf-8")
    result = run(checkout, "dev")
    assert (result.returncode, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert re.match(r"dev-[a-z]+/\S+: its policy has \d+ characters; it must have 500 or fewer\. ", line)
    assert line.endswith(". Nothing was written.")
    assert not (checkout / "cdktf.out").exists()
