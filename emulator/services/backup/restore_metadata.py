"""The settings with which a recovery point is restored: strings, lists as JSON.

https://docs.aws.amazon.com/aws-backup/latest/devguide/restoring-rds.html
https://docs.aws.amazon.com/aws-backup/latest/devguide/restoring-docdb.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from emulator.services.backup.resources import RDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.services.backup.records import RecoveryPoint

_INSTANCE: Final = {
    "AllocatedStorage": "allocated_storage",
    "AutoMinorVersionUpgrade": "auto_minor_version_upgrade",
    "AvailabilityZone": "availability_zone",
    "CopyTagsToSnapshot": "copy_tags_to_snapshot",
    "DBInstanceClass": "db_instance_class",
    "DBInstanceIdentifier": "db_instance_identifier",
    "DBName": "db_name",
    "DBParameterGroupName": "db_parameter_group_name",
    "DBSubnetGroupName": "db_subnet_group_name",
    "DeletionProtection": "deletion_protection",
    "EnableIAMDatabaseAuthentication": "enable_iam_database_authentication",
    "EnableCloudwatchLogsExports": "enable_cloudwatch_logs_exports",
    "Engine": "engine",
    "Iops": "iops",
    "LicenseModel": "license_model",
    "MultiAZ": "multi_az",
    "Port": "port",
    "PubliclyAccessible": "publicly_accessible",
    "StorageType": "storage_type",
    "VpcSecurityGroupIds": "vpc_security_group_ids",
}
_CLUSTER: Final = {
    "AvailabilityZones": "availability_zones",
    "DBClusterIdentifier": "db_cluster_identifier",
    "DBClusterParameterGroupName": "db_cluster_parameter_group_name",
    "DBSubnetGroupName": "db_subnet_group_name",
    "DeletionProtection": "deletion_protection",
    "EnableCloudwatchLogsExports": "enable_cloudwatch_logs_exports",
    "Engine": "engine",
    "EngineVersion": "engine_version",
    "KmsKeyId": "kms_key_id",
    "Port": "port",
    "VpcSecurityGroupIds": "vpc_security_group_ids",
}
_NUMBERS: Final = frozenset({"AllocatedStorage", "Iops", "Port"})
_LISTS: Final = frozenset({"AvailabilityZones", "EnableCloudwatchLogsExports", "VpcSecurityGroupIds"})
# moto's names of what it was sent, where it keeps it under another one.
_KEPT: Final = {
    "db_cluster_parameter_group_name": "parameter_group",
    "db_subnet_group_name": "_db_subnet_group_name",
    "enable_cloudwatch_logs_exports": "enabled_cloudwatch_logs_exports",
}


def metadata_of(point: RecoveryPoint) -> dict[str, str]:
    """Return the settings that the resource had when it was backed up."""
    snapshot = point.snapshot
    is_instance = point.resource_type == RDS
    database = snapshot.database if is_instance else snapshot.cluster
    names = _INSTANCE if is_instance else _CLUSTER
    found = {member: _kept(database, attribute) for member, attribute in names.items()}
    return {member: _text(value) for member, value in found.items() if value is not None}


def read_metadata(sent: Mapping[str, str], *, is_instance: bool) -> dict[str, Any]:
    """Return the settings by moto's names."""
    names = _INSTANCE if is_instance else _CLUSTER
    return {names[member]: _value(member, text) for member, text in sent.items() if member in names}


def _kept(database: Any, attribute: str) -> Any:
    return getattr(database, _KEPT.get(attribute, attribute), None)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return json.dumps(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _value(member: str, text: str) -> Any:
    if member in _LISTS:
        return json.loads(text)
    if member in _NUMBERS:
        return int(text)
    return {"true": True, "false": False}.get(text.lower(), text)
