"""The whole program over the tests' own environments, on the emulator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from emulator.registry import REGISTRY
from emulator.services.servicequotas import APPLIED
from preflight import __main__ as program
from preflight.account import Account
from preflight.line import Line, Status
from preflight.platform import Platform
from synthesis.manifest import of_environment, read_stacks
from tests.preflight.conftest import session_of
from tests.preflight.samples import no_dns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from emulator import Emulator

DEV, PROD = "111111111111", "333333333333"
# Every service that a run of prod calls, some at a time, and the prefix of its permissions.
DENIED = (
    {"accessanalyzer": "access-analyzer", "acm": "acm", "backup": "backup", "cloudtrail": "cloudtrail", "ec2": "ec2"},
    {"config": "config", "dynamodb": "dynamodb", "ecr": "ecr", "ecs": "ecs", "elbv2": "elasticloadbalancing"},
    {"guardduty": "guardduty", "iam": "iam", "kms": "kms", "lambda": "lambda", "logs": "logs", "rds": "rds"},
    {"route53": "route53", "s3": "s3", "secretsmanager": "secretsmanager", "sqs": "sqs", "ssm": "ssm"},
    {"budgets": "budgets", "ce": "ce", "codebuild": "codebuild", "codedeploy": "codedeploy"},
    {"codepipeline": "codepipeline", "service-quotas": "servicequotas", "wafv2": "wafv2"},
)


@pytest.fixture
def _credentials(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Those of dev's account, in the variables of the shell."""
    for name, value in emulator.environment(account=DEV).items():
        monkeypatch.setenv(name, value)
    yield
    emulator.dispatcher.reset()


