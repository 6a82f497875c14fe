"""`python -m hcl`: the synthesized stacks as plain HCL; `make hcl` runs it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from console import program
from console.table import table
from hcl.write import write
from synthesis.manifest import OutputError

if TYPE_CHECKING:
    from collections.abc import Sequence

EXIT_OK, EXIT_BAD_INPUT = 0, 2


def main(argv: Sequence[str]) -> int:
    """Write the HCL, and print where it is.

    Returns:
        0; 2 if there is nothing to write, or it cannot be written.
    """
    parser = argparse.ArgumentParser(prog="python -m hcl", description="The synthesized JSON as plain HCL.")
    parser.add_argument("environment", nargs="*", help="the environments to write (default: all)")
    parser.add_argument(
        "--output", type=Path, default=Path("cdktf.out"), help="the output of synthesis (default: %(default)s)"
    )
    parser.add_argument("--to", type=Path, help="where the HCL goes (default: hcl/ in the output)")
    arguments = parser.parse_args(argv)
    try:
        written = write(arguments.output, arguments.environment, to=arguments.to)
    except OutputError as error:
        print(error, file=sys.stderr)
        return EXIT_BAD_INPUT
    rows = [("environment", "stacks", "resources", "one graph of all")]
    rows += [(each.environment, str(len(each.stacks)), str(each.resources), f"{each.folder}/") for each in written]
    print(table(rows))
    stack = next(iter(written[0].stacks.values()))
    print(f"\nEach stack is beside it, such as {stack}/. How to go on with them: docs/hcl.md")
    return EXIT_OK


if __name__ == "__main__":
    program.run(lambda: main(sys.argv[1:]))
