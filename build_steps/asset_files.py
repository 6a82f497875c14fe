"""Which files of a site a browser may keep for ever: those whose name changes with their content."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from build_steps.commands import StepError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# What stands between a dot or hyphen and a dot: `index-BxYz12aB.js`, `main.0a1b2c3d.chunk.css`.
_PARTS: Final = re.compile(r"[.-]([A-Za-z0-9_-]{8,})(?=\.)")
_HEX: Final = re.compile(r"(?=.*[0-9])(?=.*[a-f])[0-9a-f]{8,64}")
# Bundlers that write base64 take eight characters; without a digit it may be a word, and so may `Version2`.
_BASE64: Final = re.compile(r"(?=.*[0-9])(?=.*[A-Z])(?![A-Za-z]+[0-9]+$)[A-Za-z0-9_]{8,32}")
_BASE64_WITH_HYPHEN: Final = re.compile(
    r"(?:.*-)?(?=.*[0-9])(?=.*[A-Z])(?=.*[a-z])(?=.*-)(?!.*-[0-9]+$)[A-Za-z0-9_-]{8}"
)
_PAGES: Final = (".html", ".htm")


@dataclass(frozen=True)
class Asset:
    """A file of the site."""

    path: str
    """Below the folder, with slashes."""
    size: int
    sha256: str

    @property
    def is_page(self) -> bool:
        """Whether it refers to others, and so must be there after them."""
        return self.path.endswith(_PAGES)

    def is_hashed(self, patterns: Sequence[str] = ()) -> bool:
        """Whether its name has a hash of its content; the patterns say so, if there are any, else how it looks."""
        if self.is_page:
            return False
        if patterns:
            return any(fnmatchcase(self.path, pattern) for pattern in patterns)
        return any(_is_hash(part) for part in _PARTS.findall(self.path.rpartition("/")[2]))


def read_assets(folder: Path) -> list[Asset]:
    """Every file in a folder.

    Raises:
        StepError: There is none.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if not files:
        message = f"the image has no file in its folder for static files; check ASSETS_PATH ({folder} is empty)"
        raise StepError(message)
    return [_asset(file, folder) for file in files]


def version(assets: list[Asset]) -> str:
    """A name for all of them together: the same files have the same."""
    lines = "".join(f"{asset.sha256} {asset.path}\n" for asset in assets)
    return hashlib.sha256(lines.encode()).hexdigest()


def _asset(file: Path, folder: Path) -> Asset:
    content = file.read_bytes()
    return Asset(
        path=file.relative_to(folder).as_posix(), size=len(content), sha256=hashlib.sha256(content).hexdigest()
    )


def _is_hash(part: str) -> bool:
    last = part.rpartition("-")[2]  # of `index-page-BxYz12aB`
    return bool(_HEX.fullmatch(last) or _BASE64.fullmatch(last) or _BASE64_WITH_HYPHEN.fullmatch(part))
