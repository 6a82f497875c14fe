"""What a restore test infers for a restore, and what a selection may override.

https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Final

from emulator.errors import AwsError
from emulator.registry import Context, operation
from emulator.services.backup.records import POINTS
from emulator.services.backup.resources import DOCUMENT_DB, RDS
from emulator.services.backup.vaults import find_vault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emulator.services.backup.records import RecoveryPoint
    from emulator.store import Shape

PREFIX: Final = "awsbackup-restore-test"
"""The start of the names of what restore tests create, and the key of its tag."""

_CLUSTER: Final = frozenset(
    {
        "AvailabilityZones",
        "DatabaseName",
        "DBClusterParameterGroupName",
        "DBSubnetGroupName",
        "EnableCloudwatchLogsExports",
        "EnableIAMDatabaseAuthentication",
        "Engine",
        "EngineMode",
        "EngineVersion",
        "KmsKeyId",
        "Port",
        "OptionGroupName",
        "ScalingConfiguration",
        "VpcSecurityGroupIds",
    }
)
_INSTANCE: Final = frozenset(
    {
        "AllocatedStorage",
        "AvailabilityZones",
        "DBInstanceClass",
        "DBName",
        "DBParameterGroupName",
        "DBSubnetGroupName",
        "Domain",
        "DomainIAMRoleName",
        "EnableCloudwatchLogsExports",
        "EnableIAMDatabaseAuthentication",
        "Iops",
        "LicenseModel",
        "MultiAZ",
        "OptionGroupName",
        "Port",
        "ProcessorFeatures",
        "PubliclyAccessible",
        "StorageType",
        "VpcSecurityGroupIds",
    }
)
# The overrides of each type, as StartRestoreJob names them; Amazon FSx has nested ones, which are not read.
OVERRIDES: Final[Mapping[str, frozenset[str] | None]] = {
    "Aurora": _CLUSTER,
    DOCUMENT_DB: _CLUSTER,
    "DynamoDB": frozenset({"encryptionType", "kmsMasterKeyArn"}),
    "EBS": frozenset({"availabilityZone", "iops", "kmsKeyId", "throughput", "volumesize", "volumetype"}),
    "EC2": frozenset({"iamInstanceProfileName", "instanceType", "requireImdsV2", "securityGroupIds", "subnetId"}),
    "EFS": frozenset({"kmsKeyId", "performanceMode"}),
    "FSx": None,
    "Neptune": _CLUSTER,
    RDS: _INSTANCE,
    "S3": frozenset({"encryptionType", "kmsKey", "restoreACLs"}),
}
_LISTS: Final = frozenset({"availabilityzones", "enablecloudwatchlogsexports", "vpcsecuritygroupids"})
_FLAGS: Final = frozenset({"enableiamdatabaseauthentication", "multiaz", "publiclyaccessible"})
_NUMBERS: Final = frozenset({"allocatedstorage", "iops", "port"})


@operation("backup", "GetRestoreTestingInferredMetadata")
def get_inferred(params: Shape, context: Context) -> Shape:
    """Return what a restore test of a recovery point would begin with.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_GetRestoreTestingInferredMetadata.html
    """
    vault = find_vault(params["BackupVaultName"], context)
    point = context.table(POINTS).require(params["RecoveryPointArn"])
    if point.vault is not vault:
        message = f"Cannot find recovery point {point.arn} in vault {vault.backup_vault_name}."
        raise AwsError(code="ResourceNotFoundException", message=message)
    return {"InferredMetadata": inferred(point)}


def inferred(point: RecoveryPoint) -> dict[str, str]:
    """Return what AWS Backup infers for a restore; a new name each time."""
    name = f"{PREFIX}-{uuid.uuid4()}"
    if point.resource_type == RDS:
        return {
            "DBInstanceIdentifier": name,
            "DeletionProtection": "false",
            "MultiAZ": "false",
            "PubliclyAccessible": "false",
        }
    return {"DBClusterIdentifier": name, "Engine": str(point.snapshot.cluster.engine)}


def override(metadata: Mapping[str, str], overrides: Mapping[str, str], resource_type: str) -> dict[str, str]:
    """Return the metadata with the overrides, whose keys are not case-sensitive."""
    names = {name.lower(): name for name in OVERRIDES[resource_type] or ()}
    found = {**metadata, **{names[key.lower()]: value for key, value in overrides.items()}}
    zones = found.pop("AvailabilityZones", None) if resource_type == RDS else None
    if zones and found.get("MultiAZ") != "true":  # an instance has one zone
        found["AvailabilityZone"] = json.loads(zones)[0]
    return found


def override_problems(resource_type: str, overrides: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the overrides of a selection; AWS documents the keys and forms, and not the texts."""
    allowed = OVERRIDES.get(resource_type)
    if allowed is None:
        return
    names = {name.lower() for name in allowed}
    for key, value in overrides.items():
        if key.lower() not in names:
            known = ", ".join(sorted(allowed))
            yield f"RestoreMetadataOverrides: {key} cannot be overridden for {resource_type}; allowed: {known}"
        elif problem := _problem(key.lower(), value):
            yield f"RestoreMetadataOverrides: {key} must be {problem}, not {value}"


def _problem(key: str, value: str) -> str | None:
    if key in _LISTS and not _is_list(value):
        return "a JSON array of strings"
    if key in _FLAGS and value.lower() not in {"true", "false"}:
        return "true or false"
    return "an integer" if key in _NUMBERS and not value.isdecimal() else None


def _is_list(value: str) -> bool:
    try:
        read = json.loads(value)
    except ValueError:
        return False
    return isinstance(read, list) and bool(read) and all(isinstance(one, str) for one in read)
