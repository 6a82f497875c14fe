"""The code of functions, unpacked once for each zip."""

from __future__ import annotations

import atexit
import hashlib
import io
import shutil
import tempfile
import threading
import zipfile
from pathlib import Path
from typing import Final

AUTHORITIES: Final = "authorities.pem"
"""The file with the authorities that a function trusts besides the system's."""


class Packages:
    """Folders with unpacked code, until `clear()`."""

    def __init__(self) -> None:
        """Unpack nothing yet."""
        self._lock = threading.Lock()
        self._root: Path | None = None

    def unpack(self, code: bytes, authorities: str) -> Path:
        """Return the folder with the code of a zip.

        AWS's authorities cannot sign for servers of the emulator, so its own are in the file of that name instead.
        """
        digest = hashlib.sha256(code + authorities.encode()).hexdigest()
        with self._lock:
            if self._root is None:
                self._root = Path(tempfile.mkdtemp(prefix="emulator-functions-"))
            folder = self._root / digest
            if not folder.exists():
                partial = self._root / f"{digest}.partial"
                shutil.rmtree(partial, ignore_errors=True)
                with zipfile.ZipFile(io.BytesIO(code)) as archive:
                    archive.extractall(partial)
                for file in partial.rglob(AUTHORITIES):
                    file.write_text(authorities, encoding="utf-8")
                partial.rename(folder)
            return folder

    def trusted(self, authorities: str) -> Path:
        """Return a file with the authorities that every function trusts, as it trusts Amazon's on AWS."""
        with self._lock:
            if self._root is None:
                self._root = Path(tempfile.mkdtemp(prefix="emulator-functions-"))
            file = self._root / AUTHORITIES
            if not file.exists():
                file.write_text(authorities, encoding="utf-8")
            return file

    def clear(self) -> None:
        """Remove all of them."""
        with self._lock:
            if self._root is not None:
                shutil.rmtree(self._root, ignore_errors=True)
                self._root = None


PACKAGES: Final = Packages()
atexit.register(PACKAGES.clear)
