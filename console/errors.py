"""The errors whose text is for a person."""

from __future__ import annotations


class ToldError(Exception):
    """An error that is told in lines and without a traceback, wherever it is raised; `str()` is the lines.

    Exception
    └── ToldError
    """

    exit_code: int = 2
    """The exit status of a program that it ends."""
