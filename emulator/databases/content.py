"""What a database has: taken by a snapshot, carried to another region, and what a restored database begins with."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

_FASTEST: Final = 1
_WAL: Final = "pg_wal"
_NAME_DIGITS: Final = 24


@dataclass(frozen=True, kw_only=True)
class PostgresContent:
    """All that a server has written ahead since the template that each server begins with.

    The log is PostgreSQL's own, so a restore to a moment is PostgreSQL's, too: to the last transaction before it.
    https://www.postgresql.org/docs/current/continuous-archiving.html
    """

    files: Mapping[str, bytes]
    """The files of the log by name, compressed: most of the last one is empty."""
    since: dt.datetime
    """When the server had its master user; before that there was nothing in it."""
    taken: dt.datetime
    """When the log was read. It ends with a transaction that is newer, so PostgreSQL finds each moment before."""
    until: dt.datetime | None = None
    """The moment that a restore stops at; None is the end of the log."""

    @classmethod
    def read(cls, data: Path, *, last: str, since: dt.datetime, taken: dt.datetime) -> Self:
        """Read the log in the folder of a server's data, up to the file with that name."""
        files = {
            file.name: zlib.compress(file.read_bytes(), _FASTEST)
            for file in sorted((data / _WAL).iterdir())
            if file.suffix == ".history" or (len(file.name) == _NAME_DIGITS and file.name <= last)
        }
        return cls(files=files, since=since, taken=taken)

    def write(self, data: Path) -> None:
        """Put the log into a copy of the template, so that a server recovers with it when it starts."""
        for file in (data / _WAL).iterdir():
            if file.is_file():
                file.unlink()
        for name, compressed in self.files.items():
            (data / _WAL / name).write_bytes(zlib.decompress(compressed))
        (data / "recovery.signal").touch()

    @property
    def settings(self) -> dict[str, str]:
        """The settings with which a server recovers; it answers only afterwards."""
        # Each file is in its place already, so there is nothing to fetch.
        settings = {"restore_command": "false", "hot_standby": "off"}
        if self.until is None:
            return settings
        return settings | {"recovery_target_time": self.until.isoformat(), "recovery_target_action": "promote"}

    @property
    def size(self) -> int:
        """Its bytes."""
        return sum(map(len, self.files.values()))


@dataclass(frozen=True, kw_only=True)
class DocumentContent:
    """The users and the documents of a cluster of DocumentDB."""

    users: Mapping[str, Any]
    databases: Any

    @property
    def size(self) -> int:
        """The number of its collections, in the place of bytes that nobody counts."""
        return 1 + sum(len(self.databases.collections(name)) for name in self.databases.names())


Content: TypeAlias = PostgresContent | DocumentContent


def as_of(content: Content | None, moment: dt.datetime) -> Content | None:
    """The content that a database had at a moment, with a time zone; documents have only their last one."""
    if not isinstance(content, PostgresContent):
        return content
    if moment <= content.since:
        return None
    end = min(moment, content.until or moment)
    return replace(content, until=end if end < content.taken else None)
