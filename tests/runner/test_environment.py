"""No variable of the caller's shell changes what Terraform plans or where it keeps its state."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from runner import executable
from runner.environment import build, require_aws, without_account
from runner.errors import RunnerError
from runner.executable import Executable
from runner.processes import Completed, Processes, Start
from runner.provider_mirror import Installation
from runner.terraform import RunContext, Terraform
from synthesis.manifest import read_stacks
from tests.outputs import write_stack

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.runner.conftest import Project

SHELL = {
    "PATH": "/usr/bin",
    "HOME": "/home/someone",
    "HTTPS_PROXY": "http://proxy:3128",
    "NO_PROXY": "localhost",
    "SSL_CERT_FILE": "/etc/ssl/own.pem",
    "AWS_PROFILE": "prod",
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "token",
    "AWS_CONFIG_FILE": "/home/someone/aws",
    "AWS_SHARED_CREDENTIALS_FILE": "/home/someone/credentials",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/token",
    "AWS_ROLE_ARN": "arn:aws:iam::1:role/x",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CA_BUNDLE": "/etc/ssl/own.pem",
    "AWS_MAX_ATTEMPTS": "9",
    "TF_LOG": "debug",
    "TF_LOG_PATH": "/tmp/log",  # noqa: S108
    "TF_PLUGIN_CACHE_DIR": "/cache",
    "TF_TOKEN_app_terraform_io": "token",
}
"""What stays the caller's."""

IGNORED = {
    "TF_WORKSPACE": "staging",
    "TF_CLI_ARGS": "-no-color",
    "TF_CLI_ARGS_plan": "-destroy",
    "TF_CLI_ARGS_init": "-backend=false",
    "TF_CLI_ARGS_apply": "-target=aws_vpc.vpc",
    "TF_DATA_DIR": "/elsewhere",
    "TF_VAR_name": "hostile",
    "TF_REATTACH_PROVIDERS": '{"hashicorp/aws":{}}',
    "TF_STATE_PERSIST_INTERVAL": "1",
    "TF_ENCRYPTION": "key_provider {}",
    "TF_IN_AUTOMATION": "",
    "TF_INPUT": "1",
    "TF_IGNORE": "trace",
    "TF_FORCE_LOCAL_BACKEND": "1",
    "TF_CLOUD_ORGANIZATION": "other",
    "TF_SKIP_PROVIDER_VERIFY": "1",
    "TF_DISABLE_PLUGIN_TLS": "1",
    "TF_AWS_DEFAULT_TAGS_Owner": "hostile",
    "TF_AWS_IGNORE_TAGS_KEYS": "Owner",
    "TF_AWS_IGNORE_TAGS_KEY_PREFIXES": "O",
    "TF_CLI_CONFIG_FILE": "/elsewhere/terraform.rc",
    "TERRAFORM_CONFIG": "/elsewhere/terraform.rc",
    "CHECKPOINT_DISABLE": "",
    "AWS_REGION": "eu-north-1",
    "AWS_DEFAULT_REGION": "eu-north-1",
    "AWS_SSE_CUSTOMER_KEY": "a2V5",
    "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT": "legacy",
    "AWS_S3_USE_ARN_REGION": "true",
    "AWS_METADATA_URL": "http://10.0.0.1",
    "AWS_STS_REGION": "eu-north-1",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
    "PYTHONSAFEPATH": "1",
    "PYTHONHOME": "/elsewhere",
}
"""What is left out."""

ENDPOINTS = (
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL_DYNAMODB",
    "AWS_ENDPOINT_URL_STS",
    "AWS_S3_ENDPOINT",
    "AWS_DYNAMODB_ENDPOINT",
    "AWS_IAM_ENDPOINT",
    "AWS_STS_ENDPOINT",
    "AWS_SSO_ENDPOINT",
    "TF_AWS_S3_ENDPOINT",
)
EMULATOR = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:5000",
    "AWS_ENDPOINT_URL_S3_CONTROL": "http://s3-control.us-east-1.amazonaws.com",
    "AWS_ACCESS_KEY_ID": "111111111111",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_EC2_METADATA_DISABLED": "true",
    **dict.fromkeys(("HTTP_PROXY", "http_proxy"), "http://127.0.0.1:5000"),
    **dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost"),
}
"""As `make demo` prints them; tests/acceptance/test_account.py checks that it prints no others."""


class Recorder(Processes):
    """Starts nothing, and keeps the environment."""

    environ: Mapping[str, str]

    def capture(self, start: Start, *, cwd: Path | None = None) -> Completed:
        del cwd
        self.environ = start.environ
        return Completed(0, "", "")


def given(folder: Path, environ: Mapping[str, str]) -> Mapping[str, str]:
    """The environment that the runner gives to Terraform in this shell."""
    write_stack(folder / "out", "dev-network")
    stack = read_stacks(folder / "out")["dev-network"]
    processes = Recorder()
    installation = Installation({"TF_CLI_CONFIG_FILE": "/etc/terraform.rc"}, fetches=False, origin="")
    context = RunContext(Executable(("terraform",), "1.11.4", "linux"), installation, environ, folder, processes)
    Terraform(stack, context).workspaces()
    return processes.environ


def test_a_person_keeps_credentials_proxies_and_logs(tmp_path: Path) -> None:
    added = {
        "TF_DATA_DIR": str(tmp_path / "dev-network" / "data"),
        "TF_CLI_CONFIG_FILE": "/etc/terraform.rc",
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
        "CHECKPOINT_DISABLE": "1",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "GOGC": "400",
    }
    assert given(tmp_path, SHELL) == SHELL | added


