"""Programs that stand for the Python of checkov's environment."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def program(folder: Path, *lines: str) -> Path:
    """A shell script of these lines."""
    file = folder / "python"
    file.write_text("\n".join(("#!/bin/sh", *lines)) + "\n", encoding="utf-8")
    file.chmod(0o755)
    return file


def answering(folder: Path, *scans: dict[str, Any], **document: Any) -> Path:
    """A program that answers as `compliance/checkov/scan.py` does."""
    empty = {"folder": "x", "resources": [], "unreadable": [], "results": [], "crashes": []}
    whole = {
        "version": "1.2.3",
        "checks": {"CKV_AWS_1": "One", "CKV_AWS_2": "Two"},
        "scans": [empty | scan for scan in scans],
    }
    return program(folder, f"printf %s {shlex.quote(json.dumps(whole | document))}")
