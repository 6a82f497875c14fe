"""Amazon RDS: where RDS Proxy and DocumentDB are not offered; moto offers both everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.ec2.models import ec2_backends
from moto.rds.models import RDSBackend

from emulator.errors import AwsError
from emulator.registry import Context, guard, patch

if TYPE_CHECKING:
    from emulator.store import Shape

# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html#rds-proxy.limitations
ZONES_WITHOUT_PROXY = frozenset({"use1-az3", "usw1-az2"})
# https://docs.aws.amazon.com/documentdb/latest/developerguide/regions-and-azs.html
REGIONS_WITHOUT_DOCUMENTDB = frozenset(
    {"ap-southeast-3", "ap-southeast-4", "ca-west-1", "eu-central-2", "me-south-1", "us-west-1"}
)
_LEAST_ZONES = 2


@guard("rds", "CreateDBProxy")
def refuse_too_few_proxy_zones(params: Shape, context: Context) -> None:
    """Refuse a proxy with fewer than two zones that have RDS Proxy.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-network-prereqs.html
    """
    backend = context.backend(ec2_backends)
    wanted = params.get("VpcSubnetIds") or []
    found = backend.describe_subnets(filters={"subnet-id": wanted}) if wanted else []
    zones = {subnet.availability_zone_id for subnet in found}
    # moto refuses unknown subnets. AWS documents the code of the refusal and not its text.
    if len(found) == len(set(wanted)) and len(zones - ZONES_WITHOUT_PROXY) < _LEAST_ZONES:
        raise AwsError(
            code="InvalidSubnet",
            message=(
                "The requested subnets must be in at least two Availability Zones that support RDS Proxy. "
                f"Requested: {', '.join(sorted(zones))}."
            ),
        )


@patch(RDSBackend, "create_db_proxy")
def leave_out_unsupported_zones(original: Any, backend: Any, *args: Any, **kwargs: Any) -> Any:
    """Create a proxy without the subnets in zones that have no RDS Proxy, and say nothing about it, as AWS does.

    https://github.com/hashicorp/terraform-provider-aws/issues/17781
    """
    proxy = original(backend, *args, **kwargs)
    subnets = ec2_backends[backend.account_id][backend.region_name].describe_subnets(subnet_ids=proxy.vpc_subnet_ids)
    left_out = {subnet.id for subnet in subnets if subnet.availability_zone_id in ZONES_WITHOUT_PROXY}
    proxy.vpc_subnet_ids = [subnet for subnet in proxy.vpc_subnet_ids if subnet not in left_out]
    return proxy


@guard("rds", "CreateDBCluster", "CreateDBInstance", "CreateGlobalCluster")
def refuse_documentdb_where_it_is_not_sold(params: Shape, context: Context) -> None:
    """Refuse DocumentDB in a region without it: there the engine is unknown."""
    if params.get("Engine") == "docdb" and context.region in REGIONS_WITHOUT_DOCUMENTDB:
        raise AwsError(code="InvalidParameterValue", message="Invalid DB engine")
