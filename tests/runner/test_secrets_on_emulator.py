"""The commands that `make secrets` prints, run by a shell against an emulated account."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import boto3
import pytest

from runner.secrets import Written, read_written, report
from runner.stored import MasterUser, ParameterTree, StoredParameter, StoredSecret
from tests import aws_cli

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REGION: Final = "us-east-1"
PREFIX: Final = "/acme/dev/"
ALIAS: Final = "alias/acme-dev-secrets"
EMAIL: Final = StoredParameter(
    name=f"{PREFIX}api-keys/email", type="SecureString", key_alias=ALIAS, region=REGION, manual=True
)


@pytest.fixture
def ssm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """Parameter Store with more parameters than one page has, encrypted with the key of the layer."""
    from emulator import Emulator  # noqa: PLC0415 - moto is a second to import

    with Emulator() as running:
        for name, value in running.environment(account="444444444444").items():
            monkeypatch.setenv(name, value)
        aws_cli.install(tmp_path / "bin", monkeypatch)
        kms: Any = boto3.client("kms", region_name=REGION)
        key = kms.create_key()["KeyMetadata"]["Arn"]
        kms.create_alias(AliasName=ALIAS, TargetKeyId=key)
        client: Any = boto3.client("ssm", region_name=REGION)
        for name in (*(f"{PREFIX}other-{number}" for number in range(50)), EMAIL.name):
            client.put_parameter(Name=name, Value="unset", Type="SecureString", KeyId=key)
        yield client


def tree() -> ParameterTree:
    return ParameterTree(environment="dev", layer="data", region=REGION, prefix=PREFIX, parameters=(EMAIL,))


def run(command: str, typed: str = "") -> None:
    subprocess.run(["/usr/bin/env", "bash", "-c", command], input=f"{typed}\n", text=True, check=True)


def value(ssm: Any) -> str:
    found: str = ssm.get_parameter(Name=EMAIL.name, WithDecryption=True)["Parameter"]["Value"]
    return found


@pytest.mark.emulator
def test_the_printed_commands_set_a_value_and_give_it_its_key_back(ssm: Any) -> None:
    declared = read_written(tree())[EMAIL.name]
    assert report(tree(), read_written(tree()))[0][:2] == [f"unset    {EMAIL.name}", f"  {EMAIL.set_command}"]

    run(EMAIL.set_command, "s3 cr$t*")
    assert value(ssm) == "s3 cr$t*"
    assert read_written(tree())[EMAIL.name] == Written(version=2, key=declared.key)

    # Somebody is shorter, and with a value that needs the other tier.
    long = "x" * 5000
    ssm.put_parameter(Name=EMAIL.name, Value=long, Tier="Advanced", Overwrite=True)
    lines, _ = report(tree(), read_written(tree()))
    assert lines[0] == f"other key  {EMAIL.name}"
    run(lines[2])
    assert value(ssm) == long
    assert report(tree(), read_written(tree()))[0] == ["1 of 1 are set."]
    assert read_written(tree())[EMAIL.name] == Written(version=4, key=declared.key)


@pytest.mark.emulator
def test_a_secret_has_a_value_or_none_and_the_emergency_command_prints_it(
    ssm: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    assert ssm.get_parameter(Name=EMAIL.name)["Parameter"]["Version"] == 1
    names = {"login": "acme/dev/postgres/backend/a", "master": "acme/dev/documentdb/master"}
    manager: Any = boto3.client("secretsmanager", region_name=REGION)
    manager.create_secret(Name=names["login"], KmsKeyId=ALIAS)
    manager.create_secret(Name=names["master"], KmsKeyId=ALIAS, SecretString='{"password": "s3 cr$t*"}')
    master = MasterUser(
        database="documentdb",
        command=f"aws secretsmanager get-secret-value --region {REGION} --query SecretString --output text "
        f"--secret-id {names['master']}",
    )
    stored = tuple(StoredSecret(name=name, by_function=kind == "login") for kind, name in names.items())
    declared = replace(tree(), secrets=stored, masters=(master,))
    written = read_written(declared)
    assert [written[name].is_set for name in names.values()] == [False, True]
    assert report(declared, written)[0][0] == f"unset    {names['login']}"
    capfd.readouterr()
    run(master.command)
    assert capfd.readouterr().out == '{"password": "s3 cr$t*"}\n'
