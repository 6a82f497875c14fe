"""Numbers on a command line; the error message says what is allowed."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LAST_PORT: Final = 65535


def bounded_integer(least: int, most: int | None = None) -> Callable[[str], int]:
    """A `type` of argparse: an integer within the bounds."""
    allowed = f"an integer of {least} or more" if most is None else f"an integer from {least} to {most}"

    def parse(text: str) -> int:
        message = f"{text!r} must be {allowed}"
        try:
            number = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(message) from None
        if number < least or (most is not None and number > most):
            raise argparse.ArgumentTypeError(message)
        return number

    return parse


port: Final = bounded_integer(0, _LAST_PORT)
"""A port to listen on; 0 for any free port."""


def take_none(argv: Sequence[str], *, module: str, description: str | None) -> None:
    """Answer `--help` of a program that has no arguments, and refuse any other, before the program does something.

    Args:
        argv: The arguments, without the program.
        module: The name after `python -m`.
        description: What the program does, in one sentence.

    Raises:
        SystemExit: There is an argument; 0 after `--help`, else 2.
    """
    argparse.ArgumentParser(prog=f"python -m {module}", description=description).parse_args(argv)
