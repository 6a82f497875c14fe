"""DocumentDB, signed in to by the role of this function: the cluster asks AWS whose signature it is.

https://docs.aws.amazon.com/documentdb/latest/developerguide/iam-identity-auth.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from .handler import Counts, ReadError

if TYPE_CHECKING:
    from .handler import Source

_TIMEOUT_MILLISECONDS: Final = 30_000
_COUNT_MILLISECONDS: Final = 60_000


def read_documentdb(source: Source) -> Counts:
    """Count the documents of every collection of the databases.

    Raises:
        ReadError: It does not answer, or refuses.
    """
    client: MongoClient[dict[str, Any]] = MongoClient(
        source.host,
        source.port,
        authMechanism="MONGODB-AWS",
        authSource="$external",
        tls=True,
        tlsCAFile=str(source.authorities),
        directConnection=True,
        # https://docs.aws.amazon.com/documentdb/latest/developerguide/functional-differences.html
        retryWrites=False,
        maxPoolSize=1,
        connectTimeoutMS=_TIMEOUT_MILLISECONDS,
        serverSelectionTimeoutMS=_TIMEOUT_MILLISECONDS,
        socketTimeoutMS=_COUNT_MILLISECONDS + _TIMEOUT_MILLISECONDS,
    )
    try:
        with client:
            return _count(client, source)
    except OperationFailure as error:
        message = f"DocumentDB refuses the function's role or its query (code {error.code})"
        raise ReadError(message) from None
    except PyMongoError as error:
        message = f"DocumentDB does not answer: {type(error).__name__}"
        raise ReadError(message) from None


def _count(client: MongoClient[dict[str, Any]], source: Source) -> Counts:
    counted = [
        client[database][name].count_documents({}, limit=source.most_rows + 1, maxTimeMS=_COUNT_MILLISECONDS)
        for database in source.databases
        for name in sorted(client[database].list_collection_names())
        if not name.startswith("system.")
    ]
    version = client.server_info().get("version", "?")
    return Counts(
        tables=len(counted),
        rows=sum(min(documents, source.most_rows) for documents in counted),
        capped=any(documents > source.most_rows for documents in counted),
        version=f"DocumentDB {version}",
    )
