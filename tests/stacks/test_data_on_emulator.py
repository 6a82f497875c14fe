"""Layer `data` applied: no secret is in state, plan or console, and values that others write are not changed."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any, Final

import boto3
import pytest

from compliance.leaks import kept_write_only, leaks
from lambdas.jwt_rotation.handler import handler
from main import synthesize
from runner.__main__ import main as runner
from runner.secrets import ParameterTree, StoredParameter, read_written, report
from synthesis.manifest import STATE_LAYER, in_order, of_environment, read_stacks
from tests import aws_cli
from tests.config.examples import present
from tests.fixtures import fixture_environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from config.environment import Environment

REGION: Final = "us-east-1"
PREFIX: Final = "/user-management/dev/"
API_KEY: Final = "SG.d41d8cd98f00b204e9800998ecf8427e"
# Parameters with these last parts are secret; hosts and ports are not.
SECRET: Final = ("password", "url", "current", "previous")


@pytest.fixture
def emulated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[dict[str, str]]:
    from emulator import Emulator  # noqa: PLC0415 - moto is a second to import

    monkeypatch.chdir(tmp_path)
    with Emulator() as running:
        variables = running.environment(account=fixture_environment("dev").account_id)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")  # the proxy is for S3 Control only
        yield variables


def environment(password_version: int) -> Environment:
    dev = fixture_environment("dev")
    postgres = present(dev.postgres).model_copy(update={"password_version": password_version})
    return dev.model_copy(update={"postgres": postgres})


def parameters() -> dict[str, str]:
    pages = boto3.client("ssm", region_name=REGION).get_paginator("get_parameters_by_path")
    return {
        parameter["Name"].removeprefix(PREFIX): parameter["Value"]
        for page in pages.paginate(Path=PREFIX, Recursive=True, WithDecryption=True)
        for parameter in page["Parameters"]
    }


def secrets_in(found: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in found.items() if name.rpartition("/")[2] in SECRET}


class Applied:
    """Runs Terraform for the layer, and stores its output, plans and states."""

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        from emulator.probe.terraform import Terraform  # noqa: PLC0415

        self.texts: dict[str, str] = {}
        self.kept: list[str] = []
        self._folder = folder
        self._terraform = Terraform(folder, variables)

    def apply(self, out: Path, name: str) -> None:
        """Plan and apply the synthesized stack, and store plan, console and state under a name."""
        shutil.copytree(out / "stacks" / "dev-data", self._folder, dirs_exist_ok=True)
        self.texts[f"{name} json"] = (self._folder / "cdk.tf.json").read_text(encoding="utf-8")
        if not (self._folder / ".terraform").exists():
            self._run("init", "-no-color")
        self._store_output(f"{name} plan", "plan", "-no-color", "-out=plan")
        self._store_json(f"{name} plan json", "show", "-json", "plan")
        self._store_output(f"{name} apply", "apply", "-no-color", "plan")
        self._store_json(f"{name} state", "state", "pull")

    def require_no_changes(self) -> None:
        self._terraform.require_no_changes()

    def _run(self, *arguments: str) -> str:
        return self._terraform.run(*arguments)[1]

    def _store_output(self, name: str, *arguments: str) -> None:
        self.texts[name] = self._run(*arguments)

    def _store_json(self, name: str, *arguments: str) -> None:
        self.texts[name] = self._run(*arguments)
        self.kept += [f"{name}{path}" for path in kept_write_only(json.loads(self.texts[name][self._start(name) :]))]

    def _start(self, name: str) -> int:
        return self.texts[name].index("{")  # warnings may come first


def rotate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the function's code with the environment variables that Lambda would set."""
    client: Any = boto3.client("lambda", region_name=REGION)
    configuration = client.get_function_configuration(FunctionName="user-management-dev-jwt-rotation")
    for name, value in configuration["Environment"]["Variables"].items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    assert handler({"force": True}, None)["outcome"] == "rotated"


def run(command: str, typed: str = "") -> None:
    """Run a command that `make secrets` prints, in the shell that it is for."""
    subprocess.run(["/usr/bin/env", "bash", "-c", command], input=f"{typed}\n", text=True, check=True)


