"""Says in one line what the operating system has refused, and what to do about it."""

from __future__ import annotations

import errno
import os
import re
import shutil
from typing import Final

_REMEDIES: Final = {
    errno.ENOSPC: "Free space there, then repeat.",
    errno.EDQUOT: "Free space there, or ask for a larger quota, then repeat.",
    errno.EFBIG: "`ulimit -f` says how large a file may be: raise it, then repeat.",
    errno.EROFS: "It must be on a disk that can be written.",
    errno.EACCES: "Correct its permissions, then repeat.",
    errno.EPERM: "Correct its permissions, then repeat.",
    errno.EMFILE: "`ulimit -n` says how many files may be open: raise it, then repeat.",
    errno.ENFILE: "Too many files are open on this machine: end other programs, then repeat.",
    errno.ENOMEM: "End other programs, then repeat.",
    errno.EAGAIN: "Too many processes run: end other programs, or raise `ulimit -u`, then repeat.",
    errno.EIO: "The disk fails: use another one.",
    errno.ELOOP: "Links point to each other there: remove them.",
    errno.ENAMETOOLONG: "Use a shorter name.",
    errno.EISDIR: "It must be a file.",
    errno.ENOTDIR: "A file is where its folder would be: move it away.",
    errno.EEXIST: "Move it away, then repeat.",
    errno.ENOENT: "",
}
"""What to do, by what was refused. Any other error is one of the program, or of a network."""

_NO_TEMPORARY: Final = "No usable temporary directory"
"""How Python's message begins, which lists the folders that it has tried."""

_OF_COPY: Final = re.compile(r"\[Errno (\d+)\]")


def line_of(error: OSError) -> str | None:
    """The line; None if the error is not about a file, space, memory or processes of this machine."""
    number, name = error.errno, error.filename2 or error.filename
    if isinstance(error, shutil.Error) and isinstance(error.args[0], list):  # of `copytree`: one entry for each file
        source, name, why = error.args[0][0]
        found = _OF_COPY.search(str(why))
        number = int(found[1]) if found else None
        name = source if number == errno.ENOENT else name
    if name is None and number == errno.ENOENT:
        said = error.strerror or ""
        return f"{said}: free space in one of them, or set TMPDIR." if said.startswith(_NO_TEMPORARY) else None
    if number not in _REMEDIES:
        return None
    what = f"{os.fsdecode(name)} cannot be used" if isinstance(name, str | bytes) else "A file cannot be written"
    return f"{what}: {os.strerror(number)}. {_REMEDIES[number]}".rstrip()
