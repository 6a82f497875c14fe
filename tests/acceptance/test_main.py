"""Wrong usage of `make emulate`, and what it prints."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from acceptance.__main__ import main
from tests.fixtures import FOLDER
from tests.processes import processes_with

if TYPE_CHECKING:
    from tests.template import Template

ROOT = Path(__file__).parents[2]
SETTINGS = ["--settings", str(FOLDER)]
EMULATE = ["emulate", *SETTINGS]


@pytest.mark.terraform
def test_a_port_in_use_is_reported_with_a_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main([*EMULATE, "--port", str(port)]) == 2
    assert capsys.readouterr().err == (
        f"port {port} on 127.0.0.1 is already in use; stop the other process, or use another port\n"
        "Omit `--port` to use a free one.\n"
    )


def test_without_terraform_it_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert main(EMULATE) == 2
    assert "There is no Terraform on this machine.\nInstall Terraform >= 1.11" in capsys.readouterr().err


@pytest.mark.terraform
def test_an_unknown_environment_is_refused_as_synthesis_refuses_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*EMULATE, "--env", "nosuch"]) == 2
    assert "nosuch" in capsys.readouterr().err


@pytest.mark.terraform
def test_an_unknown_layer_is_reported_with_those_that_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*EMULATE, "--env", "dev", "--layer", "nosuch"]) == 2
    assert "This environment has no layer 'nosuch'.\nIt has: state, " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argument", "value", "message"),
    [
        ("--port", "65536", "'65536' must be an integer from 0 to 65535"),
        ("--port", "abc", "'abc' must be an integer from 0 to 65535"),
        ("--parallel", "0", "'0' must be an integer of 1 or more"),
        ("--parallel", "two", "'two' must be an integer of 1 or more"),
    ],
)
def test_a_wrong_number_is_reported_with_what_is_allowed(
    argument: str, value: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["emulate", argument, value])
    assert f"error: argument {argument}: {message}\n" in capsys.readouterr().err


@pytest.mark.terraform
def test_without_a_provider_and_a_way_to_get_one_nothing_is_applied(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    configuration = tmp_path / "terraform.rc"
    configuration.write_text(
        f'provider_installation {{\n  filesystem_mirror {{\n    path = "{tmp_path}/empty"\n  }}\n}}\n'
    )
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(configuration))
    monkeypatch.delenv("TF_PLUGIN_MIRROR", raising=False)
    assert main([*EMULATE, "--env", "dev"]) == 1
    printed = capsys.readouterr().err
    assert "Error: Failed to query available provider packages" in printed
    assert "set TF_PLUGIN_MIRROR to the folder that `terraform providers mirror` filled" in printed


def start(tmp_path: Path, *arguments: str, until: str) -> tuple[subprocess.Popen[str], str]:
    """Start the program with its temporary files in `tmp_path`; return it and what it printed up to this text."""
    process = subprocess.Popen(
        [sys.executable, "-m", "acceptance", *arguments],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    printed = ""
    for line in process.stdout:
        printed += line
        if until in line:
            break
    return process, printed


@pytest.mark.emulator
@pytest.mark.terraform
@pytest.mark.seconds(15)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_no_process_no_server_and_no_file(tmp_path: Path, number: signal.Signals) -> None:
    process, printed = start(tmp_path, *EMULATE, "--env", "dev", "--layer", "state", until="applying")
    deadline = time.monotonic() + 60
    while not processes_with(str(tmp_path)):  # printed first, then started
        assert time.monotonic() < deadline
        time.sleep(0.1)
    process.send_signal(number)
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == 130, printed + rest
    assert "Interrupted; everything was removed." in rest
    assert list(tmp_path.iterdir()) == []
    assert processes_with(str(tmp_path)) == {}


@pytest.mark.emulator
@pytest.mark.terraform
@pytest.mark.seconds(100)
def test_the_demo_says_what_to_try_and_ends_with_ctrl_c(tmp_path: Path, stacks: dict[str, Template]) -> None:
    process, printed = start(tmp_path, "demo", *SETTINGS, "--layer", "state", until="Ctrl-C ends the demo")
    count = sum(len(named) for named in stacks["dev-state"].document["resource"].values())
    assert f"dev is applied: {count} resources, in account 111111111111 of the emulator." in printed
    assert 'state_bucket = "user-management-dev-state-111111111111"' in printed
    assert "export AWS_ENDPOINT_URL=http://127.0.0.1:" in printed
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert list(tmp_path.iterdir()) == []
