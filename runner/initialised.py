"""Remembers what `terraform init` has prepared: it runs again only if something that it depends on has changed.

`init` reads the provider's 700 MB twice. What it leaves depends on the Terraform, on how providers are installed, and
on the stack's `terraform` block; credentials and the content of the backend are read again by every other command.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from runner import provider
from runner.files import write_atomically
from runner.provider import LOCK_FILE

if TYPE_CHECKING:
    from runner.executable import Executable
    from runner.provider_mirror import Installation
    from synthesis.manifest import Stack


class Initialised:
    """The record of one stack's last `init` of its own backend."""

    def __init__(
        self,
        stack: Stack,
        executable: Executable,
        installation: Installation,
        *,
        folder: Path,
        config: Path,
        data: Path,
    ) -> None:
        self._stack, self._executable, self._installation = stack, executable, installation
        self._record, self._config, self._data = folder / "initialised", config, data

    def holds(self) -> bool:
        """Whether another `init` would change nothing."""
        return self._record.is_file() and self._record.read_text(encoding="utf-8") == self._state()

    def remember(self) -> None:
        """After an `init` of the stack's own backend."""
        if state := self._state():
            write_atomically(self._record, state)

    def forget(self) -> None:
        """Before any `init`."""
        self._record.unlink(missing_ok=True)

    def _state(self) -> str:
        """Of what decides that; empty if it cannot be known."""
        packages = provider.packages(self._stack, self._executable, self._data)
        backend = self._data / "terraform.tfstate"  # which backend is in use; not a state
        # A module's source can change without a change of the configuration.
        if packages is None or "module" in self._stack.document or not backend.is_file():
            return ""
        known = {
            "terraform": [*self._executable.command, self._executable.version],
            "installation": self._installation.variables,
            "block": self._stack.terraform,
            "packages": [path.is_dir() for path in packages],
        }
        digest = hashlib.sha256(json.dumps(known, sort_keys=True).encode())
        settings = Path(self._installation.variables.get("TF_CLI_CONFIG_FILE", ""))
        for path in (backend, self._config / LOCK_FILE, settings):
            digest.update(b"\0" + (path.read_bytes() if path.is_file() else b""))
        return digest.hexdigest()
