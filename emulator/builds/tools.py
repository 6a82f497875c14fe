"""The programs of the machines that build: docker, the AWS CLI, Python and node, and the images that docker knows."""

from __future__ import annotations

import atexit
import os
import shlex
import shutil
import sys
import tempfile
import threading
from pathlib import Path
from typing import Final

DOCKER_STUB: Final = Path(__file__).with_name("docker_stub.py")
_NETWORK: Final = Path(__file__).with_name("network")
LED_NODE: Final = _NETWORK / "led.cjs"
_AWS_CLI: Final = Path(__file__).parents[2] / ".venv" / "aws-cli" / "bin" / "aws"


class MissingToolError(Exception):
    """A program that a build needs is not on this machine."""


class Tools:
    """Folders with the programs and the images, until `clear()`."""

    def __init__(self) -> None:
        """Make nothing yet."""
        self._lock = threading.Lock()
        self._root: Path | None = None

    def programs(self) -> Path:
        """Return the folder with the programs.

        Raises:
            MissingToolError: The AWS CLI is not installed.
        """
        folder = self._folder("bin")
        with self._lock:
            if not (folder / "aws").exists():
                _write_programs(folder)
        return folder

    def docker(self, account: str) -> Path:
        """Return the folder of docker on the machines of an account: what it was called with."""
        return self._folder(f"docker/{account}")

    def images(self) -> Path:
        """Return the folder with the files of all images, by digest."""
        return self._folder("images")

    def machine(self, name: str) -> Path:
        """Return a new folder for a machine."""
        return self._folder(f"machines/{name}")

    def clear(self) -> None:
        """Remove all of them."""
        with self._lock:
            if self._root is not None:
                shutil.rmtree(self._root, ignore_errors=True)
                self._root = None

    def _folder(self, name: str) -> Path:
        with self._lock:
            if self._root is None or not self._root.exists():
                self._root = Path(tempfile.mkdtemp(prefix="emulator-builds-"))
            folder = self._root / name
            folder.mkdir(parents=True, exist_ok=True)
            return folder


TOOLS: Final = Tools()
atexit.register(TOOLS.clear)


def _write_programs(folder: Path) -> None:
    if not _AWS_CLI.exists():
        message = (
            f"a build needs the AWS CLI, and {_AWS_CLI} does not exist; run `make .venv/aws-cli.stamp`, then start the "
            "build again"
        )
        raise MissingToolError(message)
    # Not the Python of the emulator, which has its packages: a build has the standard library only.
    python = os.path.realpath(sys.executable)
    led = f'PYTHONPATH="{_NETWORK}${{PYTHONPATH:+:$PYTHONPATH}}"'
    scripts = {
        "docker": f'exec {shlex.quote(sys.executable)} -I {shlex.quote(str(DOCKER_STUB))} "$@"',
        "python3": f'{led} exec {shlex.quote(python)} "$@"',
        "aws": f'PYTHONPATH="{_NETWORK}" exec {shlex.quote(str(_AWS_CLI))} "$@"',
    }
    for name, script in scripts.items():
        partial = folder / f".{name}"
        partial.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        partial.chmod(0o755)
        partial.rename(folder / name)
