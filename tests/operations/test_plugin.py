"""How AWS's plugin is called, with a program in its place; and what Ctrl-C does while it runs."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from operations.plugin import find_plugin
from runner.errors import RunnerError
from tests.processes import processes_with

if TYPE_CHECKING:
    from pathlib import Path

ANSWER = {"SessionId": "jane-1", "TokenValue": "secret-token", "StreamUrl": "wss://x", "ResponseMetadata": {}}
REQUEST = {"Target": "ecs:c_t_r"}
RECORD = """#!{python}
import json, os, pathlib, sys
if sys.argv[1:] == ["--version"]:
    print({version!r})
    sys.exit(0)
told = {{"arguments": sys.argv[1:], "variable": os.environ.get("AWS_SSM_START_SESSION_RESPONSE")}}
pathlib.Path({record!r}).write_text(json.dumps(told))
{then}
"""


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, *, version: str = "1.2.707.0", then: str = "") -> Path:
    record, plugin = folder / "record.json", folder / "session-manager-plugin"
    plugin.write_text(RECORD.format(python=sys.executable, version=version, record=str(record), then=then))
    plugin.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    return record


def forward() -> int:
    return find_plugin()(ANSWER, REQUEST, region="us-east-1", endpoint="https://ssm.us-east-1.amazonaws.com")


@pytest.mark.parametrize("version", ["1.2.498.0", "1.2.707.0", "2.0"])
def test_the_token_is_in_a_variable_and_in_no_list_of_processes(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = install(tmp_path, monkeypatch, version=version)
    monkeypatch.setenv("AWS_PROFILE", "acme")
    assert forward() == 0
    told = json.loads(record.read_text())
    assert told["arguments"] == [
        "AWS_SSM_START_SESSION_RESPONSE",
        "us-east-1",
        "StartSession",
        "acme",
        json.dumps(REQUEST),
        "https://ssm.us-east-1.amazonaws.com",
    ]
    assert json.loads(told["variable"]) == {name: ANSWER[name] for name in ("SessionId", "TokenValue", "StreamUrl")}


@pytest.mark.parametrize("version", ["1.2.497.0", "1.1.61.0", "not a version"])
def test_an_old_plugin_gets_the_token_as_an_argument(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = install(tmp_path, monkeypatch, version=version)
    forward()
    told = json.loads(record.read_text())
    assert json.loads(told["arguments"][0])["TokenValue"] == "secret-token"
    assert told["variable"] is None


def test_its_exit_code_is_returned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, then="sys.exit(255)")
    assert forward() == 255


def test_ctrl_c_is_for_the_plugin_and_ends_the_tunnel_without_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both get the signal of the terminal. The plugin ends its session, and its exit code then says nothing."""
    ready = tmp_path / "ready"
    then = "import signal, time\nsignal.signal(signal.SIGINT, lambda *_: sys.exit(7))\n"
    then += f"open({str(ready)!r}, 'w').close()\n"
    install(tmp_path, monkeypatch, then=then + "while True: time.sleep(0.05)")

    def press() -> None:
        while not ready.exists():
            pass
        os.kill(os.getpid(), signal.SIGINT)
        # The test's own process group has the test runner in it: the child gets its signal alone.
        for pid in processes_with(str(tmp_path / "session-manager-plugin")):
            os.kill(pid, signal.SIGINT)

    thread = threading.Thread(target=press)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.defpath}")
    thread.start()
    assert forward() == 0
    thread.join()


def test_a_plugin_that_does_not_obey_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ready = tmp_path / "ready"
    then = f"import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nopen({str(ready)!r}, 'w').close()\n"
    install(tmp_path, monkeypatch, then=then + "while True: time.sleep(0.05)")
    monkeypatch.setattr("operations.plugin._GRACE_SECONDS", 0.1)

    def end(*_: object) -> None:
        raise InterruptedError

    def kill() -> None:
        while not ready.exists():
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, end)
    thread = threading.Thread(target=kill)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.defpath}")
    thread.start()
    try:
        with pytest.raises(InterruptedError):
            forward()
    finally:
        signal.signal(signal.SIGTERM, before)
        thread.join()
    assert processes_with(str(tmp_path / "session-manager-plugin")) == {}


def test_without_it_one_line_says_where_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RunnerError, match="`session-manager-plugin` is not on PATH, and a tunnel needs it") as error:
        find_plugin()
    assert "session-manager-working-with-install-plugin.html" in error.value.remedy