@pytest.fixture
def prod(emulator: Emulator, monkeypatch: pytest.MonkeyPatch, output: Path) -> Iterator[Callable[[], list[Line]]]:
    """Runs all checks of prod in an account with enough vCPUs."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.url)
    REGISTRY.store.table(APPLIED, PROD, "us-east-1")["fargate/L-3032A538"] = 64
    platform = Platform(of_environment(read_stacks(output), "prod"))

    def run() -> list[Line]:
        account = Account(session_of(PROD), home_region=platform.home_region)
        lines, complete = program.preflight(platform, account, look_up=no_dns, local_state=output / "none")
        assert complete
        return lines

    yield run
    emulator.dispatcher.reset()


@pytest.mark.usefixtures("_credentials")
def test_a_new_account_is_ready_for_dev(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = program.main(["dev", "--output", str(output)])

    printed = capsys.readouterr()
    assert code == program.OK, printed.out
    assert "checks are ok. Next: make bootstrap ENV=dev" in printed.out
    assert "Reading account 111111111111 for dev" in printed.err


@pytest.mark.usefixtures("_credentials")
def test_a_problem_is_exit_code_1(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    REGISTRY.store.table(APPLIED, DEV, "us-east-1")["fargate/L-36FBB829"] = 1

    code = program.main(["dev", "--output", str(output)])

    printed = capsys.readouterr().out
    assert code == program.NOT_OK
    assert "    -> aws service-quotas request-service-quota-increase" in printed
    assert "1 problem. Fix each line as described below it" in printed


@pytest.mark.usefixtures("_credentials")
def test_what_could_not_be_read_is_exit_code_1(
    output: Path, capsys: pytest.CaptureFixture[str], deny: Callable[..., None]
) -> None:
    deny("kms:ListAliases")

    code = program.main(["dev", "--output", str(output)])

    assert code == program.NOT_OK
    assert "1 could not be read." in capsys.readouterr().out


@pytest.mark.usefixtures("_credentials")
def test_with_credentials_of_another_account_nothing_else_is_read(
    output: Path, capsys: pytest.CaptureFixture[str], emulator: Emulator
) -> None:
    emulator.dispatcher.reset()

    code = program.main(["prod", "--output", str(output)])

    assert code == program.NOT_OK
    assert "Nothing else was read." in capsys.readouterr().out
    assert emulator.dispatcher.called == {(DEV, "us-east-1", "sts")}


@pytest.mark.usefixtures("_credentials")
def test_an_unknown_environment_is_exit_code_2(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["nope", "--output", str(output)]) == program.BAD_INPUT
    assert "has no environment 'nope'" in capsys.readouterr().err


def test_a_profile_that_does_not_exist_is_exit_code_2(
    output: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nope")

    assert program.main(["dev", "--output", str(output)]) == program.BAD_INPUT
    assert "The config profile (nope) could not be found" in capsys.readouterr().err


@pytest.mark.usefixtures("_credentials")
@pytest.mark.parametrize("url", ["http://10.0.0.1:5000", "garbage"])
def test_an_endpoint_other_than_aws_is_exit_code_2(
    output: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)

    assert program.main(["dev", "--output", str(output)]) == program.BAD_INPUT
    assert f"AWS_ENDPOINT_URL={url} would send plans" in capsys.readouterr().err


def test_a_service_that_does_not_answer_is_not_ok_and_hides_nothing_else(
    prod: Callable[[], list[Line]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", "http://127.0.0.1:9")

    lines = [line for line in prod() if line.status is not Status.OK]

    assert [(line.subject, line.status, line.found) for line in lines] == [
        (f"names of KMS aliases, {region}", Status.UNREADABLE, "no answer from http://127.0.0.1:9/")
        for region in ("us-east-1", "us-west-2")
    ]


def test_without_output_it_is_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["dev", "--output", str(tmp_path)]) == program.BAD_INPUT
    assert "Run `make synth` first." in capsys.readouterr().err


def test_a_new_account_is_ready_for_prod(prod: Callable[[], list[Line]]) -> None:
    lines = prod()

    assert [line for line in lines if line.status is not Status.OK] == []
    assert len(lines) > 50


@pytest.mark.parametrize("services", DENIED, ids="-".join)
def test_a_service_that_is_denied_is_not_ok_and_hides_nothing_else(
    prod: Callable[[], list[Line]], deny: Callable[..., None], services: dict[str, str]
) -> None:
    deny(*(f"{service}:*" for service in services))

    lines = prod()

    unread = [line.found for line in lines if line.status is Status.UNREADABLE]
    assert {found.partition(":")[0] for found in unread} == set(services.values())
    assert [found for found in unread if not found.endswith(" is denied")] == []
    assert len([line for line in lines if line.status is Status.OK]) > 10
    assert [line for line in lines if line.status is Status.PROBLEM] == []


def test_every_service_that_is_called_is_denied_in_a_test(prod: Callable[[], list[Line]], emulator: Emulator) -> None:
    emulator.dispatcher.called.clear()

    prod()

    called = {service for _, _, service in emulator.dispatcher.called} - {"sts"}
    assert called == {service for group in DENIED for service in group}


def test_only_operations_that_read_reach_the_account(prod: Callable[[], list[Line]], emulator: Emulator) -> None:
    called: list[tuple[str, str]] = []
    forward = emulator.dispatcher._handlers  # noqa: SLF001

    def record(call: object) -> object:
        called.append((call.service, call.name))  # type: ignore[attr-defined]
        return forward(call)  # type: ignore[arg-type]

    REGISTRY.denied.add(("none", "none"))  # makes the emulator name the operation of every request
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(emulator.dispatcher, "_handlers", record)
        prod()

    assert len(called) > 100
    reads = ("BatchGet", "Get", "List", "Describe", "Head")
    assert [call for call in called if not call[1].startswith(reads) and call != ("sts", "AssumeRole")] == []


def test_an_endpoint_of_a_profile_is_not_obeyed(output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config"
    config.write_text("[profile local]\nregion = us-east-1\nendpoint_url = http://127.0.0.1:1\n", encoding="utf-8")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_PROFILE", "local")
    called: list[str] = []

    def look(_: Platform, account: Account, **__: object) -> tuple[list[Line], bool]:
        called.append(account.client("sts").meta.endpoint_url)
        return [], True

    monkeypatch.setattr(program, "preflight", look)

    assert program.main(["dev", "--output", str(output)]) == program.OK
    assert called == ["https://sts.us-east-1.amazonaws.com"]
