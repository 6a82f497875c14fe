"""What DynamoDB refuses of replicas."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from emulator.arns import parse_arn
from emulator.clock import now
from emulator.errors import AwsError
from emulator.keys import find_key
from emulator.registry import guard
from emulator.services.dynamodb.groups import DEFAULT_KEY, find_table, in_region, kind_of_key, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moto.dynamodb.models.table import Table

    from emulator.registry import Context
    from emulator.store import Shape

_SOURCE_HOURS: Final = 24
_INVALID: Final = "One or more parameter values were invalid: "
_NO_KEY: Final = f"{_INVALID}KMSMasterKeyId must be specified for each replica."


@guard("dynamodb", "UpdateTable")
def refuse_replica_update(params: Shape, context: Context) -> None:
    """Refuse an update of replicas, or of the stream of a table that has some, as DynamoDB does.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ReplicationGroupUpdate.html
    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
    """
    table = find_table(params["TableName"], context)
    if table is not None:
        _refuse([*_stream_faults(params, context), *_update_faults(params, table, context)])


@guard("dynamodb", "DeleteTable")
def refuse_deletion_of_source(params: Shape, context: Context) -> None:
    """Refuse to delete a table from which a replica was made in the last 24 hours, while that replica exists.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
    """
    if find_table(params["TableName"], context) is not None:
        _refuse(_source_faults(params["TableName"], context))


def _stream_faults(params: Shape, context: Context) -> Iterator[str]:
    stream = params.get("StreamSpecification") or {}
    if stream.get("StreamEnabled") is False and len(members(params["TableName"], context)) > 1:
        yield f"{_INVALID}Disabling Stream is not allowed for a Global Table replica."


def _update_faults(params: Shape, table: Table, context: Context) -> Iterator[str]:
    updates = params.get("ReplicaUpdates")
    if not updates:
        return
    actions = dict(updates[0])
    if set(params) != {"TableName", "ReplicaUpdates"}:
        yield f"{_INVALID}ReplicaUpdates must be the only operation of the request."
    elif len(updates) > 1:
        yield "Update table operation with more than one create or delete replica actions not allowed"
    elif len(actions) > 1:
        yield "Update table operation with more than one type of replica actions not allowed."
    elif not actions or set(actions.get("Update", {})) == {"RegionName"}:
        yield "There are no actions specified in the Replica Update Action of the request."
    else:
        ((action, change),) = actions.items()
        yield from _action_faults(action, change, table, context)


def _action_faults(action: str, change: Shape, table: Table, context: Context) -> Iterator[str]:
    region = change["RegionName"]
    if region == context.region:
        yield (
            "Cannot add or delete the local region through ReplicaUpdates. "
            "Use CreateTable, DeleteTable, or UpdateTable as required."
        )
    elif action == "Create":
        yield from _creation_faults(change, table, context)
    elif not members(table.name, context):
        # https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/dynamodb/table.go
        yield "Replica specified in the Replica Update or Replica Delete action of the request was not found."
    elif region not in members(table.name, context):
        yield (
            "Update global table operation failed because one or more replicas were not part of the global table. "
            f"Please retry the request without these replicas: [{region}]."
        )
    elif action == "Delete":
        yield from _deletion_faults(table.name, in_region(context, region))
    elif change.get("KMSMasterKeyId"):
        # https://github.com/hashicorp/terraform-provider-aws/pull/29102
        yield _NO_KEY


def _creation_faults(change: Shape, table: Table, context: Context) -> Iterator[str]:
    """What is wrong with the new region, the capacity for writing, or the key.

    No stream is required: DynamoDB switches it on.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_reqs_bestpractices.html
    https://github.com/hashicorp/terraform-provider-aws/issues/17422
    """
    there = in_region(context, change["RegionName"])
    if find_table(table.name, there) is not None:
        yield (
            f"Failed to create a the new replica of table with name: '{table.name}' "
            "because one or more replicas already existed as tables."
        )
    if table.billing_mode != "PAY_PER_REQUEST":  # nothing in this emulator scales a table
        yield "Table write capacity should either be Pay-Per-Request or AutoScaled."
    key = change.get("KMSMasterKeyId")
    if kind_of_key(table, context) != "customer":
        if key and key != DEFAULT_KEY:
            yield _NO_KEY
    elif not key:
        yield _NO_KEY
    elif key == DEFAULT_KEY:
        yield f"{_INVALID}All replica keys must either be Customer Managed CMK or AWS Managed CMK."
    else:
        yield from _key_faults(key, there)


def _key_faults(key: str, there: Context) -> Iterator[str]:
    start = f"KMS validation error for region {there.region}: com.amazonaws.services.kms.model.NotFoundException: "
    arn = parse_arn(key)
    if arn is not None and arn.region != there.region:
        yield f"{start}Invalid arn {arn.region}"
    elif find_key(key, there) is None:
        yield f"{start}Key '{key}' does not exist"


def _deletion_faults(name: str, there: Context) -> Iterator[str]:
    table = find_table(name, there)
    if table is not None and table.deletion_protection_enabled:
        yield (
            "Resource cannot be deleted as it is currently protected against deletion. "
            "Disable deletion protection first."
        )
    yield from _source_faults(name, there)


def _source_faults(name: str, context: Context) -> Iterator[str]:
    limit = now() - dt.timedelta(hours=_SOURCE_HOURS)
    for region, member in members(name, context).items():
        if region != context.region and member.source == context.region and member.added > limit:
            yield (
                "Replica cannot be deleted because it has acted as a source region for new replica(s) "
                f"being added to the table in the last {_SOURCE_HOURS} hours."
            )


def _refuse(faults: Iterator[str] | list[str]) -> None:
    for fault in faults:
        raise AwsError(code="ValidationException", message=fault)
