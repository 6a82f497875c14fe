from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


@pytest.mark.parametrize("key", ["Name", "TrailARN"])
def test_a_trail_can_be_deleted_by_name_and_by_arn(client: Client, key: str) -> None:
    account = "900000000084"
    client("s3", account=account).create_bucket(Bucket=f"trail-{key.lower()}")
    cloudtrail = client("cloudtrail", account=account)
    made = cloudtrail.create_trail(Name="audit", S3BucketName=f"trail-{key.lower()}", IsMultiRegionTrail=True)
    cloudtrail.delete_trail(Name=made[key])
    assert cloudtrail.describe_trails()["trailList"] == []
