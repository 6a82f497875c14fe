"""PostgreSQL on RDS with its proxy, DocumentDB, DynamoDB."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from config.postgres import STRIPED_STORAGE_GIB, STRIPED_STORAGE_IOPS
from pricing.charge import Charge, Gap, Item, Site, prices
from pricing.resource import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pricing.resource import Billable

_POSTGRES: Final = "PostgreSQL"
_DOCUMENTDB: Final = "DocumentDB"
_LEAST_VCPUS: Final = 2
_FREE_IOPS: Final = 3000
_FREE_INSIGHTS_DAYS: Final = 7
_BURSTABLE_INSIGHTS: Final = "insights_retention_t3"
_OTHER_INSIGHTS: Final = "insights_retention_m5"


def vcpus(instance_class: str) -> int | None:
    """The vCPUs of a class, by its size.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
    """
    size = instance_class.rpartition(".")[2]
    if size in {"micro", "small", "medium", "large"}:
        return _LEAST_VCPUS
    found = re.fullmatch(r"([0-9]*)xlarge", size)
    return 4 * int(found[1] or 1) if found else None


def backup_gib(data_gib: float, days: float, site: Site) -> float:
    """GiB of the daily snapshots of so many days: the data once, and what changed each day."""
    return data_gib * (1 + site.usage.daily_change_percent / 100 * max(0, days - 1)) if days else 0


@prices("aws_db_instance")
def instance(resource: Billable, site: Site) -> Iterator[Item]:
    """Its hours (twice with a standby), storage, and backups above the size of the storage."""
    source = _source(resource, site)
    engine = (
        resource.text("engine") or source.text("engine") or ("postgres" if resource.get("replicate_source_db") else "")
    )
    if engine != "postgres":
        yield Gap(component="RDS", reason=f'the engine "{engine}" has no price; there are prices for "postgres"')
        return
    name = resource.text("instance_class")
    if not name.startswith("db."):
        yield Gap(component=_POSTGRES, reason="its class is not known")
        return
    is_multi_az = resource.is_on("multi_az")
    yield Charge(
        component=_POSTGRES,
        price=f"postgres_multi_az/{name}" if is_multi_az else f"postgres/{name}",
        quantity=1,
        share=site.awake_share,
        otherwise=(f"postgres/{name}", 2) if is_multi_az else None,
    )
    storage = resource.number("allocated_storage") or source.number("allocated_storage")
    kind = resource.text("storage_type") or source.text("storage_type")
    if storage is None:
        yield Gap(component=_POSTGRES, reason="the size of its storage is not known")
    elif kind not in {"", "gp2", "gp3"}:
        yield Gap(
            component=_POSTGRES, reason=f'storage of the type "{kind}" has no price; there are prices for gp2, gp3'
        )
    else:
        price = "postgres_storage_multi_az" if is_multi_az else "postgres_storage"
        yield Charge(component=_POSTGRES, price=price, quantity=storage)
        included = STRIPED_STORAGE_IOPS if storage >= STRIPED_STORAGE_GIB else _FREE_IOPS
        if kind == "gp3" and (iops := (resource.number("iops") or 0) - included) > 0:
            yield Charge(component=_POSTGRES, price="postgres_iops", quantity=iops * (2 if is_multi_az else 1))
        days = resource.number("backup_retention_period") or 0
        above = backup_gib(site.usage.postgres_gib, days, site) - storage
        yield Charge(component=_POSTGRES, price="postgres_backup", quantity=max(0.0, above), is_usage=True)
    yield from _insights(resource, name, site)


def _source(resource: Billable, site: Site) -> Billable:
    """The instance that a replica follows, which may be one of another stack and region; else the instance itself."""
    name = resource.text("replicate_source_db").rpartition(":")[2]
    beside = site.inventory.referred(resource, "replicate_source_db", "aws_db_instance")
    elsewhere = (one for one in site.inventory.all("aws_db_instance") if name and one.text("identifier") == name)
    return next(iter([*beside, *elsewhere]), resource)


def _insights(resource: Billable, name: str, site: Site) -> Iterator[Item]:
    count = vcpus(name)
    days = resource.number("performance_insights_retention_period") or _FREE_INSIGHTS_DAYS
    is_advanced = resource.text("database_insights_mode") == "advanced"
    is_kept = resource.is_on("performance_insights_enabled") and days > _FREE_INSIGHTS_DAYS and not is_advanced
    if not (is_advanced or is_kept):
        return
    if count is None:
        yield Gap(component=_POSTGRES, reason=f"the vCPUs of {name} are not known")
    elif is_advanced:
        yield Charge(component=_POSTGRES, price="database_insights_advanced", quantity=count, share=site.awake_share)
    else:
        price = _BURSTABLE_INSIGHTS if name.startswith("db.t") else _OTHER_INSIGHTS
        yield Charge(component=_POSTGRES, price=price, quantity=count)


@prices("aws_db_proxy")
def proxy(resource: Billable, site: Site) -> Iterator[Item]:
    """By the vCPUs of its instance, two at least; also while the instance is stopped."""
    component = "RDS Proxy"
    targets = site.inventory.referring(resource, "db_proxy_name", "aws_db_proxy_target")
    instances = [
        each
        for target in targets
        for each in site.inventory.referred(target, "db_instance_identifier", "aws_db_instance")
    ]
    counts = [vcpus(each.text("instance_class")) for each in instances]
    if not counts or None in counts:
        yield Gap(component=component, reason="the class of its instance is not known")
        return
    quantity = sum(max(_LEAST_VCPUS, count or 0) for count in counts)
    yield Charge(component=component, price="postgres_proxy", quantity=quantity)


@prices("aws_docdb_cluster")
def cluster(resource: Billable, site: Site) -> Iterator[Item]:
    """Its storage, reads and writes, and backups above the size of the storage."""
    usage, data = site.usage, site.usage.documentdb_gib
    if resource.text("storage_type") == "iopt1":
        yield Charge(component=_DOCUMENTDB, price="documentdb_io_optimized_storage", quantity=data, is_usage=True)
    else:
        yield Charge(component=_DOCUMENTDB, price="documentdb_storage", quantity=data, is_usage=True)
        yield Charge(component=_DOCUMENTDB, price="documentdb_io", quantity=usage.documentdb_io_million, is_usage=True)
    above = backup_gib(data, resource.number("backup_retention_period") or 1, site) - data
    yield Charge(component=_DOCUMENTDB, price="documentdb_backup", quantity=max(0.0, above), is_usage=True)


@prices("aws_docdb_cluster_instance")
def cluster_instance(resource: Billable, site: Site) -> Iterator[Item]:
    """Its hours; of a serverless one, the least capacity."""
    clusters = site.inventory.referred(resource, "cluster_identifier", "aws_docdb_cluster")
    name = resource.text("instance_class")
    if name == "db.serverless":
        scaling = clusters[0].block("serverless_v2_scaling_configuration") if clusters else {}
        least = number(scaling.get("min_capacity"))
        if least is None:
            yield Gap(component=_DOCUMENTDB, reason="the least capacity of its cluster is not known")
        else:
            yield Charge(component=_DOCUMENTDB, price="documentdb_serverless", quantity=least, share=site.awake_share)
        return
    if not name.startswith("db."):
        yield Gap(component=_DOCUMENTDB, reason="its class is not known")
        return
    is_optimized = any(each.text("storage_type") == "iopt1" for each in clusters)
    start = "documentdb_io_optimized" if is_optimized else "documentdb"
    yield Charge(component=_DOCUMENTDB, price=f"{start}/{name}", quantity=1, share=site.awake_share)


@prices("aws_docdb_global_cluster")
def global_cluster(resource: Billable, site: Site) -> Iterator[Item]:  # noqa: ARG001
    """Each write is charged once more in each further region, and its data is sent there."""
    yield Charge(component=_DOCUMENTDB, price="inter_region_data", quantity=site.usage.copied_gib, is_usage=True)
    yield Gap(component=_DOCUMENTDB, reason="writes that a global cluster repeats in its other region have no price")


@prices("aws_dynamodb_table", "aws_dynamodb_table_replica")
def table(resource: Billable, site: Site) -> Iterator[Item]:
    """Its reads and writes on demand; the 25 GB that are free hold every lock."""
    component = "DynamoDB"
    if resource.kind == "aws_dynamodb_table" and resource.text("billing_mode") != "PAY_PER_REQUEST":
        yield Gap(component=component, reason="provisioned capacity has no price; there is one for PAY_PER_REQUEST")
        return
    requests = site.usage.table_requests_million
    yield Charge(component=component, price="table_writes", quantity=requests, is_usage=True)
    yield Charge(component=component, price="table_reads", quantity=requests, is_usage=True)
