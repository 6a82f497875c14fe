"""Amazon RDS and Amazon DocumentDB: a subnet with a database in it stays in its group, which moto does not check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.rds.models import rds_backends

from emulator.errors import AwsError
from emulator.registry import Context, guard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.store import Shape


@guard("rds", "ModifyDBSubnetGroup")
def refuse_subnet_of_database(params: Shape, context: Context) -> None:
    """Refuse to take the subnet of a zone out of a group while an instance of the group is in that zone.

    AWS documents the code and not the text, which users have met:
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBSubnetGroup.html
    https://github.com/hashicorp/terraform-provider-aws/issues/17383
    """
    group = context.backend(rds_backends).subnet_groups.get(params["DBSubnetGroupName"].lower())
    if group is None:
        return  # moto refuses an unknown group
    wanted = set(params.get("SubnetIds") or ())
    subnets = group._subnets  # noqa: SLF001 (moto gives its answers only)
    kept = {subnet.availability_zone for subnet in subnets if subnet.id in wanted}
    used = [
        subnet.id
        for subnet in subnets
        if subnet.id not in wanted
        and subnet.availability_zone not in kept
        and any(instances_in(subnet, group, context))
    ]
    if used:
        message = f"Some of the subnets to be deleted are currently in use: {', '.join(sorted(used))}"
        raise AwsError(code="SubnetAlreadyInUse", message=message)


def instances_in(subnet: Any, group: Any, context: Context) -> Iterator[Any]:
    """Return the instances of a group that are in the zone of a subnet; those of DocumentDB by their cluster."""
    backend = context.backend(rds_backends)
    for instance in backend.databases.values():
        cluster = backend.clusters.get(instance.db_cluster_identifier) if instance.db_cluster_identifier else None
        own = instance._db_subnet_group_name or (cluster.db_subnet_group_name if cluster else None)  # noqa: SLF001 (not to be read otherwise)
        if own and own.lower() == group.name and instance.availability_zone == subnet.availability_zone:
            yield instance
