"""`python -m report.chromium`: find the Chromium that shows the page to tests; say what to install if there is none."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING, Final

from console import program

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE: Final = "CHROMIUM"
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
"""Of Debian, of other distributions, and of machines that come with Chrome."""
NO_SANDBOX: Final = "--no-sandbox"
"""As root, Chromium starts only without its sandbox; all that it opens is our own file."""


class ChromiumError(Exception):
    """There is no Chromium; `str()` is one line: what to install."""


def find_chromium(environment: Mapping[str, str] = os.environ) -> str:
    """The program of Chromium: that of the variable CHROMIUM, or the first one on PATH.

    Raises:
        ChromiumError: There is none.
    """
    named = environment.get(VARIABLE)
    for name in (named,) if named else _NAMES:
        if found := shutil.which(name, path=environment.get("PATH", "")):
            return found
    if named:
        message = f'CHROMIUM="{named}" is not a program: use the path of Chromium, like /usr/bin/chromium.'
        raise ChromiumError(message)
    message = (
        "Chromium is not on PATH: run 'apt-get install chromium', or set CHROMIUM to the path of a Chromium or Chrome."
    )
    raise ChromiumError(message)


def main() -> int:
    """Look for it; nothing is printed if it is there.

    Returns:
        0; 2 if it is missing.
    """
    try:
        find_chromium()
    except ChromiumError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    program.run(main)
