"""`make secrets` lists what a person must still set and what a function has not set, and never shows a value."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from runner.__main__ import main
from runner.errors import OK, REFUSED
from runner.secrets import AccountUnreadableError, Written, describe_emergency, read_written, report
from runner.stored import ParameterTree, StoredParameter, StoredSecret
from synthesis.manifest import of_environment, read_stacks

if TYPE_CHECKING:
    from pathlib import Path

    from synthesis.manifest import Stack

EMAIL = "/user-management/prod/api-keys/email"
JWT = "/user-management/prod/jwt/current"
URL = "/user-management/prod/postgres/backend/url"
LOGIN = "user-management/prod/postgres/backend/b"
MASTER = "user-management/prod/documentdb/master"
KEY = "arn:aws:kms:us-east-1:333333333333:key/1"
PUT = (
    "aws ssm put-parameter --region us-east-1 --overwrite --type SecureString --tier Intelligent-Tiering --name {name} "
    '--key-id "$(aws kms describe-key --region us-east-1 --key-id alias/user-management-prod-secrets '
    '--query KeyMetadata.Arn --output text)" --value "$VALUE"; unset VALUE'
)
COMMAND = f"read -rs VALUE && {PUT.format(name=EMAIL)}"


@pytest.fixture
def tree(output: Path) -> ParameterTree:
    return ParameterTree.from_stacks(of_environment(read_stacks(output), "prod"))


def all_created(tree: ParameterTree, version: int) -> dict[str, Written]:
    """What a person sets is at this version, and whatever a function sets is set."""
    written = {name: Written(version=2 if name in tree.by_function else 1, key=KEY) for name in tree.names}
    return {**written, EMAIL: Written(version=version, key=KEY)}


def test_manual_parameters_are_read_from_the_json(tree: ParameterTree) -> None:
    assert tree.manual == (
        StoredParameter(
            name=EMAIL,
            type="SecureString",
            key_alias="alias/user-management-prod-secrets",
            region="us-east-1",
            manual=True,
        ),
    )
    assert tree.prefix == "/user-management/prod/"


def test_the_region_is_that_of_the_parameters_and_not_of_another_stack(output: Path) -> None:
    stacks = of_environment(read_stacks(output), "prod")
    elsewhere = replace(stacks["prod-edge"], document=_in_region(stacks["prod-edge"], "eu-west-1"))
    others = {id_: stack for id_, stack in stacks.items() if id_ != elsewhere.id}
    tree = ParameterTree.from_stacks({elsewhere.id: elsewhere, **others})
    assert (tree.environment, tree.layer, tree.region) == ("prod", "data", "us-east-1")


def test_copies_in_a_second_region_are_not_listed(output: Path, tree: ParameterTree) -> None:
    copies = [stack for stack in read_stacks(output).values() if stack.id.startswith("prod-recovery-")]
    assert any(stack.all("aws_ssm_parameter") for stack in copies)
    assert {parameter.region for parameter in tree.parameters} == {"us-east-1"}
    assert len(set(tree.names)) == len(tree.names)


def _in_region(stack: Stack, region: str) -> dict[str, object]:
    return {**stack.document, "//": {"metadata": {**stack.document["//"]["metadata"], "region": region}}}


def test_a_parameter_at_its_first_version_is_unset_and_reported_with_its_command(tree: ParameterTree) -> None:
    assert report(tree, all_created(tree, 1)) == (
        [f"unset    {EMAIL}", f"  {COMMAND}", "0 of 1 are set."],
        OK,
    )


def test_a_parameter_that_was_written_again_is_set(tree: ParameterTree) -> None:
    assert report(tree, all_created(tree, 2)) == (["1 of 1 are set."], OK)


@pytest.mark.parametrize("name", [EMAIL, JWT, URL])
def test_what_lost_its_key_is_reported_with_the_command_that_restores_it(tree: ParameterTree, name: str) -> None:
    lines, code = report(tree, {**all_created(tree, 2), name: Written(version=3, key="alias/aws/ssm")})
    get = f"aws ssm get-parameter --region us-east-1 --name {name} --with-decryption"
    assert code == OK
    assert lines == [
        f"other key  {name}",
        "  It is encrypted with the account's default key, alias/aws/ssm. To encrypt it with its own:",
        f'  VALUE="$({get} --query Parameter.Value --output text)" && {PUT.format(name=name)}',
        "1 of 1 are set.",
    ]


def test_what_an_interrupted_apply_left_out_is_reported(tree: ParameterTree) -> None:
    versions = all_created(tree, 2)
    del versions[URL]
    del versions[LOGIN]
    assert report(tree, versions) == (
        [
            f"missing  {URL}",
            f"missing  {LOGIN}",
            "  `make apply ENV=prod LAYER=data` creates what is missing.",
            "1 of 1 are set.",
        ],
        OK,
    )


def test_the_secret_of_a_master_that_is_lost_needs_another_password(tree: ParameterTree) -> None:
    versions = all_created(tree, 2)
    del versions[MASTER]
    lines, _ = report(tree, versions)
    assert lines[0] == f"missing  {MASTER}"
    assert lines[2:4] == [
        f"  {MASTER}: first increase password_version of [documentdb] by one.",
        "  Otherwise the database keeps the master's password that is lost.",
    ]


def test_urls_and_logins_belong_to_a_function_and_not_to_a_person(tree: ParameterTree) -> None:
    assert {URL, LOGIN, "/user-management/prod/documentdb/owner/a"} <= set(tree.by_function)
    assert not {EMAIL, JWT, MASTER, "/user-management/prod/postgres/host"} & set(tree.by_function)
    assert not set(tree.by_function) & {parameter.name for parameter in tree.manual}


@pytest.mark.parametrize(
    ("names", "databases"),
    [
        ((URL, LOGIN), "`make rotate ENV=prod WHAT=postgres`"),
        (
            ("/user-management/prod/documentdb/backend/url", URL),
            "`make rotate ENV=prod WHAT=documentdb` or `make rotate ENV=prod WHAT=postgres`",
        ),
    ],
)
def test_what_a_function_has_not_written_is_reported_with_the_command_that_repairs_it(
    tree: ParameterTree, names: tuple[str, ...], databases: str
) -> None:
    lines, code = report(tree, {**all_created(tree, 2), **dict.fromkeys(names, Written(version=1, key=KEY))})
    assert code == OK
    assert lines == [
        *(f"unset    {name}" for name in names),
        "  A function writes these. To run it: make apply ENV=prod LAYER=data",
        f"  If that changes nothing: {databases}.",
        "1 of 1 are set.",
    ]


def test_the_credentials_of_a_master_are_printed_by_one_command_each_and_not_here(tree: ParameterTree) -> None:
    get = "aws secretsmanager get-secret-value --region us-east-1 --query SecretString --output text --secret-id"
    find = "aws rds describe-db-instances --region us-east-1 --db-instance-identifier user-management-prod-postgres"
    assert describe_emergency(tree) == [
        "In an emergency, these print what a database's master signs in with (docs/data.md#in-an-emergency):",
        "master   postgres",
        f"  {get} \"$({find} --query 'DBInstances[0].MasterUserSecret.SecretArn' --output text)\"",
        "master   documentdb",
        f"  {get} {MASTER}",
    ]


def test_an_environment_without_databases_has_no_emergency(tree: ParameterTree) -> None:
    assert describe_emergency(replace(tree, masters=())) == []


def test_without_an_answer_every_command_is_shown(
    output: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    assert main(["secrets", "--env", "prod", "--output", str(output)]) == REFUSED
    shown = capsys.readouterr()
    assert shown.err.startswith("`aws` is not on PATH")
    assert shown.out.splitlines()[:2] == [f"perhaps unset  {EMAIL}", f"  {COMMAND}"]
    assert shown.out.splitlines()[2].startswith("In an emergency")


def test_an_environment_that_was_not_synthesized_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["secrets", "--env", "prod", "--output", str(tmp_path)]) == REFUSED
    assert capsys.readouterr().err.endswith("Run `make synth` first.\n")


def fake_aws(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = folder / "aws"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_the_aws_cli_is_asked_for_versions_and_not_for_values(
    tree: ParameterTree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parameters = {"Parameters": [{"Name": JWT, "Version": 7, "KeyId": "k"}]}
    secrets = {
        "SecretList": [
            {"Name": LOGIN, "KmsKeyId": "k", "SecretVersionsToStages": {"1": ["AWSCURRENT"]}},
            {"Name": MASTER, "KmsKeyId": "k"},
        ]
    }
    answer = f"if [ $1 = ssm ]; then echo '{json.dumps(parameters)}'; else echo '{json.dumps(secrets)}'; fi"
    fake_aws(tmp_path, f'echo "$@" >> {tmp_path}/asked; {answer}', monkeypatch)
    assert read_written(tree) == {
        JWT: Written(version=7, key="k"),
        LOGIN: Written(version=2, key="k"),
        MASTER: Written(version=1, key="k"),
    }
    assert (tmp_path / "asked").read_text(encoding="utf-8").splitlines() == [
        (
            "ssm describe-parameters --region us-east-1 --output json "
            "--parameter-filters Key=Name,Option=BeginsWith,Values=/user-management/prod/"
        ),
        "secretsmanager list-secrets --region us-east-1 --output json --filters Key=name,Values=user-management/prod/",
    ]


def test_an_environment_without_secrets_asks_for_parameters_only(
    tree: ParameterTree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_aws(tmp_path, "if [ $1 = ssm ]; then echo '{\"Parameters\": []}'; else exit 1; fi", monkeypatch)
    assert read_written(replace(tree, secrets=())) == {}


def test_a_secret_that_terraform_fills_is_not_one_of_a_function(tree: ParameterTree) -> None:
    assert StoredSecret(name=MASTER, by_function=False) in tree.secrets
    assert StoredSecret(name=LOGIN, by_function=True) in tree.secrets


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
        read_written(tree)


def test_the_command_keeps_the_value_as_it_was_typed_and_finds_the_arn_of_the_key(
    tree: ParameterTree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = f'if [ $1 = kms ]; then echo {KEY}; else printf "%s\\n" "$@" > {tmp_path}/put; fi'
    fake_aws(tmp_path, script, monkeypatch)
    (email,) = tree.manual
    subprocess.run(["/usr/bin/env", "bash", "-c", email.set_command], input="s3 cr$t*\n", text=True, check=True)
    put = (tmp_path / "put").read_text(encoding="utf-8").splitlines()
    assert put[-4:] == ["--key-id", KEY, "--value", "s3 cr$t*"]


def test_what_serves_in_a_second_region_is_not_listed_twice(output: Path, tree: ParameterTree) -> None:
    stacks = of_environment(read_stacks(output), "prod")
    there = json.loads(json.dumps(dict(_in_region(stacks["prod-data"], "us-west-2"))))
    there["//"]["metadata"] |= {"name": "data-us-west-2", "stands_by": True}
    second = replace(stacks["prod-data"], id="prod-data-us-west-2", document=there)
    both = ParameterTree.from_stacks({second.id: second, **stacks})
    assert (both.names, both.region, both.parameters) == (tree.names, "us-east-1", tree.parameters)
    assert {one.database for one in both.masters} == {
        "postgres",
        "documentdb",
        "postgres in us-west-2",
        "documentdb in us-west-2",
    }
