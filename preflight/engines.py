"""Whether RDS and DocumentDB sell the versions and classes of the environment in its zones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from compliance.references import referred
from preflight.check import Check
from preflight.line import Line, ok, problem
from preflight.usage import database_instances
from preflight.zones import read_zones, zone_names, zone_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.account import Account
    from preflight.platform import Placed, Platform
    from synthesis.manifest import Stack
    from synthesis.template import Resource

_SERVICES: Final = {"postgres": "rds", "docdb": "docdb"}
_TABLES: Final = {"postgres": "[postgres]", "docdb": "[documentdb]"}
_TITLES: Final = {"postgres": "PostgreSQL", "docdb": "DocumentDB"}
_STANDBY_ZONES: Final = 2


@dataclass(frozen=True, order=True)
class Order:
    """What is ordered: one engine, version and class."""

    region: str
    engine: str
    version: str
    instance_class: str
    multi_az: bool
    zones: tuple[str, ...]
    """The zones where an instance may be, as the settings have them."""

    fixed_zones: bool
    """Whether there will be an instance in each of the zones; otherwise AWS chooses among them."""

    identifiers: tuple[str, ...]
    """The instances that are ordered."""

    @property
    def subject(self) -> str:
        """What the report calls it."""
        return f"{_TITLES.get(self.engine, self.engine)} {self.version}, {self.instance_class}, {self.region}"


def orders(platform: Platform) -> list[Order]:
    """Everything that the stacks order, the same thing once."""
    return [*_postgres(platform), *_documentdb(platform)]


def checks(platform: Platform, account: Account) -> Iterator[Check]:
    """A check for each order."""
    for order in orders(platform):
        yield Check(order.subject, partial(_lines, order, platform, account))


def _postgres(platform: Platform) -> Iterator[Order]:
    placed_instances = list(platform.all("aws_db_instance"))
    primary = next((one for one in placed_instances if one.resource.get("engine")), None)
    for placed in placed_instances:
        # A replica has the engine of its primary and, but in another region, its subnets; the class is its own.
        source = placed if placed.resource.get("engine") else primary
        if source is None:
            continue
        yield Order(
            region=placed.region,
            engine=str(source.resource.get("engine")),
            version=str(source.resource.get("engine_version")),
            instance_class=str(placed.resource.get("instance_class")),
            multi_az=placed.resource.is_on("multi_az"),
            zones=tuple(sorted(_subnet_zones(platform, placed) or _subnet_zones(platform, source))),
            fixed_zones=False,
            identifiers=(str(placed.resource.get("identifier")),),
        )


def _documentdb(platform: Platform) -> Iterator[Order]:
    for cluster in platform.all("aws_docdb_cluster"):
        instances = cluster.stack.attached(cluster.resource, "aws_docdb_cluster_instance", by="cluster_identifier")
        for instance_class in sorted({str(one.get("instance_class")) for one in instances}):
            ordered = [one for one in instances if str(one.get("instance_class")) == instance_class]
            zones = {zone for one in ordered for zone in _instance_zones(platform, cluster.stack, one)}
            yield Order(
                region=cluster.region,
                engine=str(cluster.resource.get("engine") or "docdb"),
                version=str(cluster.resource.get("engine_version")),
                instance_class=instance_class,
                multi_az=False,
                zones=tuple(sorted(zones or _subnet_zones(platform, cluster))),
                fixed_zones=bool(zones),
                identifiers=tuple(str(one.get("identifier")) for one in ordered),
            )


def _instance_zones(platform: Platform, stack: Stack, instance: Resource) -> set[str]:
    """The zone that an instance names, itself or as that of a subnet; empty if AWS chooses."""
    subnets = [subnet for _, subnet in referred(instance.get("availability_zone"), stack, platform.stacks)]
    return {zone_of(one) for one in subnets or [instance]} - {""}


def _subnet_zones(platform: Platform, database: Placed) -> set[str]:
    groups = referred(database.resource.get("db_subnet_group_name"), database.stack, platform.stacks)
    return {
        zone_of(subnet)
        for stack, group in groups
        for _, subnet in referred(group.get("subnet_ids"), stack, platform.stacks)
    } - {""}


def _lines(order: Order, platform: Platform, account: Account) -> Iterator[Line]:
    existing = {instance["DBInstanceIdentifier"] for instance in database_instances(account, order.region)}
    if set(order.identifiers) <= existing:
        yield ok(order.subject, "exists already, nothing to order")
        return
    # Without a filter on the version: AWS compares it with a complete one, and the settings may have only the major.
    # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeOrderableDBInstanceOptions.html
    options = account.items(
        _SERVICES.get(order.engine, "rds"),
        order.region,
        "describe_orderable_db_instance_options",
        "OrderableDBInstanceOptions",
        Engine=order.engine,
        DBInstanceClass=order.instance_class,
    )
    yield _judged(order, platform, options, zone_names(order.zones, read_zones(account, order.region)))


def _judged(order: Order, platform: Platform, options: list[Any], wanted: set[str]) -> Line:
    table, subject = f"In {platform.file}, {_TABLES.get(order.engine, '')}", order.subject
    if not options:
        return problem(subject, f"{order.instance_class} is not offered", f"{table}, use another instance_class.")
    of_version = [option for option in options if _is_version(option["EngineVersion"], order.version)]
    if not of_version:
        majors = sorted({option["EngineVersion"].partition(".")[0] for option in options}, key=int)
        found = f"{order.version} is not offered with {order.instance_class}, which has {', '.join(majors)}"
        return problem(subject, found, f"{table}, use another version or instance_class.")
    capable = [option for option in of_version if option.get("MultiAZCapable") or not order.multi_az]
    if not capable:
        found = f"{order.instance_class} has no standby in another zone"
        return problem(subject, found, f"{table}, use another instance_class, or multi_az = false.")
    offered = {zone["Name"] for option in capable for zone in option.get("AvailabilityZones") or ()}
    missing = sorted(wanted - offered)
    needed = len(wanted) if order.fixed_zones else min(len(wanted), _STANDBY_ZONES if order.multi_az else 1)
    if missing and len(wanted) - len(missing) < needed:
        found = f"not offered in {', '.join(missing)}; offered in {', '.join(sorted(offered))}"
        fix = f"In {platform.file}, {platform.zones_table(order.region)}, use other zones; or another instance_class."
        return problem(subject, found, fix)
    newest = max((option["EngineVersion"] for option in capable), key=_sortable)
    return ok(subject, f"can be ordered; the newest is {newest}")


def _is_version(offered: str, wanted: str) -> bool:
    return offered == wanted or offered.startswith(f"{wanted}.")


def _sortable(version: str) -> list[int]:
    return [int(part) if part.isdigit() else 0 for part in version.split(".")]
