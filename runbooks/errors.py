"""The one error of this program."""

from __future__ import annotations


class RunbookError(Exception):
    """A runbook cannot be rendered; `str()` is one line that says what is wrong, where, and what is allowed."""
