"""The databases of the double of DocumentDB: documents in memory, found by reading a collection as a whole."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

from bson import ObjectId

from emulator.databases.documentdb_errors import Code, CommandError, refuse_gap
from emulator.databases.documentdb_query import Document, matches, ordered, projected, updated, upserted

if TYPE_CHECKING:
    from collections.abc import Iterator

_ID_INDEX: Final = {"v": 4, "key": {"_id": 1}, "name": "_id_"}


class Collection:
    """The documents of one collection."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace
        self._documents: list[Document] = []
        self.indexes: list[Document] = [dict(_ID_INDEX)]

    def insert(self, document: Document) -> None:
        """Add a document; its `_id` must be new."""
        added = copy.deepcopy(document)
        added = added if "_id" in added else {"_id": ObjectId(), **added}
        if any(one["_id"] == added["_id"] for one in self._documents):
            message = f"E11000 duplicate key error collection: {self._namespace} index: _id_"
            raise CommandError(Code.DUPLICATE_KEY, message)
        self._documents.append(added)

    def find(self, query: Document, *, sort: Document | None = None) -> list[Document]:
        """Return what a filter finds."""
        return ordered((document for document in self._documents if matches(document, query)), sort)

    def update(self, query: Document, update: Any, *, multi: bool, upsert: bool) -> tuple[int, int, Any]:
        """Change what a filter finds: how many were found and changed, and the `_id` of the one that was inserted."""
        found = self.find(query)[: None if multi else 1]
        if not found and upsert:
            added = upserted(query, update)
            self.insert(added)
            return 0, 0, added["_id"]
        changed = sum(self.replace(document, updated(document, update)) for document in found)
        return len(found), changed, None

    def replace(self, document: Document, by: Document) -> bool:
        """Put another document in the place of one; whether they differ."""
        self._documents[self._documents.index(document)] = by
        return document != by

    def remove(self, documents: list[Document]) -> None:
        """Delete documents."""
        self._documents = [document for document in self._documents if document not in documents]


class Databases:
    """The databases of one cluster. One is there as long as it has a collection."""

    def __init__(self) -> None:
        self._collections: dict[tuple[str, str], Collection] = {}

    def names(self) -> list[str]:
        """Return the databases."""
        return sorted({database for database, _ in self._collections})

    def collections(self, database: str) -> dict[str, Collection]:
        """Return the collections of a database."""
        return {name: found for (db, name), found in self._collections.items() if db == database}

    def get(self, database: str, name: str) -> Collection:
        """Return a collection to read; one that is not there is empty."""
        return self._collections.get((database, name)) or Collection(f"{database}.{name}")

    def need(self, database: str, name: str) -> Collection:
        """Return a collection to write, and create it."""
        return self._collections.setdefault((database, name), Collection(f"{database}.{name}"))

    def create(self, database: str, name: str) -> None:
        """Create an empty collection."""
        if (database, name) in self._collections:
            raise CommandError(Code.NAMESPACE_EXISTS, f"Collection already exists. NS: {database}.{name}")
        self.need(database, name)

    def drop(self, database: str, name: str) -> None:
        """Drop a collection."""
        if self._collections.pop((database, name), None) is None:
            raise CommandError(Code.NAMESPACE_NOT_FOUND, "ns not found")

    def drop_database(self, database: str) -> None:
        """Drop the collections of a database."""
        for name in self.collections(database):
            self.drop(database, name)


def pipeline_result(collection: Collection, pipeline: list[Document]) -> list[Document]:
    """Carry out an aggregation."""
    documents = collection.find({})
    for stage in pipeline:
        ((name, value),) = stage.items()
        match name:
            case "$match":
                documents = [document for document in documents if matches(document, value)]
            case "$sort":
                documents = ordered(documents, value)
            case "$skip":
                documents = documents[value:]
            case "$limit":
                documents = documents[:value]
            case "$project":
                documents = [projected(document, value) for document in documents]
            case "$count":
                documents = [{value: len(documents)}] if documents else []
            case "$group":
                documents = list(_groups(documents, value))
            case _:
                refuse_gap(f"the stage {name}")
    return documents


def _groups(documents: list[Document], group: Document) -> Iterator[Document]:
    # The one that drivers send to count: {"_id": 1, "n": {"$sum": 1}}.
    if isinstance(group.get("_id"), (str, dict)) or any(
        value != {"$sum": 1} for name, value in group.items() if name != "_id"
    ):
        refuse_gap("groups other than the count of all documents")
    if documents:
        yield {name: len(documents) for name in group if name != "_id"} | {"_id": group["_id"]}