@pytest.mark.parametrize("own", [{"GOGC": "50"}, {"GOMEMLIMIT": "1GiB"}])
def test_a_person_decides_how_much_memory_terraform_takes(tmp_path: Path, own: dict[str, str]) -> None:
    environ = given(tmp_path, SHELL | own)
    assert {name: environ[name] for name in ("GOGC", "GOMEMLIMIT") if name in environ} == own


@pytest.mark.parametrize("name", IGNORED)
def test_a_variable_that_could_change_a_plan_is_left_out(tmp_path: Path, name: str) -> None:
    assert given(tmp_path / "a", SHELL | {name: IGNORED[name]}) == {
        **given(tmp_path / "b", SHELL),
        "TF_DATA_DIR": str(tmp_path / "a" / "dev-network" / "data"),
    }


def test_looking_for_terraform_ignores_its_variables(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    del project  # the fake Terraform is on PATH
    fake = shutil.which("terraform")
    assert fake
    with open(fake, encoding="utf-8") as file:  # noqa: PTH123
        program = file.read()
    with open(fake, "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(
            program.replace("import os, sys, time", 'import os, sys, time\nassert "TF_CLI_ARGS" not in os.environ')
        )
    monkeypatch.setenv("TF_CLI_ARGS", "-chdir=/elsewhere")
    assert executable.find(os.environ).version == "1.11.4"


@pytest.mark.parametrize("answer", ["[]", "null", '"1.11.4"', '{"terraform_version": "1"}', "{"])
def test_a_terraform_that_answers_something_else_is_reported(tmp_path: Path, answer: str) -> None:
    fake = tmp_path / "terraform"
    fake.write_text(f"#!/bin/sh\necho '{answer}'\n", encoding="utf-8")
    fake.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("importlib.util.find_spec", lambda _: None)
        with pytest.raises(RunnerError, match=f"{fake} cannot be run: "):
            executable.find({"PATH": str(tmp_path)})


@pytest.mark.parametrize("name", ENDPOINTS)
def test_an_endpoint_that_is_not_aws_is_refused(project: Project, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    project.stack("dev-state")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", SHELL["AWS_ACCESS_KEY_ID"])
    monkeypatch.setenv(name, "http://127.0.0.1:4566")
    code, _, err = project.run("plan")
    assert (code, project.calls()) == (2, [])
    assert err.startswith(f"{name}=http://127.0.0.1:4566 would send plans and states somewhere else than to AWS.\n")
    assert f"`unset {name}`" in err
    assert name not in build({**os.environ})


def test_the_variables_of_the_demo_are_accepted() -> None:
    require_aws(SHELL | EMULATOR)
    kept = build(SHELL | EMULATOR)
    assert EMULATOR.items() <= kept.items()


def test_on_the_emulator_nothing_hides_its_endpoints() -> None:
    name = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
    assert name not in build(SHELL | EMULATOR | {name: "true"})


def test_encryption_by_opentofu_is_refused(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.stack("dev-state")
    monkeypatch.setenv("TF_ENCRYPTION", "key_provider {}")
    code, _, err = project.run("plan")
    assert (code, project.calls()) == (2, [])
    assert err.startswith(
        "TF_ENCRYPTION is set, and states are not encrypted by OpenTofu here but by the bucket's key."
    )
    assert len(err.splitlines()) == 2
    assert "`unset TF_ENCRYPTION`" in err


@pytest.mark.parametrize(
    "change",
    [
        {"AWS_ENDPOINT_URL": "http://10.0.0.1:5000"},
        {"AWS_ENDPOINT_URL": "http://127.0.0.1.example.com"},
        {"AWS_ENDPOINT_URL": "http://[127.0.0.1"},
        {"AWS_ENDPOINT_URL": "127.0.0.1:5000"},
        {"AWS_ENDPOINT_URL_S3": "https://s3.example.com"},
        {"AWS_ENDPOINT_URL_S3": "https://example.com/.amazonaws.com"},
        {"AWS_ACCESS_KEY_ID": "test"},
        {"AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:5000"},
    ],
)
def test_half_of_the_variables_of_the_demo_are_refused(change: dict[str, str]) -> None:
    with pytest.raises(RunnerError, match="somewhere else than to AWS"):
        require_aws(EMULATOR | change)


def test_a_run_on_the_emulator_gets_no_account_of_the_caller() -> None:
    left = without_account(SHELL | IGNORED | {"https_proxy": "http://proxy:3128"})
    assert not [name for name in left if name.upper().startswith(("AWS_", "HTTP", "NO_PROXY"))]
    assert {name for name in left if name.startswith("TF_")} == {
        "TF_CLI_CONFIG_FILE",
        "TF_LOG",
        "TF_LOG_PATH",
        "TF_PLUGIN_CACHE_DIR",
        "TF_TOKEN_app_terraform_io",
    }


@pytest.mark.parametrize(
    "written", ['dev_overrides {\n "hashicorp/aws" = "/x" }', '"dev_overrides": {"hashicorp/aws": "/x"}']
)
def test_a_development_build_of_the_provider_is_refused(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, written: str
) -> None:
    project.stack("dev-state")
    file = tmp_path / "own.rc"
    file.write_text(f"provider_installation {{ {written} \n direct {{}} }}", encoding="utf-8")
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(file))
    code, _, err = project.run("plan")
    assert (code, project.calls()) == (2, [])
    assert f"{file} has dev_overrides" in err
    file.write_text(f"provider_installation {{\n # {written.splitlines()[0]}\n direct {{}} }}", encoding="utf-8")
    assert project.run("plan")[0] == 0
