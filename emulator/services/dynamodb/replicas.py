"""Adds and removes replicas, and copies to all of them what is written to one."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table

from emulator.clock import now
from emulator.keys import find_key
from emulator.outages.state import lost_since
from emulator.registry import REGISTRY, Context, after, patch
from emulator.services.dynamodb.groups import (
    DEFAULT_KEY,
    GROUPS,
    Member,
    find_table,
    in_region,
    kind_of_key,
    members,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.store import Shape

_VERSION: Final = "2019.11.21"
_STREAM: Final = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}


@after("dynamodb", "UpdateTable")
def update_replicas(params: Shape, context: Context) -> None:
    """Add or remove a replica."""
    table = find_table(params["TableName"], context)
    for update in params.get("ReplicaUpdates") or []:
        if "Create" in update and table is not None:
            _add_replica(table, update["Create"], context)
        elif "Delete" in update and table is not None:
            there = in_region(context, update["Delete"]["RegionName"])
            there.backend(dynamodb_backends).tables.pop(table.name)
            _leave(table.name, there)


def _add_replica(table: Table, change: Shape, context: Context) -> None:
    """Make the table in the other region; tags, recovery and deletion protection of each replica are its own.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
    """
    if not (table.stream_specification or {}).get("StreamEnabled"):
        table.set_stream_specification(dict(_STREAM))
    there = in_region(context, change["RegionName"])
    there.backend(dynamodb_backends).create_table(
        table.name,
        schema=table.schema,
        throughput=None,
        attr=table.attr,
        global_indexes=[index.describe() for index in table.global_indexes],
        indexes=[index.describe() for index in table.indexes],
        streams=dict(table.stream_specification or {}),
        billing_mode=table.billing_mode,
        sse_specification=_encryption(table, change.get("KMSMasterKeyId"), context, there),
        tags=[],
        deletion_protection_enabled=False,
        warm_throughput=None,
    )
    first = {context.region: Member(source=context.region, added=now())}
    context.table(GROUPS).setdefault(table.name, first)[there.region] = Member(source=context.region, added=now())
    _copy_items(table.name, context)


def _encryption(table: Table, key: str | None, context: Context, there: Context) -> Shape | None:
    kind = kind_of_key(table, context)
    if kind == "owned":
        return None
    encryption = {"Enabled": True, "SSEType": "KMS"}
    found = find_key(key, there) if kind == "customer" and key and key != DEFAULT_KEY else None
    return encryption if found is None else {**encryption, "KMSMasterKeyId": found.arn}


@after("dynamodb", "DeleteTable")
def leave_group(params: Shape, context: Context) -> None:
    """Remove a region from the global table; the last one is a table of one region."""
    _leave(params["TableName"], context)


def _leave(name: str, context: Context) -> None:
    groups = context.table(GROUPS)
    left = groups.get(name, {})
    left.pop(context.region, None)
    if len(left) <= 1:
        groups.pop(name, None)


@after("dynamodb", "BatchWriteItem")
def copy_batch(params: Shape, context: Context) -> None:
    """Copy written items to all replicas at once, which takes DynamoDB about a second."""
    for name in params["RequestItems"]:
        _copy_items(name, context)


@after("dynamodb", "DeleteItem", "PutItem", "UpdateItem")
def copy_item(params: Shape, context: Context) -> None:
    """Copy a written item."""
    _copy_items(params["TableName"], context)


@after("dynamodb", "TransactWriteItems")
def copy_transaction(params: Shape, context: Context) -> None:
    """Copy the items of a transaction."""
    for item in params["TransactItems"]:
        for write in item.values():
            _copy_items(write["TableName"], context)


@after("dynamodb", "UpdateTimeToLive")
def copy_time_to_live(params: Shape, context: Context) -> None:
    """Copy the setting of when items expire, which all replicas share."""
    for table, other in _others(params["TableName"], context):
        other.ttl = dict(table.ttl)


def catch_up(region: str) -> None:
    """Give a region that is back what was written elsewhere since it was lost. The caller has the lock.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
    Of two regions that were lost one after the other, the one that comes back last gets what the other one has.
    """
    for account in list(dict.keys(dynamodb_backends)):
        here = Context("dynamodb", "PutItem", account, region, REGISTRY.store)
        for name, group in here.table(GROUPS).items():
            other = next((one for one in group if one != region and lost_since(one) is None), None)
            if region in group and other:
                _copy_items(name, in_region(here, other))
                copy_time_to_live({"TableName": name}, in_region(here, other))


@patch(Table, "describe")
def show_replicas(original: Any, table: Table, base_key: str = "TableDescription") -> dict[str, Any]:
    """Show the other regions of a global table: each region sees all but itself."""
    description: dict[str, Any] = original(table, base_key=base_key)
    group = REGISTRY.store.table(GROUPS, table.account_id, table.region_name).get(table.name, {})
    if group:
        description[base_key]["GlobalTableVersion"] = _VERSION
        description[base_key]["Replicas"] = [
            {"RegionName": region, "ReplicaStatus": "ACTIVE", **_shown_key(table, region)}
            for region in group
            if region != table.region_name
        ]
    return description


def _shown_key(table: Table, region: str) -> dict[str, str]:
    encryption = dynamodb_backends[table.account_id][region].tables[table.name].sse_specification or {}
    return {"KMSMasterKeyId": encryption["KMSMasterKeyId"]} if encryption.get("Enabled") else {}


def _copy_items(name: str, context: Context) -> None:
    for table, other in _others(name, context):
        other.items = copy.deepcopy(table.items)


def _others(name: str, context: Context) -> Iterator[tuple[Table, Table]]:
    """The table in the caller's region, with that of each other region that answers."""
    table = find_table(name, context)
    for region in members(name, context):
        other = find_table(name, context, region=region)
        is_other = region != context.region and lost_since(region) is None
        if is_other and table is not None and other is not None:
            yield table, other
