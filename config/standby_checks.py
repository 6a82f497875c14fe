"""What [recovery.standby] and [recovery.fail_over] need of the other tables of an environment."""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network
from itertools import islice
from typing import Final

from config.errors import Problem
from config.model import Check
from config.network import PRIVATE_BLOCKS, Zone
from config.postgres import MAX_REPLICAS
from config.services import ServiceSettings
from config.standby import STANDBY_MODES, FailOverSettings, backups_example, snapshot_example

_WITH_REPLICA_BACKUPS: Final = 14
"""The first major version of PostgreSQL whose replicas have automated backups, from its first release on RDS, 14.1."""


def _check_network(
    network__cidr: IPv4Network, recovery__standby__network__cidr: IPv4Network | None
) -> Iterator[Problem]:
    there = recovery__standby__network__cidr
    if there is not None and there.overlaps(network__cidr):
        yield Problem(
            key="recovery.standby.network.cidr",
            value=str(there),
            allowed=f"overlaps the environment's own network, {network__cidr}, so the two could not be connected; use "
            f'another block, like "{_beside(network__cidr)}"',
        )


def _beside(own: IPv4Network) -> IPv4Network:
    """A private block of the same size that does not overlap this one."""
    return next(
        other
        for block in PRIVATE_BLOCKS
        if block.prefixlen <= own.prefixlen
        for other in islice(block.subnets(new_prefix=own.prefixlen), 2)
        if not other.overlaps(own)
    )


def _check_new_zones(recovery__standby__network__zones: Sequence[Zone] | None) -> Iterator[Problem]:
    for index, zone in enumerate(recovery__standby__network__zones or ()):
        if zone.formerly is not None:
            yield Problem(
                key=f"recovery.standby.network.zones[{index}].formerly",
                value=zone.formerly,
                allowed="has no effect: no version of this file had a network in the second region by the names of "
                "its zones; remove it",
            )


def _check_release(
    recovery__mode: str | None,
    recovery__standby: object,
    recovery__standby__release: str | None,
    recovery__fail_over: object,
    services: Mapping[str, ServiceSettings],
) -> Iterator[Problem]:
    """What users get from the second region is a release, and not the placeholder."""
    if recovery__standby is None or recovery__standby__release is not None:
        return
    if recovery__fail_over is not None:
        why = "[recovery.fail_over]"
    elif recovery__mode == "active":
        why = 'mode = "active"'
    else:
        return
    if running := [name for name, service in services.items() if service.initial_count]:
        yield Problem(
            key="recovery.standby.release",
            allowed=f"is missing; with {why} users get what the second region runs, which would be the placeholder in "
            f"{', '.join(running)}; set the tag of a release that is copied there, like "
            'release = "release-20260131T140500Z-0123456789ab"',
        )


def _check_running_services(recovery__mode: str | None, services: Mapping[str, ServiceSettings]) -> Iterator[Problem]:
    """A mode that runs nothing more than a cheaper one is that one."""
    if recovery__mode == "warm" and services and all(service.uses_data for service in services.values()):
        yield Problem(
            key="recovery.mode",
            value=recovery__mode,
            allowed="runs the services that need no data, and each service here uses a database or the bucket of "
            '[backups]; set mode = "pilot_light"',
        )


def _check_active(
    *,
    recovery__mode: str | None,
    load_balancer: object,
    edge: object,
    services: Mapping[str, ServiceSettings],
) -> Iterator[Problem]:
    """Users can be answered by both regions only where nothing is written that one of them would not know."""
    if recovery__mode != "active":
        return
    served = {name: service for name, service in services.items() if service.is_load_balanced}
    with_data = [name for name, service in served.items() if service.uses_data]
    if load_balancer is None:
        yield Problem(
            key="recovery.mode",
            value=recovery__mode,
            allowed="answers users from both regions, and there is no [load_balancer] that answers; add the table, or "
            'set mode = "warm"',
        )
    elif served and len(with_data) == len(served):
        yield Problem(
            key="recovery.mode",
            value=recovery__mode,
            allowed="answers users from both regions where no data is needed, and each service with path_patterns "
            'uses a database or the bucket of [backups]; set mode = "pilot_light"',
        )
    elif edge is None and with_data:
        yield Problem(
            key="recovery.mode",
            value=recovery__mode,
            allowed=f"leads one name to both regions for all paths, and {', '.join(with_data)} may run in one only, "
            'where the data is; add [edge], which chooses by the path, or set mode = "warm"',
        )


def _check_origin(
    recovery__mode: str | None, recovery__fail_over: object, edge__origin: str | None
) -> Iterator[Problem]:
    """CloudFront must reach the load balancers of both regions under one name.

    A VPC origin leads to one load balancer, and an origin group changes to another origin for GET, HEAD and OPTIONS
    only: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
    """
    if edge__origin != "vpc":
        return
    if recovery__mode in STANDBY_MODES:
        why = f'mode = "{recovery__mode}"'
    elif recovery__fail_over is not None:
        why = "[recovery.fail_over]"
    else:
        return
    yield Problem(
        key="edge.origin",
        value=edge__origin,
        allowed=f'must be "public" with {why} in [recovery]: a VPC origin leads to the load balancer of one region, '
        'and CloudFront changes to another origin for GET, HEAD and OPTIONS only; set origin = "public"',
    )


