"""`python -m console.setup NAME -- COMMAND`: one step of the set-up, with its seconds and, if it fails, one line why.

On a terminal the seconds count, with what is left by the last run; a log gets nothing until the step has ended. It runs
before anything is installed, and needs nothing but Python.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from console import program
from console.durations import Durations
from console.forecast import Forecast, elapsed

if TYPE_CHECKING:
    from collections.abc import Sequence

WORK: Final = Path(__file__).parents[1] / ".terraform-work"

_CLEAR: Final = "\x1b[2K\r"
_NOT_STARTED: Final = 127
_OF_A_SIGNAL: Final = 128
"""What a shell adds to the number of a signal: Python's is negative."""
REASONS: Final = {
    r"No space left on device|Disk quota exceeded": (
        "the disk is full, here or in TMPDIR: `make synth` needs about 900 MB, all of `make setup` about 2 GB"
    ),
    r"Read-only file system|Permission denied": "a file of .venv cannot be written: check its owner and its mount",
    r"DO NOT MATCH THE HASHES": (
        "a package differs from the one in the lock (requirements/): do not install it, and ask who runs the index"
    ),
    r"Retrying \(|NewConnectionError|ConnectTimeout|ProxyError|SSLError|Connection refused|name resolution": (
        "the package index does not answer: check the network and HTTPS_PROXY; PIP_INDEX_URL names another index, "
        "PIP_FIND_LINKS a folder of wheels"
    ),
    r"No matching distribution found for (?P<what>\S+)": (
        "the package index has no {what} for this machine and its Python: PIP_INDEX_URL names another index, "
        "PYTHON=python3.12 another Python"
    ),
}
"""What pip prints (a pattern), and what it means for who runs `make`."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the step; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m console.setup", description="Runs one step of the set-up.")
    parser.add_argument("name", help="the step, as messages name it: the packages of the tests")
    parser.add_argument("command", nargs="+", help="what is run, after --")
    options = parser.parse_args(argv)
    forecast = Forecast("set-up", {options.name: ()}, Durations(WORK))
    output, status = _run(options.name, options.command, forecast)
    if status == 0:
        sys.stderr.write(output)
        return 0
    reason = explain(output)
    if status < 0:
        reason = f"{options.command[0]} was killed (signal {-status}; out of memory?)"
    elif reason is None:
        sys.stderr.write(output)
        reason = f"{options.command[0]} ended with {status}; what it printed is above"
    sys.stderr.write(f"Cannot set up {options.name}: {reason}.\n")
    return status if status > 0 else _OF_A_SIGNAL - status


def explain(output: str) -> str | None:
    """Why pip failed, in a sentence; None if it is something else."""
    for pattern, reason in REASONS.items():
        if found := re.search(pattern, output):
            return reason.format(**found.groupdict())
    return None


def _run(name: str, command: Sequence[str], forecast: Forecast) -> tuple[str, int]:
    """All that it prints, and its exit status; while it runs, its seconds are on the terminal."""
    done = threading.Event()
    clock = threading.Thread(target=_count, args=(sys.stderr, name, forecast, done), daemon=True)
    forecast.start(name)
    if sys.stderr.isatty():
        clock.start()
    try:
        ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        output, status = ran.stdout.decode(errors="replace"), ran.returncode
    except OSError as error:
        output, status = f"{command[0]}: {error.strerror}\n", _NOT_STARTED
    finally:
        done.set()
        if clock.is_alive():
            clock.join()
    forecast.end(name, is_whole=status == 0)
    return output, status


def _count(terminal: TextIO, name: str, forecast: Forecast, done: threading.Event) -> None:
    while not done.wait(1):
        left = forecast.seconds_left
        rest = "" if not left else f", the last time {elapsed(forecast.seconds + left)}"
        terminal.write(f"{_CLEAR}  {name}: {elapsed(forecast.seconds)} so far{rest}")
        terminal.flush()
    terminal.write(_CLEAR)
    terminal.flush()


if __name__ == "__main__":
    program.run(main)
