from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


def regions(client: Client, **arguments: Any) -> dict[str, str]:
    answer = client("ec2").describe_regions(**arguments)
    return {region["RegionName"]: region["OptInStatus"] for region in answer["Regions"]}


def test_only_enabled_regions_are_listed(client: Client) -> None:
    found = regions(client)

    assert len(found) == 17
    assert set(found.values()) == {"opt-in-not-required"}


def test_all_regions_have_a_status(client: Client) -> None:
    found = regions(client, AllRegions=True)

    assert found["af-south-1"] == "not-opted-in"
    assert not [name for name in found if name.startswith(("cn-", "us-gov-"))]


def test_a_region_that_is_named_is_listed_whatever_its_status(client: Client) -> None:
    assert regions(client, RegionNames=["ap-east-1"]) == {"ap-east-1": "not-opted-in"}


def test_an_unknown_region_is_refused(client: Client) -> None:
    with pytest.raises(ClientError, match="Invalid region names provided: mars-1"):
        regions(client, RegionNames=["mars-1"])
