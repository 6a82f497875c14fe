"""The regions of an account: moto lists those of all partitions, and does not know which ones must be enabled first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

from emulator.errors import AwsError
from emulator.registry import Context, operation

if TYPE_CHECKING:
    from emulator.store import Shape

# Enabled in each account, https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
_ALWAYS_ENABLED: Final = {
    *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
    *("ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1"),
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2"),
}
_OTHER_PARTITIONS: Final = ("cn-", "us-gov-")


@operation("ec2", "DescribeRegions")
def describe_regions(params: Shape, _: Context) -> Shape:
    """List the regions; one that is not enabled only if it is named, or if all are wanted.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html
    """
    named = params.get("RegionNames") or []
    known = {
        region.name: region.endpoint
        for region in RegionsAndZonesBackend.regions
        if not region.name.startswith(_OTHER_PARTITIONS)
    }
    unknown = [name for name in named if name not in known]
    if unknown:
        raise AwsError(code="InvalidParameterValue", message=f"Invalid region names provided: {', '.join(unknown)}")
    return {
        "Regions": [
            {
                "RegionName": name,
                "Endpoint": endpoint,
                "OptInStatus": "opt-in-not-required" if name in _ALWAYS_ENABLED else "not-opted-in",
            }
            for name, endpoint in known.items()
            if name in named or (not named and (params.get("AllRegions") or name in _ALWAYS_ENABLED))
        ]
    }
