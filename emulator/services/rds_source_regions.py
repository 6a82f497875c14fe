"""The regions from which RDS copies automated backups to a region: moto does not know the operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.errors import AwsError
from emulator.registry import Context, operation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.store import Shape

_US: Final = ("us-east-1", "us-east-2", "us-west-2")
_EUROPE: Final = ("eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3")
_DESTINATIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "ap-northeast-1": ("ap-northeast-2", "ap-northeast-3", "ap-southeast-1", *_US),
    "ap-northeast-2": ("ap-northeast-1", "ap-southeast-1", *_US),
    "ap-northeast-3": ("ap-northeast-1",),
    "ap-south-1": ("ap-southeast-1", *_US),
    "ap-southeast-1": ("ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-2", *_US),
    "ap-southeast-2": ("ap-southeast-1", "us-east-1", "us-west-1", "us-west-2"),
    "ca-central-1": ("eu-west-1", "us-west-1", *_US),
    "eu-central-1": (*_EUROPE, *_US),
    "eu-north-1": (*_EUROPE, "us-east-1"),
    "eu-west-1": ("ca-central-1", "us-west-1", *_EUROPE, *_US),
    "eu-west-2": (*_EUROPE, "us-east-1"),
    "eu-west-3": (*_EUROPE, "us-east-1"),
    "sa-east-1": ("us-east-1", "us-east-2"),
    "us-east-1": (
        *("ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
        *("ca-central-1", "sa-east-1", "us-west-1", *_EUROPE, *_US),
    ),
    "us-east-2": (
        *("ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1"),
        *("ca-central-1", "eu-central-1", "eu-west-1", "sa-east-1", "us-west-1", *_US),
    ),
    "us-west-1": ("ap-southeast-2", "ca-central-1", "eu-west-1", *_US),
    "us-west-2": (
        *("ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
        *("ca-central-1", "eu-central-1", "eu-west-1", "us-west-1", *_US),
    ),
}
"""The pairs that the user guide listed before it referred to the operation.

https://github.com/awsdocs/amazon-rds-user-guide/blob/main/doc_source/USER_ReplicateBackups.md
"""


@operation("rds", "DescribeSourceRegions")
def describe_source_regions(params: Shape, context: Context) -> Shape:
    """List the other regions, and whether automated backups can be copied from each to this one.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeSourceRegions.html
    """
    named = params.get("RegionName")
    if named is not None and named not in _DESTINATIONS:
        raise AwsError(code="InvalidParameterValue", message=f"Invalid region: {named}")
    return {
        "SourceRegions": [
            {
                "RegionName": source,
                "Endpoint": f"https://rds.{source}.amazonaws.com",
                "Status": "available",
                "SupportsDBInstanceAutomatedBackupsReplication": context.region in destinations,
            }
            for source, destinations in _DESTINATIONS.items()
            if source != context.region and named in {None, source}
        ]
    }
