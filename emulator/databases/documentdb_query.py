"""Filters, updates and projections of documents, as far as they are used here; the others are reported as gaps."""

from __future__ import annotations

import copy
import functools
from typing import TYPE_CHECKING, Any, Final

from bson import ObjectId

from emulator.databases.documentdb_errors import refuse_gap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Document = dict[str, Any]

_MISSING: Final = object()


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def check(value: Any, limit: Any) -> bool:
        try:
            return value is not _MISSING and compare(value, limit)
        except TypeError:  # values of two types are in no order that is known here
            return False

    return check


# `$eq` is the case of a value without an operator too.
_OPERATORS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "$ne": lambda value, wanted: not _equals(value, wanted),
    "$in": lambda value, wanted: any(_equals(value, one) for one in wanted),
    "$nin": lambda value, wanted: not any(_equals(value, one) for one in wanted),
    "$exists": lambda value, wanted: (value is not _MISSING) is bool(wanted),
    "$lt": _ordered(lambda value, limit: value < limit),
    "$lte": _ordered(lambda value, limit: value <= limit),
    "$gt": _ordered(lambda value, limit: value > limit),
    "$gte": _ordered(lambda value, limit: value >= limit),
}


def matches(document: Document, query: Document) -> bool:
    """Whether a document is found by a filter."""
    return all(_matches_one(document, key, wanted) for key, wanted in query.items())


def updated(document: Document, update: Any, *, inserted: bool = False) -> Document:
    """Return a changed copy of a document."""
    if not isinstance(update, dict):
        refuse_gap("updates by a pipeline")
    result = copy.deepcopy(document)
    if not any(key.startswith("$") for key in update):
        return {"_id": result["_id"], **update} if "_id" in result else dict(update)
    for operator, fields in update.items():
        for path, value in fields.items():
            _update_field(result, operator, path, value, inserted=inserted)
    return result


def upserted(query: Document, update: Any) -> Document:
    """Return the document that an upsert inserts where the filter finds none."""
    start = {
        key: value
        for key, value in query.items()
        if not key.startswith("$") and not (isinstance(value, dict) and any(name.startswith("$") for name in value))
    }
    result = updated(start, update, inserted=True)
    return result if "_id" in result else {"_id": ObjectId(), **result}


def projected(document: Document, fields: Document | None) -> Document:
    """Return the fields that a projection wants."""
    if not fields:
        return document
    shown = {name for name, wanted in fields.items() if wanted and name != "_id"}
    if any("." in name or isinstance(wanted, dict) for name, wanted in fields.items()):
        refuse_gap("projections of nested fields")
    with_id = bool(fields.get("_id", True))
    if shown or (set(fields) == {"_id"} and with_id):
        return {key: value for key, value in document.items() if key in shown or (key == "_id" and with_id)}
    return {key: value for key, value in document.items() if key not in fields}


def ordered(documents: Iterable[Document], sort: Document | None) -> list[Document]:
    """Return the documents in an order."""
    result = list(documents)
    for path, direction in reversed((sort or {}).items()):
        result.sort(key=functools.partial(_sort_key, path=path), reverse=direction < 0)
    return result


def _matches_one(document: Document, key: str, wanted: Any) -> bool:
    if key == "$and":
        return all(matches(document, query) for query in wanted)
    if key == "$or":
        return any(matches(document, query) for query in wanted)
    if key.startswith("$"):
        refuse_gap(f"the operator {key}")
    value = _value(document, key)
    if isinstance(wanted, dict) and any(name.startswith("$") for name in wanted):
        return all(_operator(name)(value, operand) for name, operand in wanted.items())
    return _equals(value, wanted)


def _operator(name: str) -> Callable[[Any, Any], bool]:
    if name == "$eq":
        return _equals
    if name not in _OPERATORS:
        refuse_gap(f"the operator {name}")
    return _OPERATORS[name]


def _equals(value: Any, wanted: Any) -> bool:
    if value is _MISSING:
        return wanted is None
    return bool(value == wanted) or (isinstance(value, list) and wanted in value)


def _value(document: Document, path: str) -> Any:
    value: Any = document
    for part in path.split("."):
        if not isinstance(value, dict) or part not in value:
            return _MISSING
        value = value[part]
    return value


def _sort_key(document: Document, *, path: str) -> tuple[str, Any]:
    value = _value(document, path)
    return ("", 0) if value is _MISSING or value is None else (type(value).__name__, value)


def _update_field(document: Document, operator: str, path: str, value: Any, *, inserted: bool) -> None:
    *parents, name = path.split(".")
    for parent in parents:
        document = document.setdefault(parent, {})
    match operator:
        case "$set":
            document[name] = value
        case "$setOnInsert":
            if inserted:
                document[name] = value
        case "$unset":
            document.pop(name, None)
        case "$inc":
            document[name] = document.get(name, 0) + value
        case _:
            refuse_gap(f"the operator {operator}")
