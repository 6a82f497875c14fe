"""`python -m emulator.probe`: applies the whole test configuration with real Terraform; takes about ten minutes."""

from __future__ import annotations

import sys

from console import program
from emulator.probe.runner import run
from emulator.probe.terraform import TerraformError


def main() -> int:
    """Run it, print the table, and return the exit code."""
    try:
        print(run())
    except TerraformError as error:
        print(f"probe: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    program.run_alone(main, module="emulator.probe", description=__doc__)
