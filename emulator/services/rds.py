"""Amazon RDS: moto's instances share an id, its replicas share settings, and it lacks some operations."""

from __future__ import annotations

import random
import string
from typing import TYPE_CHECKING, Any

from moto.ec2.models import ec2_backends
from moto.rds.models import DBInstance, DBParameterGroup, RDSBackend, rds_backends

from emulator.errors import AwsError
from emulator.keys import key_exists
from emulator.registry import Context, guard, operation, patch
from emulator.zones import foreign_zones

if TYPE_CHECKING:
    from emulator.store import Shape

_LEAST_ZONES = 2
# The default certificate authority in moto and in AWS.
_MOTO_AUTHORITY, _DEFAULT_AUTHORITY = "rds-ca-default", "rds-ca-rsa2048-g1"
_RESOURCE_ID = string.ascii_uppercase + string.digits
# Newest first; every older minor version of the same major version is offered too.
_NEWEST_VERSIONS = {
    "aurora-postgresql": ("17.6", "16.10", "15.14", "14.19", "13.22"),
    "docdb": ("5.0.0", "4.0.0", "3.6.0"),
    "mysql": ("8.4.6", "8.0.43"),
    "postgres": ("17.6", "16.10", "15.14", "14.19", "13.22"),
}
_MAJOR_OF_TWO_PARTS = {"docdb", "mysql"}
# Members that an update of an event subscription may change, by moto's attribute.
_SUBSCRIPTION = {
    "Enabled": "enabled",
    "EventCategories": "event_categories",
    "SnsTopicArn": "sns_topic_arn",
    "SourceType": "source_type",
}


@guard("rds", "CreateDBSubnetGroup", "ModifyDBSubnetGroup")
def refuse_one_zone(params: Shape, context: Context) -> None:
    """Refuse a subnet group in one Availability Zone; Amazon DocumentDB uses the same operation."""
    wanted = params.get("SubnetIds") or []
    found = context.backend(ec2_backends).describe_subnets(filters={"subnet-id": wanted}) if wanted else []
    zones = sorted({subnet.availability_zone for subnet in found})
    # moto refuses unknown subnets.
    if len(found) == len(set(wanted)) and len(zones) < _LEAST_ZONES:
        raise AwsError(
            code="DBSubnetGroupDoesNotCoverEnoughAZs",
            message=(
                "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ "
                f"coverage: {', '.join(zones)}. Add subnets to cover at least 2 AZs."
            ),
        )


@guard(
    "rds",
    "CreateDBInstance",
    "CreateDBCluster",
    "CreateDBInstanceReadReplica",
    "RestoreDBClusterFromSnapshot",
    "RestoreDBInstanceFromDBSnapshot",
    "RestoreDBInstanceToPointInTime",
)
def refuse_foreign_zone(params: Shape, context: Context) -> None:
    """Refuse zones of another region; Amazon DocumentDB uses the same operations."""
    foreign = foreign_zones([params.get("AvailabilityZone"), *(params.get("AvailabilityZones") or ())], context)
    if foreign:
        zones = "Availability zones" if foreign[1:] else "Availability zone"
        verb = "are" if foreign[1:] else "is"
        raise AwsError(
            code="InvalidVPCNetworkStateFault",
            message=(
                f"{zones} '[{', '.join(foreign)}]' {verb} unavailable in this region, please choose another zone set."
            ),
        )


@guard(
    "rds",
    "CreateDBInstance",
    "CreateDBCluster",
    "CreateDBInstanceReadReplica",
    "ModifyDBInstance",
    "ModifyDBCluster",
    "RestoreDBClusterFromSnapshot",
    "RestoreDBClusterToPointInTime",
    "RestoreDBInstanceFromDBSnapshot",
    "RestoreDBInstanceToPointInTime",
    "StartDBInstanceAutomatedBackupsReplication",
)
def refuse_unknown_key(params: Shape, context: Context) -> None:
    """Refuse an unknown KMS key for storage, for the managed password or for Performance Insights."""
    for member in ("KmsKeyId", "MasterUserSecretKmsKeyId", "PerformanceInsightsKMSKeyId"):
        key = params.get(member)
        if key and not key_exists(key, context):
            raise AwsError(
                code="KMSKeyNotAccessibleFault",
                message=(
                    f"The specified KMS key [{key}] does not exist, is not enabled or you do not have "
                    "permissions to access it."
                ),
            )


