"""Sign in to a restored database and count what is in it.

It is in a network without a way out and needs none: a token of IAM is signed here, and the credentials of its role are
in its environment. It returns numbers and the version of the server, never a name or a value of the data.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LOGGER = logging.getLogger()
LOGGER.setLevel(logging.INFO)

AUTHORITIES: Final = Path(__file__).with_name("authorities.pem")
"""The certificates of RDS's authorities in this region."""


class ReadError(Exception):
    """The database does not answer, or refuses the function; the message has no value of the data in it."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """What is read, and how."""

    host: str
    port: int
    region: str
    authorities: Path
    database: str
    """The database of PostgreSQL that is connected to."""
    login: str
    """The user of PostgreSQL; of DocumentDB it is the function's own role."""
    databases: tuple[str, ...]
    """The databases of DocumentDB that are read."""
    most_rows: int
    """No more of a table are counted."""


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What is there."""

    tables: int
    rows: int
    capped: bool
    """Whether a table has more rows than were counted."""
    version: str
    """Of the server."""


def handler(
    event: Mapping[str, Any],
    context: object,  # noqa: ARG001 (Lambda passes it)
    *,
    readers: Mapping[str, Callable[[Source], Counts]] | None = None,
) -> dict[str, Any]:
    """Read one database: `{"engine": "postgres", "host": .., "port": ..}`.

    Returns:
        `tables`, `rows`, `capped` and `version`; or `problem`, in words, if it cannot be read.

    Raises:
        ValueError: The engine is not one that this function knows.
    """
    engine = event["engine"]
    source = Source(
        host=event["host"],
        port=int(event["port"]),
        region=os.environ["AWS_REGION"],
        authorities=AUTHORITIES,
        database=os.environ["DATABASE"],
        login=os.environ["LOGIN"],
        databases=tuple(json.loads(os.environ["DATABASES"])),
        most_rows=int(os.environ["MOST_ROWS"]),
    )
    read = readers[engine] if readers else _reader(engine)
    try:
        counts = read(source)
    except ReadError as error:
        LOGGER.warning("%s", error)
        return {"problem": str(error)}
    answer = {"tables": counts.tables, "rows": counts.rows, "capped": counts.capped, "version": counts.version}
    LOGGER.info("%s", json.dumps(answer))
    return answer


def _reader(engine: str) -> Callable[[Source], Counts]:
    # Each imports its driver, of which a package has only those that it needs.
    if engine == "postgres":
        from .postgres import read_postgres  # noqa: PLC0415

        return read_postgres
    if engine == "documentdb":
        from .documentdb import read_documentdb  # noqa: PLC0415

        return read_documentdb
    message = f'engine {engine!r} is not valid; it must be "postgres" or "documentdb"'
    raise ValueError(message)
