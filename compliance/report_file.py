"""Writes a report where CI looks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.errors import ToldError
from console.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path


class ReportError(ToldError):
    """A report cannot be written; `str()` says why and what to do."""


def require_writable(path: Path) -> None:
    """Make the folder of a report and see that a file can be in it, before anything takes time.

    Raises:
        ReportError: The report could not be written there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not path.exists()
        path.open("a", encoding="utf-8").close()
        if is_new:
            path.unlink()
    except OSError as error:
        raise _unwritable(path, error) from error


def write_report(path: Path, text: str) -> None:
    """Write a report.

    Raises:
        ReportError: It cannot be written.
    """
    try:
        write_whole(path, text)
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> ReportError:
    match error:
        case FileExistsError() | NotADirectoryError():
            reason = "a file is where its folder would be"
        case IsADirectoryError():
            reason = "it is a folder"
        case _:
            reason = error.strerror or str(error)
    message = f"{path} cannot be written: {reason}."
    return ReportError(f"{message}\nName another file, like cdktf.out/reports/{path.name}.")
