"""PostgreSQL, signed in to by a token of IAM, which is made here and asks AWS nothing.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.Connecting.Python.html
"""

from __future__ import annotations

import ssl
import struct
from typing import TYPE_CHECKING, Final

import boto3
from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection, identifier

from .handler import Counts, ReadError

if TYPE_CHECKING:
    from collections.abc import Callable

    from .handler import Source

_SECONDS: Final = 90
"""For a connection, and for one answer: a restored volume is loaded while it is read.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RestoreFromSnapshot.html
"""
_SESSION: Final = {"statement_timeout": "60s", "default_transaction_read_only": "on", "search_path": "pg_catalog"}
_TABLES: Final = (
    "SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace "
    "WHERE relkind IN ('r', 'p') AND NOT relispartition AND nspname NOT IN ('pg_catalog', 'information_schema') "
    "AND nspname NOT LIKE 'pg\\_%' AND has_schema_privilege(pg_namespace.oid, 'USAGE') "
    "AND has_table_privilege(pg_class.oid, 'SELECT') ORDER BY nspname, relname"
)
"""The tables that this login may read; a partition counts with the table that it is a part of."""
_LOST: Final = (InterfaceError, OSError, struct.error)
"""What the driver raises if a connection fails or ends; the last one if that happens within a message."""


def read_postgres(source: Source, *, make_token: Callable[[Source], str] | None = None) -> Counts:
    """Count the rows of every table, in a session that can change nothing.

    Raises:
        ReadError: It does not answer, or refuses.
    """
    try:
        connection = Connection(
            source.login,
            host=source.host,
            port=source.port,
            database=source.database,
            password=(make_token or token)(source),
            ssl_context=_tls(source),
            timeout=_SECONDS,
            startup_params=_SESSION,
        )
        try:
            return _count(connection, source.most_rows)
        finally:
            connection.close()
    except DatabaseError as error:
        code = error.args[0].get("C") if error.args and isinstance(error.args[0], dict) else None
        message = f"PostgreSQL refuses {source.login} or its query (SQLSTATE {code})"
        raise ReadError(message) from None
    except _LOST as error:
        message = f"PostgreSQL does not answer: {type(error).__name__}"
        raise ReadError(message) from None


def token(source: Source) -> str:
    """A token with which the login signs in; valid for 15 minutes."""
    client = boto3.client("rds", region_name=source.region)
    return str(
        client.generate_db_auth_token(
            DBHostname=source.host, Port=source.port, DBUsername=source.login, Region=source.region
        )
    )


def _count(connection: Connection, most_rows: int) -> Counts:
    tables = connection.run(_TABLES) or []
    counted = [
        int(
            (
                connection.run(
                    f"SELECT count(*) FROM (SELECT 1 FROM {identifier(schema)}.{identifier(table)} "  # noqa: S608
                    f"LIMIT {most_rows + 1}) AS counted"
                )
                or [[0]]
            )[0][0]
        )
        for schema, table in tables
    ]
    ((version,),) = connection.run("SHOW server_version") or [["?"]]
    return Counts(
        tables=len(counted),
        rows=sum(min(rows, most_rows) for rows in counted),
        capped=any(rows > most_rows for rows in counted),
        version=f"PostgreSQL {str(version).split()[0]}",
    )


def _tls(source: Source) -> ssl.SSLContext:
    """A context that trusts RDS's authorities alone, and verifies the server's name."""
    context = ssl.create_default_context(cafile=str(source.authorities))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Python 3.13 sets this by default, and then refuses certificates that other clients accept:
    # https://github.com/python/cpython/issues/138193
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context
