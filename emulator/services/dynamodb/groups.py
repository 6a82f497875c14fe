"""Which regions have a replica of a table, and the table of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from moto.dynamodb.models import dynamodb_backends
from moto.kms.models import kms_backends

from emulator.store import Kind, Scope

if TYPE_CHECKING:
    import datetime as dt

    from moto.dynamodb.models.table import Table

    from emulator.registry import Context

DEFAULT_KEY: Final = "alias/aws/dynamodb"
"""The key that AWS manages for DynamoDB in each region."""


@dataclass(frozen=True)
class Member:
    """One region of a global table."""

    source: str
    """The region from which it was added; the first one's own."""
    added: dt.datetime


GROUPS: Kind[dict[str, Member]] = Kind("global table", missing="ResourceNotFoundException", scope=Scope.ACCOUNT)
"""The regions of each global table by its name, in the order in which they were added."""


def members(name: str, context: Context) -> dict[str, Member]:
    """Return the regions of a global table; none for a table of one region."""
    return context.table(GROUPS).get(name.rpartition("/")[2], {})


def find_table(name: str, context: Context, *, region: str | None = None) -> Table | None:
    """Return moto's table by its name or ARN, in the caller's region or in another one."""
    tables: dict[str, Table] = context.backend(dynamodb_backends, region).tables
    return tables.get(name.rpartition("/")[2])


def in_region(context: Context, region: str) -> Context:
    """Return the same caller in another region."""
    return replace(context, region=region)


def kind_of_key(table: Table, context: Context) -> str:
    """Return whose key encrypts a table: `owned` by DynamoDB, `managed` by AWS, or a `customer`'s."""
    encryption = table.sse_specification or {}
    if not encryption.get("Enabled"):
        return "owned"
    managed = kms_backends[context.account][context.region].get_key_id_from_alias(DEFAULT_KEY)
    key = str(encryption["KMSMasterKeyId"])
    return "managed" if key == DEFAULT_KEY or (managed is not None and key.endswith(managed)) else "customer"
