"""The zips in which files come to a build and leave it."""

from __future__ import annotations

import io
import stat
import zipfile
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_MODE_BITS: Final = 16
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)


class SourceError(Exception):
    """A source that cannot be unpacked."""


def unpack(content: bytes, folder: Path) -> None:
    """Unpack a zip with the permissions of its files.

    Raises:
        SourceError: It is not a zip.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                target = archive.extract(member, folder)
                mode = member.external_attr >> _MODE_BITS
                if mode & 0o111 and not member.is_dir():
                    (folder / target).chmod(0o755)
    except zipfile.BadZipFile as error:
        message = "CLIENT_ERROR: the source is not a zip file"
        raise SourceError(message) from error


def pack(files: Mapping[str, Path]) -> bytes:
    """Pack files with their permissions."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in files.items():
            member = zipfile.ZipInfo(name, _EARLIEST)
            member.external_attr = (path.stat().st_mode & 0o777 | stat.S_IFREG) << _MODE_BITS
            archive.writestr(member, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
