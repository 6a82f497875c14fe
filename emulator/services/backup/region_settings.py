"""The types of resources that a region has opted in to; moto lacks them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.registry import Context, operation
from emulator.store import Kind

if TYPE_CHECKING:
    from emulator.store import Shape

SETTINGS: Kind[dict[str, bool]] = Kind("region settings of backup", missing="ResourceNotFoundException")
OPT_IN: Final = "ResourceTypeOptInPreference"
MANAGEMENT: Final = "ResourceTypeManagementPreference"
# The types of later years are off until the account opts in.
# https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html#opting-in
_DEFAULTS: Final = {
    OPT_IN: {
        "Aurora": True,
        "CloudFormation": False,
        "DocumentDB": False,
        "DynamoDB": True,
        "EBS": True,
        "EC2": True,
        "EFS": True,
        "FSx": True,
        "Neptune": False,
        "RDS": True,
        "Redshift": False,
        "S3": False,
        "SAP HANA on Amazon EC2": False,
        "Storage Gateway": True,
        "Timestream": False,
        "VirtualMachine": False,
    },
    MANAGEMENT: {"DynamoDB": False, "EFS": False},
}


@operation("backup", "DescribeRegionSettings")
def describe(params: Shape, context: Context) -> Shape:
    """Return all types, also those that nobody has set.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DescribeRegionSettings.html
    """
    del params
    table = context.table(SETTINGS)
    return {member: {**defaults, **table.get(member, {})} for member, defaults in _DEFAULTS.items()}


@operation("backup", "UpdateRegionSettings")
def update(params: Shape, context: Context) -> Shape:
    """Set some types.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_UpdateRegionSettings.html
    """
    table = context.table(SETTINGS)
    for member in _DEFAULTS:
        table[member] = {**table.get(member, {}), **(params.get(member) or {})}
    return {}


def is_opted_in(type_: str, context: Context) -> bool:
    """Return whether a type takes part in plans in the caller's region."""
    return bool(describe({}, context)[OPT_IN].get(type_))
