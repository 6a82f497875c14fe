"""Availability Zones by their ids: the same place in every account, which the letter of a zone is not."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, WithJsonSchema

from config.aws import REGIONS

ZONE_PREFIXES: Final[Mapping[str, str]] = {
    "af-south-1": "afs1",
    "ap-east-1": "ape1",
    "ap-northeast-1": "apne1",
    "ap-northeast-2": "apne2",
    "ap-northeast-3": "apne3",
    "ap-south-1": "aps1",
    "ap-south-2": "aps2",
    "ap-southeast-1": "apse1",
    "ap-southeast-2": "apse2",
    "ap-southeast-3": "apse3",
    "ap-southeast-4": "apse4",
    "ap-southeast-5": "apse5",
    "ap-southeast-7": "apse7",
    "ca-central-1": "cac1",
    "ca-west-1": "caw1",
    "eu-central-1": "euc1",
    "eu-central-2": "euc2",
    "eu-north-1": "eun1",
    "eu-south-1": "eus1",
    "eu-south-2": "eus2",
    "eu-west-1": "euw1",
    "eu-west-2": "euw2",
    "eu-west-3": "euw3",
    "il-central-1": "ilc1",
    "me-central-1": "mec1",
    "me-south-1": "mes1",
    "mx-central-1": "mxc1",
    "sa-east-1": "sae1",
    "us-east-1": "use1",
    "us-east-2": "use2",
    "us-west-1": "usw1",
    "us-west-2": "usw2",
}
"""The start of the zone ids of a region. The numbers are not listed: AWS adds zones to regions.

https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
"""

_ZONE_ID: Final = rf"({'|'.join(ZONE_PREFIXES.values())})-az[1-9][0-9]?"
_ZONE_NAME: Final = rf"({'|'.join(REGIONS)})[a-z]"


def zone_key(zone_id: str) -> str:
    """The part of an id that differs within a region, like "az1": in addresses and names."""
    return zone_id.rpartition("-")[2]


def zone_number(key: str) -> int:
    """The number in the key of a zone."""
    return int(key.removeprefix("az"))


def is_zone_in_region(zone_id: str, region: str) -> bool:
    """Whether the Availability Zone is in the region."""
    return zone_id.startswith(f"{ZONE_PREFIXES[region]}-")


def lookup_command(name: str) -> str:
    """The command that prints the id of a zone, for an account in which the zone has this name.

    https://docs.aws.amazon.com/cli/latest/reference/ec2/describe-availability-zones.html
    """
    return (
        f"aws ec2 describe-availability-zones --region {name[:-1]} --zone-names {name} "
        "--query 'AvailabilityZones[].ZoneId' --output text"
    )


def is_zone_name(value: object) -> bool:
    """Whether a value is the name of a zone, like "us-east-1a"."""
    return isinstance(value, str) and re.fullmatch(_ZONE_NAME, value) is not None


def unused_zone_ids(region: str) -> Iterator[str]:
    """Valid ids that no zone has, to check the other settings of a zone whose id is not known."""
    for number in range(99, 0, -1):
        yield f"{ZONE_PREFIXES[region]}-az{number}"


def _zone_id(value: str) -> str:
    if re.fullmatch(_ZONE_ID, value):
        return value
    if is_zone_name(value):
        message = (
            "is the name of a zone, and one name means another zone in each account; "
            f"use the zone's id, which this prints: {lookup_command(value)}"
        )
    elif value in REGIONS:
        message = f'is a region; use the id of one of its zones, like "{ZONE_PREFIXES[value]}-az1"'
    else:
        message = 'is not the id of an Availability Zone; use one like "use1-az1" (us-east-1) or "euw2-az3" (eu-west-2)'
    raise ValueError(message)


def _zone_name(value: str) -> str:
    if is_zone_name(value):
        return value
    message = 'is not the name of an Availability Zone; use the region and the zone\'s letter, like "us-east-1a"'
    raise ValueError(message)


ZoneId = Annotated[
    str,
    AfterValidator(_zone_id),
    WithJsonSchema({"type": "string", "pattern": f"^{_ZONE_ID}$"}),
]
"""The id of an Availability Zone; Local Zones and Wavelength Zones have no NAT gateways and no Fargate."""

ZoneName = Annotated[
    str,
    AfterValidator(_zone_name),
    WithJsonSchema({"type": "string", "pattern": r"^[a-z]{2}-[a-z]+-[0-9][a-z]$"}),
]
"""The name that an Availability Zone has in one account."""