def _check_delegated(
    recovery__fail_over: object,
    load_balancer: object,
    domain__delegated: bool | None,  # noqa: FBT001 (a setting)
) -> Iterator[Problem]:
    if recovery__fail_over is not None and load_balancer is not None and domain__delegated is False:
        yield Problem(
            key="recovery.fail_over",
            allowed="has nothing to serve: the services are left out while delegated = false in [domain]; set that to "
            "true, or remove this table",
        )


def _check_replica(
    recovery__standby__postgres_replica: bool | None,  # noqa: FBT001 (a setting)
    postgres: object,
    postgres__replicas: int | None,
    postgres__major_version: int | None,
) -> Iterator[Problem]:
    """The replica there is one of those that an instance can have, and has backups as its source has.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Overview.Differences.html
    """
    if not recovery__standby__postgres_replica:
        return
    key = "recovery.standby.postgres_replica"
    if postgres is None:
        yield Problem(key=key, value=True, allowed="has no effect without [postgres]; add the table, or remove this")
    if postgres__replicas == MAX_REPLICAS:
        yield Problem(
            key=key,
            value=True,
            allowed=f"is one replica more than the {MAX_REPLICAS} that an instance can have; lower replicas in "
            f"[postgres] to {MAX_REPLICAS - 1}, or remove this",
        )
    if postgres__major_version is not None and postgres__major_version < _WITH_REPLICA_BACKUPS:
        yield Problem(
            key=key,
            value=True,
            allowed=f"needs major_version = {_WITH_REPLICA_BACKUPS} or higher in [postgres]: RDS makes no backups of a "
            "replica of an earlier one; upgrade PostgreSQL, or remove this",
        )


def _check_password_version(
    postgres__replicas: int | None,
    postgres__password_version: int | None,
    recovery__standby__postgres_replica: bool | None,  # noqa: FBT001 (a setting)
) -> Iterator[Problem]:
    if postgres__replicas == 0 and postgres__password_version != 1 and not recovery__standby__postgres_replica:
        yield Problem(
            key="postgres.password_version",
            value=postgres__password_version,
            allowed="has no effect without read replicas: RDS itself keeps the master's password and replaces it; "
            "remove the line",
        )


def _check_restore(recovery__fail_over: FailOverSettings | None, postgres: object) -> Iterator[Problem]:
    if recovery__fail_over is None or postgres is not None:
        return
    for key in ("postgres_backups", "postgres_time"):
        if (value := getattr(recovery__fail_over, key)) is not None:
            yield Problem(
                key=f"recovery.fail_over.{key}", value=value, allowed="has no effect without [postgres]; remove it"
            )


def _check_backups(
    recovery__region: str | None, recovery__fail_over__postgres_backups: str | None, account_id: str
) -> Iterator[Problem]:
    backups = recovery__fail_over__postgres_backups
    if backups is None or recovery__region is None:
        return
    _, _, _, region, account, *_ = backups.split(":")
    if (region, account) != (recovery__region, account_id):
        yield Problem(
            key="recovery.fail_over.postgres_backups",
            value=backups,
            allowed=f"must be in {recovery__region} and in the account {account_id}: an instance is restored from "
            "backups of its own region and account; use one like "
            f'"{backups_example(recovery__region, account_id)}"',
        )


def _check_snapshot(
    *,
    recovery__region: str | None,
    recovery__mode: str | None,
    recovery__fail_over: FailOverSettings | None,
    documentdb: object,
    documentdb__global_cluster: bool | None,
    account_id: str,
) -> Iterator[Problem]:
    """DocumentDB is made from one recovery point in the second region, or is there already."""
    if recovery__fail_over is None:
        return
    snapshot, key = recovery__fail_over.documentdb_snapshot, "recovery.fail_over.documentdb_snapshot"
    has_data = documentdb__global_cluster and recovery__mode in STANDBY_MODES
    if snapshot is None:
        if documentdb is not None and not has_data:
            yield Problem(
                key=key,
                allowed="is missing; [documentdb] is restored from a recovery point in the second region; add one like "
                f'"{snapshot_example(recovery__region, account_id)}", which step 1 of "Fail over" in '
                "docs/region-loss.md prints",
            )
        return
    if documentdb is None:
        yield Problem(key=key, value=snapshot, allowed="has no effect without [documentdb]; remove it")
    elif has_data:
        yield Problem(
            key=key,
            value=snapshot,
            allowed="has no effect with global_cluster = true: the cluster in the second region has the data already; "
            "remove it",
        )
    _, _, _, region, account, *_ = snapshot.split(":")
    if recovery__region is not None and (region, account) != (recovery__region, account_id):
        yield Problem(
            key=key,
            value=snapshot,
            allowed=f"must be in {recovery__region} and in the account {account_id}: a cluster is restored from a "
            f'snapshot of its own region and account; use one like "{snapshot_example(recovery__region, account_id)}"',
        )


STANDBY_ENVIRONMENT_CHECKS: Final[tuple[Check, ...]] = (
    _check_network,
    _check_new_zones,
    _check_release,
    _check_running_services,
    _check_active,
    _check_origin,
    _check_delegated,
    _check_replica,
    _check_password_version,
    _check_restore,
    _check_backups,
    _check_snapshot,
)
"""The checks between these two tables and others."""