@patch(DBInstance, "__init__")
def complete_instance(original: Any, instance: Any, *args: Any, **kwargs: Any) -> None:
    """Give each instance its own resource id, and store Performance Insights, which moto drops."""
    original(instance, *args, **kwargs)
    instance.dbi_resource_id = _resource_id()
    if instance.ca_certificate_identifier == _MOTO_AUTHORITY:
        instance.ca_certificate_identifier = _DEFAULT_AUTHORITY
    _set_performance_insights(instance, kwargs)


@patch(DBInstance, "update")
def update_performance_insights(original: Any, instance: Any, **kwargs: Any) -> None:
    """Apply a changed Performance Insights setting, which moto stores under another name."""
    original(instance, **kwargs)
    if kwargs.get("enable_performance_insights") is not None:
        instance.performance_insights_enabled = bool(kwargs["enable_performance_insights"])


@patch(DBInstance, "remove_replica")
def remove_replica(_: Any, instance: Any, replica: Any) -> None:
    """Remove a replica by either name: moto adds it by ARN and removes it by identifier."""
    names = {replica.db_instance_identifier, replica.db_instance_arn}
    instance.replicas[:] = [name for name in instance.replicas if name not in names]


@patch(RDSBackend, "create_db_instance_read_replica")
def create_replica(original: Any, backend: Any, request: dict[str, Any]) -> Any:
    """Give a replica its own settings: moto copies the primary.

    In another region, the subnet group is looked up in the region of the replica, not of the primary.
    """
    primary = backend.find_db_from_id(request["source_db_instance_identifier"])
    abroad = primary.region != backend.region_name
    subnet_group = request.pop("db_subnet_group_name", None) if abroad else None
    replica = original(backend, request)
    replica.dbi_resource_id = _resource_id()
    replica.tags = request.get("tags") or []
    replica.vpc_security_group_ids = request.get("vpc_security_group_ids") or (
        [] if abroad else replica.vpc_security_group_ids
    )
    replica.enabled_cloudwatch_logs_exports = request.get("enable_cloudwatch_logs_exports") or []
    replica.enable_iam_database_authentication = bool(request.get("enable_iam_database_authentication"))
    replica.max_allocated_storage = request.get("max_allocated_storage") or replica.allocated_storage
    replica.monitoring_interval = request.get("monitoring_interval") or 0
    replica.monitoring_role_arn = request.get("monitoring_role_arn")
    replica.performance_insights_kms_key_id = None
    replica.performance_insights_retention_period = None
    _set_performance_insights(replica, request)
    replica.manage_master_user_password = False
    replica.__dict__.pop("master_user_secret", None)
    if abroad:
        replica.backend = backend
        replica.availability_zone = f"{backend.region_name}a"
        replica.multi_az = bool(request.get("multi_az"))
        replica.db_parameter_group_name = request.get("db_parameter_group_name")
        replica.source_db_instance_identifier = primary.db_instance_arn
        if subnet_group:
            replica.db_subnet_group_name = subnet_group
    return replica


@patch(RDSBackend, "modify_db_subnet_group")
def keep_subnet_group(original: Any, backend: Any, name: str, *args: Any) -> Any:
    """Store a changed subnet group: moto removes it from its list and does not put it back."""
    if name not in backend.subnet_groups:
        raise AwsError(code="DBSubnetGroupNotFoundFault", message=f"DB subnet group '{name}' does not exist.")
    group = backend.subnet_groups[name] = original(backend, name, *args)
    return group


@patch(DBParameterGroup, "update_parameters")
def mark_parameters(_: Any, group: Any, parameters: list[dict[str, Any]]) -> None:
    """Mark changed parameters as set by the user; otherwise the provider does not see them."""
    for given in parameters:
        group.parameters[given["ParameterName"]].update({"IsModifiable": True, **given, "Source": "user"})


@operation("rds", "ModifyEventSubscription")
def modify_subscription(params: Shape, context: Context) -> Shape:
    """Change the given members."""
    name, subscription = params["SubscriptionName"], _subscription(params, context)
    for member, attribute in _SUBSCRIPTION.items():
        if member in params:
            setattr(subscription, attribute, params[member])
    return {"EventSubscription": {"CustSubscriptionId": name, "Status": "active"}}


