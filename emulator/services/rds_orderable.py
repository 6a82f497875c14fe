"""What RDS and DocumentDB offer: moto has only what Aurora PostgreSQL and Neptune do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from moto.rds.models import rds_backends

from emulator.errors import AwsError
from emulator.registry import FORWARD, Context, Forward, guard, operation
from emulator.services.rds import versions_of
from emulator.zones import zone_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.store import Shape

# A selection: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html
# and https://docs.aws.amazon.com/documentdb/latest/developerguide/db-instance-classes.html
_CLASSES: Final = {
    "postgres": (
        *(f"db.t3.{size}" for size in ("micro", "small", "medium", "large", "xlarge", "2xlarge")),
        *(f"db.t4g.{size}" for size in ("micro", "small", "medium", "large", "xlarge", "2xlarge")),
        *(f"db.{family}.{size}" for family in ("m6g", "m7g", "r6g", "r7g") for size in ("large", "xlarge", "2xlarge")),
    ),
    "docdb": ("db.t3.medium", "db.t4g.medium", *(f"db.r6g.{size}" for size in ("large", "xlarge", "2xlarge"))),
}
# All that there are, more than the selection: the same pages.
_OFFERED: Final = {
    "postgres": re.compile(
        r"db\.(t3|t4g)\.(micro|small|medium|large|xlarge|2xlarge)"
        r"|db\.(m[5-8][a-z]*|r[5-8][a-z]*|x2[a-z]*|c6gd)\.(medium|(\d*x)?large|metal)[a-z0-9.-]*"
    ),
    "docdb": re.compile(r"db\.(t3|t4g)\.medium|db\.r(4|5|6g|6gd|8g)\.(\d*x)?large"),
}
# DocumentDB has no local disks and no Graviton 4 before 5.0:
# https://docs.aws.amazon.com/documentdb/latest/developerguide/docdb-engine-version-supportability.html
_BEFORE_5: Final = ("3.", "4.")
_NEW_FAMILIES: Final = re.compile(r"db\.(r6gd|r8g)\..*")


@guard("rds", "CreateDBInstance", "RestoreDBInstanceFromDBSnapshot", "RestoreDBInstanceToPointInTime")
def refuse_class(params: Shape, context: Context) -> None:
    """Refuse a class that the engine does not have; an instance of a cluster has the version of the cluster."""
    cluster = context.backend(rds_backends).clusters.get(params.get("DBClusterIdentifier") or "")
    version = params.get("EngineVersion") or (cluster.engine_version if cluster else None)
    require_class(params.get("Engine"), params.get("DBInstanceClass"), version)


@guard("rds", "ModifyDBInstance")
def refuse_changed_class(params: Shape, context: Context) -> None:
    """The same for the new class of an instance."""
    instance = context.backend(rds_backends).databases.get(params["DBInstanceIdentifier"])
    if instance is not None and "DBInstanceClass" in params:
        version = params.get("EngineVersion") or instance.engine_version
        cluster = context.backend(rds_backends).clusters.get(instance.db_cluster_identifier or "")
        require_class(instance.engine, params["DBInstanceClass"], cluster.engine_version if cluster else version)


def require_class(engine: Any, instance_class: str | None, version: Any) -> None:
    """Require that an engine has a class.

    https://github.com/aws-quickstart/quickstart-awx/issues/47 has the text.
    """
    offered = _OFFERED.get(engine)
    is_new = engine == "docdb" and str(version).startswith(_BEFORE_5) and _NEW_FAMILIES.fullmatch(instance_class or "")
    if offered and instance_class and (is_new or not offered.fullmatch(instance_class)):
        message = (
            "RDS does not support creating a DB instance with the following combination: "
            f"DBInstanceClass={instance_class}, Engine={engine}, EngineVersion={version}. For supported combinations "
            "of instance class and database engine version, see the documentation."
        )
        raise AwsError(code="InvalidParameterCombination", message=message)


@operation("rds", "DescribeOrderableDBInstanceOptions")
def describe_orderable(params: Shape, context: Context) -> Shape | Forward:
    """List the options of PostgreSQL and DocumentDB, all in one page; a version must be complete to match.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeOrderableDBInstanceOptions.html
    """
    if params["Engine"] not in _CLASSES:
        return FORWARD
    return {"OrderableDBInstanceOptions": list(_options(params, context))}


def _options(params: Shape, context: Context) -> Iterator[Shape]:
    engine = params["Engine"]
    for version in versions_of(engine):
        for instance_class in _CLASSES[engine]:
            if params.get("EngineVersion") in {None, version} and params.get("DBInstanceClass") in {
                None,
                instance_class,
            }:
                yield {
                    "Engine": engine,
                    "EngineVersion": version,
                    "DBInstanceClass": instance_class,
                    "AvailabilityZones": [{"Name": zone} for zone in zone_names(context)],
                    "MultiAZCapable": engine != "docdb",
                    "Vpc": True,
                    "StorageType": "aurora" if engine == "docdb" else "gp3",
                }
