"""The commands about databases, collections and documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.databases.documentdb_commands import Document, command
from emulator.databases.documentdb_data import pipeline_result
from emulator.databases.documentdb_errors import CommandError, refuse_gap, refuse_unsupported
from emulator.databases.documentdb_query import projected, updated, upserted

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.databases.documentdb_data import Collection
    from emulator.databases.documentdb_session import Session

# https://docs.aws.amazon.com/documentdb/latest/developerguide/functional-differences.html: neither their databases nor
# system.* collections. What is read there is empty: https://github.com/ansible-collections/community.mongodb/pull/215
_WITHOUT_DATA = ("admin", "config", "local")


@command("insert")
def _insert(session: Session, sent: Document, database: str) -> Document:
    session.require("insert", database)
    collection = _written(session, database, sent["insert"])

    def insert(document: Document) -> int:
        collection.insert(document)
        return 1

    return _each(sent["documents"], insert, ordered=sent.get("ordered", True))


@command("find")
def _find(session: Session, sent: Document, database: str) -> Document:
    session.require("find", database)
    collection = session.cluster.databases.get(database, sent["find"])
    found = collection.find(sent.get("filter", {}), sort=sent.get("sort"))
    start = sent.get("skip", 0)
    end = start + abs(sent["limit"]) if sent.get("limit") else None
    return _cursor(
        database, sent["find"], [projected(document, sent.get("projection")) for document in found[start:end]]
    )


@command("update")
def _update(session: Session, sent: Document, database: str) -> Document:
    session.require("update", database)
    if any(one.get("upsert") for one in sent["updates"]):
        session.require("insert", database)
    collection = _written(session, database, sent["update"])
    upserts: list[Document] = []
    modified = 0

    def update(one: Document) -> int:
        nonlocal modified
        if "arrayFilters" in one or "collation" in one:
            refuse_gap("arrayFilters and collations")
        found, changed, added = collection.update(
            one["q"], one["u"], multi=bool(one.get("multi")), upsert=bool(one.get("upsert"))
        )
        modified += changed
        if added is not None:
            upserts.append({"index": sent["updates"].index(one), "_id": added})
        return found + (added is not None)

    told = _each(sent["updates"], update, ordered=sent.get("ordered", True))
    return told | {"nModified": modified} | ({"upserted": upserts} if upserts else {})


@command("delete")
def _delete(session: Session, sent: Document, database: str) -> Document:
    session.require("remove", database)
    collection = _written(session, database, sent["delete"])

    def delete(one: Document) -> int:
        found = collection.find(one["q"])[: one.get("limit") or None]
        collection.remove(found)
        return len(found)

    return _each(sent["deletes"], delete, ordered=sent.get("ordered", True))


@command("findAndModify")
def _find_and_modify(session: Session, sent: Document, database: str) -> Document:
    session.require("find", database)
    session.require("remove" if sent.get("remove") else "update", database)
    if sent.get("upsert"):
        session.require("insert", database)
    name = next(iter(sent.values()))
    collection = _written(session, database, name)
    query = sent.get("query", {})
    before = next(iter(collection.find(query, sort=sent.get("sort"))), None)
    after: Document | None = None
    told: Document = {"n": int(before is not None)}
    if sent.get("remove"):
        collection.remove([before] if before else [])
    elif before is not None:
        after = updated(before, sent["update"])
        collection.replace(before, after)
        told["updatedExisting"] = True
    else:
        told["updatedExisting"] = False
        if sent.get("upsert"):
            after = upserted(query, sent["update"])
            collection.insert(after)
            told |= {"n": 1, "upserted": after["_id"]}
    value = after if sent.get("new") else before
    return {"value": projected(value, sent.get("fields")) if value else None, "lastErrorObject": told}


@command("count")
def _count(session: Session, sent: Document, database: str) -> Document:
    session.require("find", database)
    return {"n": len(session.cluster.databases.get(database, sent["count"]).find(sent.get("query", {})))}


@command("aggregate")
def _aggregate(session: Session, sent: Document, database: str) -> Document:
    session.require("find", database)
    if not isinstance(sent["aggregate"], str):
        refuse_gap("aggregations of a database")
    collection = session.cluster.databases.get(database, sent["aggregate"])
    return _cursor(database, sent["aggregate"], pipeline_result(collection, sent["pipeline"]))


@command("create")
def _create(session: Session, sent: Document, database: str) -> Document:
    session.require("createCollection", database)
    if sent.get("capped"):
        refuse_unsupported("capped collections")
    _written(session, database, sent["create"], create=True)
    return {}


@command("drop")
def _drop(session: Session, sent: Document, database: str) -> Document:
    session.require("dropCollection", database)
    session.cluster.databases.drop(database, sent["drop"])
    return {}


@command("dropDatabase")
def _drop_database(session: Session, sent: Document, database: str) -> Document:
    del sent
    session.require("dropDatabase", database)
    session.cluster.databases.drop_database(database)
    return {"dropped": database}


@command("createIndexes")
def _create_indexes(session: Session, sent: Document, database: str) -> Document:
    session.require("createIndex", database)
    if any(index.get("unique") for index in sent["indexes"]):
        refuse_gap("unique indexes besides that of _id")
    collection = _written(session, database, sent["createIndexes"])
    before = len(collection.indexes)
    names = {index["name"] for index in collection.indexes}
    collection.indexes.extend({"v": 4, **index} for index in sent["indexes"] if index["name"] not in names)
    return {"numIndexesBefore": before, "numIndexesAfter": len(collection.indexes)}


@command("listIndexes")
def _list_indexes(session: Session, sent: Document, database: str) -> Document:
    session.require("listIndexes", database)
    return _cursor(database, sent["listIndexes"], session.cluster.databases.get(database, sent["listIndexes"]).indexes)


@command("listCollections")
def _list_collections(session: Session, sent: Document, database: str) -> Document:
    if not (sent.get("authorizedCollections") and sent.get("nameOnly") and session.may("find", database)):
        session.require("listCollections", database)
    wanted = sent.get("filter", {}).get("name")
    names = [name for name in session.cluster.databases.collections(database) if wanted in (None, name)]
    return _cursor(database, "$cmd.listCollections", [{"name": name, "type": "collection"} for name in sorted(names)])


@command("listDatabases")
def _list_databases(session: Session, sent: Document, database: str) -> Document:
    del database
    names = session.cluster.databases.names()
    if sent.get("authorizedDatabases"):
        names = [name for name in names if session.may("find", name)]
    else:
        session.require("listDatabases")
    return {"databases": [{"name": name, "sizeOnDisk": 0, "empty": False} for name in names], "totalSize": 0}


def _written(session: Session, database: str, name: str, *, create: bool = False) -> Collection:
    if database in _WITHOUT_DATA or name.startswith("system."):
        refuse_unsupported(f"writes to {database}.{name}")
    if create:
        session.cluster.databases.create(database, name)
    return session.cluster.databases.need(database, name)


def _each(documents: list[Document], write: Callable[[Document], int], *, ordered: bool) -> Document:
    """Carry out writes one by one; what one cannot do is told beside the number of those that were done."""
    count = 0
    errors: list[dict[str, Any]] = []
    for index, document in enumerate(documents):
        try:
            count += write(document)
        except CommandError as error:
            errors.append({"index": index, "code": int(error.code), "errmsg": str(error)})
            if ordered:
                break
    return {"n": count} | ({"writeErrors": errors} if errors else {})


def _cursor(database: str, collection: str, documents: list[Document]) -> Document:
    """All at once: a client that asked for small batches gets one large one, which the protocol allows."""
    return {"cursor": {"id": 0, "ns": f"{database}.{collection}", "firstBatch": documents}}