@operation("rds", "AddSourceIdentifierToSubscription")
def add_source(params: Shape, context: Context) -> Shape:
    """Watch one more source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/ (the operation's page)."""
    subscription = _subscription(params, context)
    if params["SourceIdentifier"] not in subscription.source_ids:
        subscription.source_ids.append(params["SourceIdentifier"])
    return {"EventSubscription": {"CustSubscriptionId": params["SubscriptionName"], "Status": "active"}}


@operation("rds", "RemoveSourceIdentifierFromSubscription")
def remove_source(params: Shape, context: Context) -> Shape:
    """Watch one source less."""
    subscription = _subscription(params, context)
    if params["SourceIdentifier"] not in subscription.source_ids:
        message = f"Source {params['SourceIdentifier']} not found."
        raise AwsError(code="SourceNotFound", message=message)
    subscription.source_ids.remove(params["SourceIdentifier"])
    return {"EventSubscription": {"CustSubscriptionId": params["SubscriptionName"], "Status": "active"}}


def _subscription(params: Shape, context: Context) -> Any:
    name = params["SubscriptionName"]
    subscription = context.backend(rds_backends).event_subscriptions.get(name)
    if subscription is None:
        raise AwsError(code="SubscriptionNotFound", message=f"Subscription {name} not found.")
    return subscription


@operation("rds", "DescribeDBEngineVersions")
def describe_engine_versions(params: Shape, _: Context) -> Shape:
    """List engine versions for the data source aws_rds_engine_version."""
    wanted, family = params.get("EngineVersion"), params.get("DBParameterGroupFamily")
    engines = [params["Engine"]] if params.get("Engine") else list(_NEWEST_VERSIONS)
    found = [
        version
        for engine in engines
        for newest in _NEWEST_VERSIONS.get(engine, ())
        for version in _versions(engine, newest, wanted)
        if family in {None, version["DBParameterGroupFamily"]}
    ]
    return {"DBEngineVersions": found[:1] if params.get("DefaultOnly") else found}


def versions_of(engine: str) -> list[str]:
    """Every version of an engine."""
    return [
        version["EngineVersion"] for newest in _NEWEST_VERSIONS[engine] for version in _versions(engine, newest, None)
    ]


def _versions(engine: str, newest: str, wanted: str | None) -> list[Shape]:
    parts = newest.split(".")
    major = ".".join(parts[: 2 if engine in _MAJOR_OF_TWO_PARTS else 1])
    fixed = engine == "docdb"
    numbers = [newest] if fixed else [f"{major}.{minor}" for minor in range(int(parts[-1]), 0, -1)]
    return [
        {
            "Engine": engine,
            "EngineVersion": number,
            "MajorEngineVersion": major,
            "DBParameterGroupFamily": f"{engine}{major}",
            "DBEngineDescription": engine,
            "DBEngineVersionDescription": f"{engine} {number}",
            "Status": "available",
        }
        for number in numbers
        if wanted in {None, number, major}
    ]


@patch(RDSBackend, "delete_db_cluster")
def delete_automated_snapshots(original: Any, backend: Any, cluster_identifier: str, *args: Any, **kwargs: Any) -> Any:
    """Delete a cluster's automated snapshots; moto never deletes them."""
    deleted = original(backend, cluster_identifier, *args, **kwargs)
    for name, snapshot in list(backend.cluster_snapshots.items()):
        if snapshot.snapshot_type == "automated" and snapshot.db_cluster_identifier == cluster_identifier:
            del backend.cluster_snapshots[name]
    return deleted


def _resource_id() -> str:
    return "db-" + "".join(random.choices(_RESOURCE_ID, k=26))  # noqa: S311  a name, no secret


def _set_performance_insights(instance: Any, request: dict[str, Any]) -> None:
    instance.performance_insights_enabled = bool(request.get("enable_performance_insights"))
    for attribute in ("performance_insights_kms_key_id", "performance_insights_retention_period"):
        if request.get(attribute) is not None:
            setattr(instance, attribute, request[attribute])
