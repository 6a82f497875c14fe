"""Numbers on a command line: what is refused is reported with what is allowed."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_LAST_PORT: Final = 65535


def integer(least: int, most: int | None = None) -> Callable[[str], int]:
    """A `type` of argparse: takes an integer within the bounds."""
    allowed = f"an integer of at least {least}" if most is None else f"an integer between {least} and {most}"

    def parse(text: str) -> int:
        message = f"{text!r} is not {allowed}"
        try:
            number = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(message) from None
        if number < least or (most is not None and number > most):
            raise argparse.ArgumentTypeError(message)
        return number

    return parse


port: Final = integer(0, _LAST_PORT)
"""A port to listen on; 0 takes a free one."""
