"""Writes a file as a whole or not at all: a full disk or an interrupt leaves what was there."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from pathlib import Path
from typing import Final

_NOT_REPLACED: Final = (errno.EBUSY, errno.EXDEV)
"""A file that is a mount point of its own: https://man7.org/linux/man-pages/man2/rename.2.html"""


_NOTHING_BESIDE: Final = (errno.EACCES, errno.EROFS)
"""A file may be writable in a folder that is not."""


def write_whole(path: Path, text: str, *, private: bool = False, errors: str = "strict") -> None:
    """Replace a file's text in one step; a link stays a link, and a file keeps its permissions.

    Args:
        path: The file, which need not exist; also a pipe or a device, such as /dev/stdout.
        text: What it then holds, as UTF-8.
        private: Whether only this user may read it.
        errors: What to do about characters that are not valid, as `str.encode` has it.

    Raises:
        OSError: It cannot be written, by its own name; it is as it was.
    """
    content = text.encode("utf-8", errors)
    try:
        found = _found(path)
        if found and not stat.S_ISREG(found.st_mode):
            path.write_bytes(content)
        else:
            target = Path(os.path.realpath(path))
            _replace(target, content, mode=stat.S_IMODE(found.st_mode) if found else None, private=private)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _found(path: Path) -> os.stat_result | None:
    """What is there, behind all links: /dev/stdout leads to a pipe that has no name to open it by."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _replace(target: Path, content: bytes, *, mode: int | None, private: bool) -> None:
    beside = target.with_name(f".{target.name[:40]}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666)
    except OSError as error:
        if mode is None or error.errno not in _NOTHING_BESIDE:
            raise
        target.write_bytes(content)
        return
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        if mode is not None and not private:
            beside.chmod(mode)
        try:
            beside.replace(target)
        except OSError as error:
            if error.errno not in _NOT_REPLACED:
                raise
            target.write_bytes(content)
    finally:
        beside.unlink(missing_ok=True)
