"""AWS CodeConnections, under its new and its old name: moto has no backend for either."""

from __future__ import annotations

import uuid

from emulator.registry import Context, operation
from emulator.store import Kind, Shape
from emulator.tagging import tag_operations, to_list, to_map

NAMES = ("codeconnections", "codestar-connections")
CONNECTIONS: Kind[Shape] = Kind("connection", missing="ResourceNotFoundException", message="Connection {key} not found")

for service in NAMES:
    tag_operations(service, arn="ResourceArn")

    @operation(service, "CreateConnection")
    def create_connection(params: Shape, context: Context) -> Shape:
        """Store a connection; as on AWS, it is pending until a person confirms it."""
        arn = context.arn(f"connection/{uuid.uuid4()}")
        context.table(CONNECTIONS)[arn] = {
            "ConnectionName": params["ConnectionName"],
            "ConnectionArn": arn,
            "ProviderType": params.get("ProviderType"),
            "OwnerAccountId": context.account,
            "ConnectionStatus": "PENDING",
            "HostArn": params.get("HostArn"),
        }
        context.tags(arn).update(to_map(params.get("Tags")))
        return {"ConnectionArn": arn, "Tags": to_list(context.tags(arn))}

    @operation(service, "GetConnection")
    def get_connection(params: Shape, context: Context) -> Shape:
        """Return one connection."""
        return {"Connection": context.table(CONNECTIONS).require(params["ConnectionArn"])}

    @operation(service, "ListConnections")
    def list_connections(_: Shape, context: Context) -> Shape:
        """List the connections."""
        return {"Connections": list(context.table(CONNECTIONS).values())}

    @operation(service, "DeleteConnection")
    def delete_connection(params: Shape, context: Context) -> Shape:
        """Delete the connection and its tags."""
        context.table(CONNECTIONS).remove(params["ConnectionArn"])
        context.store.forget_tags(params["ConnectionArn"])
        return {}
