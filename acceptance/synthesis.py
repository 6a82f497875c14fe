"""Synthesis in a separate process: Node and the bindings have ended before Terraform needs the memory.

`python -m acceptance.synthesis FOLDER environments dev prod` writes `FOLDER/cdktf.out`, as `make synth` does, and
`FOLDER/unprotected/cdktf.out`, the same with `protect_data = false`: a protected environment must be changed to that
before it can be destroyed.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from synthesis import fast_start

if __name__ == "__main__":
    fast_start.prepare(os.environ)

from config.load import load_environments
from console import program
from main import ROOT, synthesize
from runner.errors import INTERRUPTED, OK, REFUSED, RunnerError
from runner.processes import Start
from synthesis.manifest import OutputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runner.processes import Processes

_OUTPUT: Final = "cdktf.out"


def synthesized(folder: Path) -> Path:
    """The folder of the stacks as a user applies them."""
    return folder / _OUTPUT


def unprotected(folder: Path) -> Path:
    """The folder of the stacks without protection."""
    return folder / "unprotected" / _OUTPUT


def write(folder: Path, settings: Path, environments: Sequence[str], processes: Processes) -> None:
    """Synthesize both.

    Args:
        folder: Where both go.
        settings: Where the environments' files are.
        environments: Their names; a wrong file is reported as by `make synth`.
        processes: What runs the synthesis.
    """
    command = [sys.executable, "-m", "acceptance.synthesis", str(folder), str(settings), *environments]
    done = processes.capture(Start(command, os.environ), cwd=ROOT)
    if processes.interrupted:  # its traceback in the child is of no use
        message = "Interrupted."
        raise RunnerError(message, exit_code=INTERRUPTED)
    if done.code:
        message = done.stderr.strip() or done.stdout.strip()
        raise RunnerError(message, exit_code=done.code)


def main(arguments: Sequence[str]) -> int:
    """Synthesize the environments named after the two folders."""
    parser = argparse.ArgumentParser(prog="python -m acceptance.synthesis", description=main.__doc__)
    parser.add_argument("folder", type=Path, help="where both synthesized folders go")
    parser.add_argument("settings", type=Path, help="the folder of the environments' files")
    parser.add_argument("environment", nargs="*", help="names of files in it")
    options = parser.parse_args(arguments)
    environments, wrong = load_environments(options.environment, folder=Path(os.path.relpath(options.settings)))
    if wrong:
        print(*wrong, sep="\n", file=sys.stderr)
        return REFUSED
    try:
        synthesize(environments, synthesized(options.folder))
        synthesize(
            [config.model_copy(update={"protect_data": False}) for config in environments], unprotected(options.folder)
        )
    except OutputError as error:
        print(error, file=sys.stderr)
        return REFUSED
    return OK


if __name__ == "__main__":
    program.run(lambda: main(sys.argv[1:]))
