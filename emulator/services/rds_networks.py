"""Amazon RDS and DocumentDB: a database and its security groups are in one VPC, which moto does not require."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.ec2.models import ec2_backends
from moto.rds.models import rds_backends

from emulator.errors import AwsError
from emulator.registry import Context, guard

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emulator.store import Shape


@guard(
    "rds",
    "CreateDBInstance",
    "CreateDBCluster",
    "RestoreDBClusterFromSnapshot",
    "RestoreDBClusterToPointInTime",
    "RestoreDBInstanceFromDBSnapshot",
    "RestoreDBInstanceToPointInTime",
)
def refuse_groups_of_another_vpc(params: Shape, context: Context) -> None:
    """Refuse security groups that are not in the VPC of the database."""
    if params.get("DBClusterIdentifier") and context.operation == "CreateDBInstance":
        return  # it has those of its cluster
    require_network(params.get("DBSubnetGroupName"), params.get("VpcSecurityGroupIds") or (), context)


def require_network(subnet_group: str | None, security_groups: Iterable[str], context: Context) -> None:
    """Require that a new database has a place: its subnet group, or the default VPC, and groups of the same VPC.

    https://github.com/terraform-aws-modules/terraform-aws-rds/issues/451 has the text on the VPCs, and
    https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html#restore-testing-troubleshooting that on
    the default VPC. An unknown subnet group is refused by moto.
    """
    ec2: Any = context.backend(ec2_backends)
    found = context.backend(rds_backends).subnet_groups.get((subnet_group or "").lower())
    if subnet_group and found is None:
        return
    vpc = found.vpc_id if found else getattr(ec2.get_default_vpc(), "id", None)
    if vpc is None:
        message = "No default subnet detected in VPC. Please contact AWS Support to recreate default Subnets."
        raise AwsError(code="InvalidSubnet", message=message)
    for name in security_groups:
        group = ec2.get_security_group_from_id(name)
        if group is None:
            message = f"Invalid security group , groupId= {name}, groupName=."
            raise AwsError(code="InvalidParameterValue", message=message)
        if group.vpc_id != vpc:
            message = (
                "The DB instance and EC2 security group are in different VPCs. "
                f"The DB instance is in {vpc} and the EC2 security group is in {group.vpc_id}"
            )
            raise AwsError(code="InvalidParameterCombination", message=message)
