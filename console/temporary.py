"""The folder of temporary files that the shell names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_VARIABLES: Final = ("TMPDIR", "TMP", "TEMP")
"""The first that is set counts, for Python and for Node: https://nodejs.org/api/os.html#ostmpdir"""


def problem(environ: Mapping[str, str]) -> str | None:
    """Why the folder cannot be used, in one line.

    Python would use another one without a word, and what it starts would not: Node and Terraform fail then.
    """
    name = next((name for name in _VARIABLES if environ.get(name)), None)
    if name and not (Path(environ[name]).is_dir() and os.access(environ[name], os.W_OK)):
        return f"{name}={environ[name]} is not a folder that can be written: create it, or unset {name}."
    return None
