"""`python -m acceptance emulate|demo`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from acceptance.demo import demo
from acceptance.emulate import emulate
from acceptance.harness import open_harness
from config.load import ENVIRONMENTS
from console import program
from console.arguments import bounded_integer, port
from main import ROOT
from runner.errors import INTERRUPTED, REFUSED, RunnerError
from synthesis.manifest import OutputError


def main(arguments: list[str] | None = None) -> int:
    """Run one of the two actions; return the process's exit code."""
    options = _parse(arguments)
    environments = [options.env] if options.env else []
    try:
        with open_harness(
            environments,
            settings=options.settings.resolve(),
            layer=options.layer,
            port=options.port,
            parallel=options.parallel,
        ) as harness:
            return emulate(harness) if options.action == "emulate" else demo(harness)
    except OutputError as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    except RunnerError as error:
        # By now the servers have stopped and the files are removed.
        message = "Interrupted; everything was removed." if error.exit_code == INTERRUPTED else str(error)
        sys.stderr.write(f"{message}\n")
        return error.exit_code


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m acceptance", description="Applies the stacks without a cloud.")
    commands = parser.add_subparsers(dest="action", required=True)
    for name, function in (("emulate", emulate), ("demo", demo)):
        command = commands.add_parser(name, help=function.__doc__, description=function.__doc__)
        default = None if name == "emulate" else "dev"
        command.add_argument("--env", default=default, help=f"one environment (default: {default or 'all'})")
        command.add_argument(
            "--settings",
            type=Path,
            default=ROOT / ENVIRONMENTS,
            metavar="FOLDER",
            help="the folder of the environments' files (default: environments)",
        )
        command.add_argument("--layer", help="one layer and the layers that it needs (default: all)")
        command.add_argument(
            "--port", type=port, default=0, help="the emulator's port on 127.0.0.1 (default: a free one)"
        )
        command.add_argument(
            "--parallel",
            type=bounded_integer(1),
            help="stacks of an environment at the same time (default: 2; of a single environment 4)",
        )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    program.run(main)
