"""The `make` of a page's shell: it runs the recipes of the Makefile, which the true `make -n` prints.

What is synthesized is there already, with the account of a test, and nothing waits as long as it does on AWS.
"""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from main import ROOT
from runner import sleeping
from runner.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TARGETS: Final = ("rotate", "sleep", "unlock", "wake")
_PYTHON: Final = ".venv/bin/python"
_MAKE: Final = "make"
_STEP_SECONDS: Final = 0.2


def install(folder: Path, output: Path, environment: str, moved: Callable[[str], str]) -> None:
    """Write it into a folder that is first on the PATH, and the stacks of an environment beside it.

    Args:
        folder: Of programs.
        output: What was synthesized.
        environment: Whose stacks.
        moved: Puts the account and the region of a test into a text.
    """
    stacks = json.loads((output / "manifest.json").read_text(encoding="utf-8"))
    own = {id_: about for id_, about in stacks["stacks"].items() if id_.startswith(f"{environment}-")}
    copied = folder.parent / "cdktf.out"
    copied.mkdir()
    (copied / "manifest.json").write_text(moved(json.dumps({**stacks, "stacks": own})), encoding="utf-8")
    for id_ in own:
        made = copied / "stacks" / id_ / "cdk.tf.json"
        made.parent.mkdir(parents=True)
        text = (output / "stacks" / id_ / "cdk.tf.json").read_text(encoding="utf-8")
        made.write_text(moved(text), encoding="utf-8")
    words = [sys.executable, "-m", __name__, str(shutil.which(_MAKE)), str(copied)]
    program = folder / _MAKE
    program.write_text(f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.join(words)} "$@"\n')
    program.chmod(0o755)


def recipe(make: str, arguments: list[str]) -> list[str]:
    """The commands of a target, without those that set up.

    Args:
        make: The true one.
        arguments: A target and its variables.
    """
    set_up = [word for stamp in ("synth", "terraform") for word in ("-o", f".venv/{stamp}.stamp")]
    command = [make, "--no-print-directory", "-n", "-C", str(ROOT), *set_up, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def run(make: str, output: str, arguments: list[str]) -> int:
    """Run a target as the Makefile says.

    Args:
        make: The true one.
        output: The synthesized stacks.
        arguments: A target and its variables.
    """
    code = 0
    for line in recipe(make, arguments):
        words = shlex.split(line)
        if words[:3] == [_PYTHON, "-m", "runner"]:
            sleeping._STEP_SECONDS = _STEP_SECONDS  # type: ignore[misc]  # noqa: SLF001
            code = main([*words[3:], "--output", output])
        elif words[:2] == [_PYTHON, "main.py"]:
            continue
        elif words[0] == "test":
            code = subprocess.run(["/bin/sh", "-c", line], check=False).returncode
        else:
            message = f"{line!r} of the Makefile is not a command that this program knows"
            raise ValueError(message)
        if code:
            break
    return code


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], sys.argv[2], sys.argv[3:]))