def lost_keys(tree: ParameterTree) -> list[str]:
    """The parameters that `make secrets` reports with the account's default key."""
    lines, _ = report(tree, read_written(tree))
    return [line.split()[-1].removeprefix(PREFIX) for line in lines if line.startswith("other key")]


def stored(tree: ParameterTree, name: str) -> StoredParameter:
    (found,) = [parameter for parameter in tree.parameters if parameter.name == f"{PREFIX}{name}"]
    return found


@pytest.mark.emulator
@pytest.mark.terraform
@pytest.mark.seconds(300)
def test_no_state_and_no_plan_contains_a_secret(
    emulated: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, again = tmp_path / "cdktf.out", tmp_path / "again"
    synthesize([environment(1)], out)
    synthesize([environment(2)], again)
    arguments = ["--env", "dev", "--out", str(out), "--yes"]
    assert runner(["bootstrap", *arguments]) == 0
    stacks = read_stacks(out)
    for needed in in_order({id_: stacks[id_] for id_ in stacks["dev-data"].dependencies}):
        if needed.layer != STATE_LAYER:
            assert runner(["apply", *arguments, "--layer", needed.layer]) == 0
    (tmp_path / "data").mkdir()
    data = Applied(tmp_path / "data", emulated)

    data.apply(out, "first")
    first = parameters()
    assert first["api-keys/email"] == "unset"
    assert first["postgres/password"] in first["postgres/url"]

    # A person sets a key, first with the printed command, then in another way, without the key that encrypts it.
    aws_cli.install(tmp_path / "bin", monkeypatch)
    tree = ParameterTree.from_stacks(of_environment(read_stacks(out), "dev"))
    email = stored(tree, "api-keys/email")
    declared = read_written(tree)[email.name].key
    run(email.set_command, "mistyped")
    assert parameters()["api-keys/email"] == "mistyped"
    assert read_written(tree)[email.name].key == declared
    assert str(declared).startswith("arn:aws:kms:")
    data.require_no_changes()
    ssm: Any = boto3.client("ssm", region_name=REGION)
    ssm.put_parameter(Name=email.name, Value=API_KEY, Description="By hand", Tier="Advanced", Overwrite=True)
    data.require_no_changes()
    password = stored(tree, "postgres/password").name
    ssm.put_parameter(Name=password, Value=first["postgres/password"], Tier="Advanced", Overwrite=True)
    data.apply(out, "by hand")
    assert sorted(lost_keys(tree)) == ["api-keys/email", "postgres/password"]

    # The schedule rotates twice: a secret that signed verifies for one more period.
    rotate(monkeypatch)
    once = parameters()
    assert once["jwt/previous"] == first["jwt/current"] != once["jwt/current"]
    rotate(monkeypatch)
    twice = parameters()
    assert twice["jwt/previous"] == once["jwt/current"] != twice["jwt/current"]

    # The next apply has a new password for one database, and changes nothing else.
    data.apply(again, "second")
    second = parameters()
    changed = {name for name in second if second[name] != twice[name]}
    assert changed == {"postgres/password", "postgres/url"}
    assert second["postgres/password"] in second["postgres/url"]

    # The provider writes a new version without a key; one command encrypts it with the layer's key again.
    assert sorted(lost_keys(tree)) == ["api-keys/email", "postgres/password", "postgres/url"]
    for name in ("postgres/password", "postgres/url"):
        run(stored(tree, name).encrypt_command)
    assert lost_keys(tree) == ["api-keys/email"]
    assert parameters() == second

    values = {
        **{f"{name} (first)": value for name, value in secrets_in(first).items()},
        **{f"{name} (rotated)": value for name, value in secrets_in(once).items()},
        **{f"{name} (second)": value for name, value in secrets_in(second).items()},
        "api-keys/email": API_KEY,
    }
    assert [str(leak) for leak in leaks(data.texts, values)] == []
    assert data.kept == []
    assert len(data.texts) == 15
    data.require_no_changes()
