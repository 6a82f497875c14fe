"""Files that another run may be reading while they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path


def write_atomically(path: Path, text: str) -> None:
    """Replace the file in one step; only this user can read it, as it may hold secrets."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text, private=True)
