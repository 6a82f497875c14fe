"""Stores the records of the added operations by kind, account and region."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, TypeAlias, TypeVar

from emulator.errors import AwsError

Shape: TypeAlias = dict[str, Any]
"""A botocore structure: the parsed form of a request and of a response."""

Record = TypeVar("Record")


class Scope(Enum):
    """Whether a kind of record belongs to one region or to the whole account."""

    REGION = "region"
    ACCOUNT = "account"


@dataclass(frozen=True)
class Kind(Generic[Record]):
    """The name of a kind of record, and the error that AWS returns if one is missing."""

    name: str
    missing: str
    message: str = "{key} does not exist."
    scope: Scope = Scope.REGION


class Table(dict[str, Record]):
    """The records of one kind in one account and region."""

    def __init__(self, kind: Kind[Record]) -> None:
        """Start empty."""
        super().__init__()
        self._kind = kind

    def require(self, key: str) -> Record:
        """Return the record, or raise the kind's error."""
        if key not in self:
            raise AwsError(code=self._kind.missing, message=self._kind.message.format(key=key))
        return self[key]

    def remove(self, key: str) -> Record:
        """Remove the record and return it, or raise the kind's error."""
        record = self.require(key)
        del self[key]
        return record


class Store:
    """All tables and tags of the added operations."""

    def __init__(self) -> None:
        """Start empty."""
        self._tables: dict[tuple[Kind[Any], str, str], Table[Any]] = {}
        self._tags: dict[str, dict[str, str]] = {}

    def table(self, kind: Kind[Record], account: str, region: str) -> Table[Record]:
        """Return the kind's table in that account, and in that region unless the kind is global."""
        key = (kind, account, region if kind.scope is Scope.REGION else "")
        return self._tables.setdefault(key, Table(kind))

    def tables(self, kind: Kind[Record]) -> dict[tuple[str, str], Table[Record]]:
        """Return the kind's tables by account and region."""
        return {(account, region): table for (own, account, region), table in self._tables.items() if own == kind}

    def tags(self, arn: str) -> dict[str, str]:
        """Return the tags of one resource, to read and to change; the ARN has account and region."""
        return self._tags.setdefault(arn, {})

    def has_tags(self, arn: str) -> bool:
        """Return whether tags were ever stored for this resource."""
        return arn in self._tags

    def forget_tags(self, arn: str) -> None:
        """Delete the tags when their resource is deleted."""
        self._tags.pop(arn, None)

    def clear(self) -> None:
        """Delete everything."""
        self._tables.clear()
        self._tags.clear()
