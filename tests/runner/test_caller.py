"""Whose credentials these are, and whether anything answers, is asked before anything else."""

from __future__ import annotations

import json
import os
import socket
from typing import TYPE_CHECKING, Final

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from emulator import Emulator
from runner import caller
from synthesis.manifest import read_stacks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.runner.conftest import Project

OWN, OTHER = "111111111111", "222222222222"
ACTIONS: Final = (
    *(("plan",), ("apply", "--yes"), ("refresh",), ("destroy", "--yes"), ("bootstrap", "--yes")),
    *(("unlock", "--layer", "network", "--lock-id", "1"), ("secrets",), ("rotate",), ("sleep",), ("wake",)),
)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def placed(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Stacks of an account; the shell has no files of AWS and no metadata service."""
    project.stack("dev-state")
    project.stack("dev-network")
    change_provider(project)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return project


def change_provider(project: Project, **arguments: object) -> None:
    """Let all stacks be of the account, as synthesis does it."""
    for file in project.out.glob("stacks/*/cdk.tf.json"):
        document = json.loads(file.read_text(encoding="utf-8"))
        document["provider"]["aws"][0].update({"allowed_account_ids": [OWN], **arguments})
        file.write_text(json.dumps(document), encoding="utf-8")


def use(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action[0])
def test_credentials_of_another_account_are_refused_before_anything_else(
    placed: Project, monkeypatch: pytest.MonkeyPatch, emulator: Emulator, action: tuple[str, ...]
) -> None:
    use(monkeypatch, emulator.environment(account=OTHER))
    code, _, err = placed.run(*action)
    first, remedy = err.splitlines()
    assert code == 2
    assert first.startswith(f"Your credentials are of account {OTHER} (arn:aws:")
    assert first.endswith(f", and dev is in account {OWN}.")
    assert remedy.endswith("or correct account_id in environments/dev.toml.")
    assert not placed.calls()


def test_those_of_the_environment_are_taken(
    placed: Project, monkeypatch: pytest.MonkeyPatch, emulator: Emulator
) -> None:
    use(monkeypatch, emulator.environment(account=OWN))
    assert placed.run("plan")[0] == 0


def test_who_assumes_a_role_may_be_of_any_account(
    placed: Project, monkeypatch: pytest.MonkeyPatch, emulator: Emulator
) -> None:
    use(monkeypatch, emulator.environment(account=OTHER))
    change_provider(placed, assume_role=[{"role_arn": f"arn:aws:iam::{OWN}:role/deploy"}])
    assert placed.run("plan")[0] == 0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_a_demo_that_has_ended_is_named(placed: Project, monkeypatch: pytest.MonkeyPatch, emulator: Emulator) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    use(monkeypatch, {**emulator.environment(account=OWN), "AWS_ENDPOINT_URL": url})
    code, _, err = placed.run("plan")
    first, remedy = err.splitlines()
    assert (code, first) == (1, f"Nothing answers at AWS_ENDPOINT_URL={url}: the demo has ended.")
    assert "unset AWS_ACCESS_KEY_ID " in remedy


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({}, f"There are no valid AWS credentials in this shell (NoCredentialsError); dev is in account {OWN}."),
        ({"AWS_PROFILE": "mine"}, "AWS_PROFILE is not a profile of this machine: The config profile (mine) could not"),
        ({"AWS_CA_BUNDLE": "/missing"}, "AWS_CA_BUNDLE=/missing is not there."),
        ({"AWS_ENDPOINT_URL_S3": "http://other"}, "AWS_ENDPOINT_URL_S3=http://other would send plans and states"),
    ],
)
def test_what_the_shell_has_wrong_is_one_sentence(
    placed: Project, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], says: str
) -> None:
    use(monkeypatch, variables)
    code, _, err = placed.run("plan")
    assert code in {1, 2}
    assert err.startswith(says)
    assert len(err.splitlines()) == 2
    assert not placed.calls()


@pytest.mark.parametrize(
    ("code", "says", "remedy"),
    [
        ("ExpiredToken", "AWS refuses the credentials of this shell (ExpiredToken); dev is in", "log in"),
        ("SignatureDoesNotMatch", "AWS refuses the signature of this shell (SignatureDoesNotMatch): ", "Set the clock"),
        ("Throttling", "AWS does not answer now (Throttling): ", "Repeat in a minute."),
        ("ServiceUnavailable", "AWS does not answer now (ServiceUnavailable): ", "Repeat in a minute."),
    ],
)
def test_only_refused_credentials_are_called_that(
    placed: Project, monkeypatch: pytest.MonkeyPatch, code: str, says: str, remedy: str
) -> None:
    def refuse(_: BaseClient, operation: str, __: object) -> None:
        raise ClientError({"Error": {"Code": code, "Message": "why"}}, operation)

    use(monkeypatch, {"AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "B"})
    monkeypatch.setattr(BaseClient, "_make_api_call", refuse)
    _, _, err = placed.run("plan")
    first, then = err.splitlines()
    assert first.startswith(says)
    assert remedy in then


def test_a_proxy_that_does_not_answer_is_named(placed: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, {"AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "B"})
    monkeypatch.setenv("https_proxy", f"http://user:word@127.0.0.1:{free_port()}")
    _, _, err = placed.run("plan")
    assert err.startswith("The proxy https_proxy of this shell does not answer.\n")
    assert "word" not in err


def test_a_validation_asks_nobody(placed: Project) -> None:
    assert placed.run("validate")[0] == 0


def test_a_broken_file_of_aws_is_named(placed: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    file = placed.root / "config"
    file.write_text("[default\n", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    _, _, err = placed.run("plan")
    assert err.startswith("The AWS settings of this shell cannot be used: ")
    assert str(file) in err
    assert len(err.splitlines()) == 2


def test_a_lost_region_is_not_asked(placed: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ask(region: str, _: str) -> dict[str, str]:
        asked.append(region)
        return {"Account": OWN}

    monkeypatch.setattr(caller, "_ask", ask)
    stacks = read_stacks(placed.out)
    caller.require_caller(stacks)
    caller.require_caller(stacks, region="us-west-2")
    assert asked == ["us-east-1", "us-west-2"]
