"""What the operating system refuses, in one line with a remedy."""

from __future__ import annotations

import errno
import shutil

import pytest

from console.system_error import line_of


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OSError(errno.ENOSPC, "x", "a"), "a cannot be used: No space left on device. Free space there, then repeat."),
        (
            OSError(errno.EROFS, "x"),
            "A file cannot be written: Read-only file system. It must be on a disk that can be written.",
        ),
        (
            OSError(errno.EACCES, "x", b"a", None, "b"),
            "b cannot be used: Permission denied. Correct its permissions, then repeat.",
        ),
        (
            shutil.Error([("from", "to", "[Errno 28] No space left on device: 'to'")]),
            "to cannot be used: No space left on device. Free space there, then repeat.",
        ),
        (
            FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp', '/']"),
            "No usable temporary directory found in ['/tmp', '/']: free space in one of them, or set TMPDIR.",
        ),
        (FileNotFoundError(errno.ENOENT, "x"), None),
        (ConnectionResetError(errno.ECONNRESET, "x"), None),
        (OSError("x"), None),
    ],
)
def test_line(error: OSError, line: str | None) -> None:
    assert line_of(error) == line
