"""The commands of the pages on locks, states and objects repair what was made wrong in an emulated account."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from tests.acceptance.runbooks.commands import REGION_OF_PAGES, Runbook

if TYPE_CHECKING:
    from pathlib import Path

    from emulator import Emulator

TABLE = "user-management-prod-state-lock"
KEY = "network/terraform.tfstate"
SECOND_REGION = "us-west-2"
KEY_THERE = "recovery-us-west-2/terraform.tfstate"
LOCK_ID = "0c8e0ab5-3f0e-4d2c-9a55-0d5b1f1f6a01"


class Open(Protocol):
    """Takes a page."""

    def __call__(self, page: str) -> Runbook: ...


@pytest.fixture
def runbook(emulator: Emulator, account_id: str, output: Path, tmp_path: Path) -> Open:
    def take(page: str) -> Runbook:
        return Runbook.of(
            page, output=output, emulator=emulator, account=account_id, region=REGION_OF_PAGES, folder=tmp_path
        )

    return take


def versioned(page: Runbook, name: str) -> tuple[Any, str]:
    """A bucket of the environment, versioned as it is."""
    s3, bucket = page.client("s3"), f"user-management-prod-{name}-{page.account.id}"
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return s3, bucket


def second_region(page: Runbook) -> tuple[Any, str]:
    """The bucket of states in the second region."""
    s3 = page.account.session().client("s3", region_name=SECOND_REGION)
    bucket = f"user-management-prod-state-{SECOND_REGION}-{page.account.id}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": SECOND_REGION})
    return s3, bucket


def locks(page: Runbook) -> Any:
    """The lock table."""
    dynamodb = page.client("dynamodb")
    dynamodb.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return dynamodb


def content(s3: Any, bucket: str, key: str) -> bytes:
    return bytes(s3.get_object(Bucket=bucket, Key=key)["Body"].read())


def part(page: Runbook, start: str) -> str:
    """The part of the steps that begins so."""
    return page.section("What to do").partition(start)[2].partition("\n- **")[0]


def lock_text(path: str) -> str:
    """What Terraform writes into a lock."""
    about = {"ID": LOCK_ID, "Operation": "OperationTypeApply", "Who": "you@host", "Version": "1.11.4", "Path": path}
    return json.dumps({**about, "Info": "", "Created": "2026-11-27T10:00:00Z"})


def files_of_locks(said: str) -> list[str]:
    """The files of locks among what was printed."""
    return [line.split()[0] for line in said.splitlines() if ".tflock" in line]


@pytest.mark.seconds(25)
def test_a_lock_is_found_and_released_and_a_file_that_is_left_is_removed(runbook: Open) -> None:
    page = runbook("lock-stuck")
    s3, bucket = versioned(page, "state")
    dynamodb, path = locks(page), f"{bucket}/{KEY}"
    for item in ({"LockID": {"S": path}, "Info": {"S": lock_text(path)}}, {"LockID": {"S": f"{path}-md5"}}):
        dynamodb.put_item(TableName=TABLE, Item=item)
    state = {"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "1", "outputs": {}, "resources": []}
    s3.put_object(Bucket=bucket, Key=KEY, Body=json.dumps(state).encode())
    s3.put_object(Bucket=bucket, Key=f"{KEY}.tflock", Body=lock_text(path).encode())
    there, bucket_there = second_region(page)
    for key in (KEY_THERE, f"{KEY_THERE}.tflock", f"{KEY}.tflock"):  # the last is a copy, which is no lock there
        there.put_object(Bucket=bucket_there, Key=key, Body=b"{}")
    said = page.run(page.section("How to tell"))
    assert said.count("you@host") == 1
    assert "-md5" not in said
    assert files_of_locks(said) == [f"{KEY}.tflock", f"{KEY_THERE}.tflock"]
    assert "prod-network is unlocked." in page.run(page.step(2), LOCK_ID=LOCK_ID)
    said = page.run(page.section("How to tell"))
    assert "you@host" not in said
    assert files_of_locks(said) == [f"{KEY_THERE}.tflock"]
    assert [one["LockID"]["S"] for one in dynamodb.scan(TableName=TABLE)["Items"]] == [f"{path}-md5"]
    s3.put_object(Bucket=bucket, Key=f"{KEY}.tflock", Body=lock_text(path).encode())
    home, of_second = page.step(3).split("Of a stack of the second region:")
    page.run(home)
    assert [one["Key"] for one in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [KEY]
    page.run(f"```sh\nLAYER=recovery-us-west-2\n{of_second.partition('```sh')[2]}")
    assert [one["Key"] for one in there.list_objects_v2(Bucket=bucket_there)["Contents"]] == [
        f"{KEY}.tflock",
        KEY_THERE,
    ]


@pytest.mark.seconds(20)
def test_a_state_that_was_damaged_and_one_that_was_deleted_are_back(runbook: Open) -> None:
    page = runbook("state-lost")
    s3, bucket = versioned(page, "state")
    dynamodb = locks(page)
    dynamodb.put_item(TableName=TABLE, Item={"LockID": {"S": f"{bucket}/{KEY}-md5"}, "Digest": {"S": "0"}})
    for body in (b"whole", b"damaged"):
        s3.put_object(Bucket=bucket, Key=KEY, Body=body)
    assert page.run(page.section("How to tell")).count(" true") == 1
    page.run(part(page, "- **Damaged:**"))
    assert content(s3, bucket, KEY) == b"whole"
    page.run(part(page, "- **If the version"))
    assert dynamodb.scan(TableName=TABLE)["Items"] == []
    s3.delete_object(Bucket=bucket, Key=KEY)
    page.run(page.section("How to tell"))
    page.run(part(page, "- **Deleted:**"))
    assert content(s3, bucket, KEY) == b"whole"


@pytest.mark.seconds(20)
def test_an_object_that_was_overwritten_and_one_that_was_deleted_are_back(runbook: Open) -> None:
    page = runbook("restore-object")
    s3, bucket = versioned(page, "backups")
    for body in (b"right", b"wrong"):
        s3.put_object(Bucket=bucket, Key="exports/a.json", Body=body)
    page.run(page.section("How to tell"), without="aws cloudtrail", KEY="exports/a.json")
    page.run(part(page, "- **An overwritten object:**"))
    assert content(s3, bucket, "exports/a.json") == b"right"
    s3.delete_object(Bucket=bucket, Key="exports/a.json")
    page.run(part(page, "- **A deleted object:**"))
    assert content(s3, bucket, "exports/a.json") == b"right"
    assert f"\n    {len(b'right')}," in page.run(page.section("How to check"))
    page.run(page.section("How to undo"))
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)
