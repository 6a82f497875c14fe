"""`make secrets` lists what a person must still set, and never shows a value."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from runner.__main__ import main
from runner.errors import OK, REFUSED
from runner.secrets import AccountUnreadableError, ManualParameter, ParameterTree, read_versions, report
from synthesis.manifest import of_environment, read_stacks

if TYPE_CHECKING:
    from pathlib import Path

    from synthesis.manifest import Stack

EMAIL = "/user-management/prod/api-keys/email"
COMMAND = (
    "read -rs VALUE && aws ssm put-parameter --region us-east-1 --type SecureString --overwrite "
    f'--key-id alias/user-management-prod-secrets --name {EMAIL} --value "$VALUE"; unset VALUE'
)


@pytest.fixture
def tree(output: Path) -> ParameterTree:
    return ParameterTree.from_stacks(of_environment(read_stacks(output), "prod"))


def all_created(tree: ParameterTree, version: int) -> dict[str, int]:
    return {**dict.fromkeys(tree.names, 1), EMAIL: version}


def test_manual_parameters_are_read_from_the_json(tree: ParameterTree) -> None:
    assert tree.manual == (
        ManualParameter(name=EMAIL, key_alias="alias/user-management-prod-secrets", region="us-east-1"),
    )
    assert tree.prefix == "/user-management/prod/"


def test_the_region_is_that_of_the_parameters_and_not_of_another_stack(output: Path) -> None:
    stacks = of_environment(read_stacks(output), "prod")
    elsewhere = replace(stacks["prod-edge"], document=_in_region(stacks["prod-edge"], "eu-west-1"))
    others = {id_: stack for id_, stack in stacks.items() if id_ != elsewhere.id}
    tree = ParameterTree.from_stacks({elsewhere.id: elsewhere, **others})
    assert (tree.environment, tree.layer, tree.region) == ("prod", "data", "us-east-1")


def _in_region(stack: Stack, region: str) -> dict[str, object]:
    return {**stack.document, "//": {"metadata": {**stack.document["//"]["metadata"], "region": region}}}


def test_a_parameter_at_its_first_version_is_unset_and_reported_with_its_command(tree: ParameterTree) -> None:
    assert report(tree, all_created(tree, 1)) == (
        [f"unset    {EMAIL}", f"  {COMMAND}", "0 of 1 are set."],
        OK,
    )


def test_a_parameter_that_was_written_again_is_set(tree: ParameterTree) -> None:
    assert report(tree, all_created(tree, 2)) == (["1 of 1 are set."], OK)


def test_what_an_interrupted_apply_left_out_is_reported(tree: ParameterTree) -> None:
    versions = all_created(tree, 2)
    del versions["/user-management/prod/postgres/password"]
    lines, _ = report(tree, versions)
    assert lines[0] == "missing  /user-management/prod/postgres/password"
    assert "increase the database's password_version by one" in lines[2]


def test_without_an_answer_every_command_is_shown(
    output: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    assert main(["secrets", "--env", "prod", "--out", str(output)]) == REFUSED
    shown = capsys.readouterr()
    assert shown.err.startswith("`aws` is not on PATH")
    assert shown.out.splitlines() == [f"perhaps unset  {EMAIL}", f"  {COMMAND}"]


def test_an_environment_that_was_not_synthesized_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["secrets", "--env", "prod", "--out", str(tmp_path)]) == REFUSED
    assert capsys.readouterr().err.endswith("Run `make synth` first.\n")


def fake_aws(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = folder / "aws"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_the_aws_cli_is_asked_for_versions_and_not_for_values(
    tree: ParameterTree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = '{"Parameters": [{"Name": "/user-management/prod/jwt/current", "Version": 7}]}'
    fake_aws(tmp_path, f"echo \"$@\" > {tmp_path}/asked; echo '{answer}'", monkeypatch)
    assert read_versions(tree) == {"/user-management/prod/jwt/current": 7}
    assert (tmp_path / "asked").read_text(encoding="utf-8").startswith("ssm describe-parameters --region us-east-1")


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (
            "echo 'Unable to locate credentials' >&2; exit 255",
            "Cannot list the parameters: Unable to locate credentials",
        ),
        ("exit 3", "Cannot list the parameters: .*exit status 3"),
        ("echo '<html>'", "Cannot list the parameters: Expecting value"),
    ],
)
def test_an_error_of_aws_is_reported_in_one_line(
    tree: ParameterTree, script: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_aws(tmp_path, script, monkeypatch)
    with pytest.raises(AccountUnreadableError, match=says):
        read_versions(tree)


def test_the_command_keeps_the_value_as_it_was_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_aws(tmp_path, f'for word; do last=$word; done; printf %s "$last" > {tmp_path}/value', monkeypatch)
    command = ManualParameter(name="/p/e/api-keys/a", key_alias="alias/k", region="us-east-1").command
    subprocess.run(["/usr/bin/env", "bash", "-c", command], input="s3 cr$t*\n", text=True, check=True)
    assert (tmp_path / "value").read_text(encoding="utf-8") == "s3 cr$t*"
