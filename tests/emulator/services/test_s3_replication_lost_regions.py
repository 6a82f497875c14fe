"""What is written while the region of the copies is lost waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from emulator.outages import control
from emulator.registry import REGISTRY
from emulator.services.s3_replication.changes import FAILURES
from tests.emulator.s3_replication import HOME, THERE, Copied, create

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator.conftest import Client


@pytest.fixture
def buckets(client: Client) -> Iterator[Copied]:
    yield create(client)
    for region in (HOME, THERE):
        give_back(region)


def lose(region: str) -> None:
    with REGISTRY.lock:
        control.lose(region)


def give_back(region: str) -> None:
    with REGISTRY.lock:
        control.give_back(region)


def test_a_new_version_is_pending_and_copied_when_the_region_is_back(buckets: Copied) -> None:
    buckets.replicate()
    lose(THERE)
    version = buckets.put(Tagging="kind=log")
    assert buckets.status() == "PENDING"
    before = len(FAILURES)
    give_back(THERE)

    found = buckets.copied()
    assert found
    assert (found["VersionId"], buckets.status(), len(FAILURES)) == (version, "COMPLETED", before)


def test_tags_and_delete_markers_follow_in_their_order(buckets: Copied) -> None:
    buckets.replicate()
    buckets.put()
    lose(THERE)
    tags = {"TagSet": [{"Key": "kind", "Value": "log"}]}
    buckets.home.put_object_tagging(Bucket=buckets.source, Key="a", Tagging=tags)
    buckets.home.delete_object(Bucket=buckets.source, Key="a")
    version = buckets.put(body=b"2")
    give_back(THERE)

    listed = buckets.there.list_object_versions(Bucket=buckets.target)
    assert [one["IsLatest"] for one in listed["DeleteMarkers"]] == [False]
    assert [one["VersionId"] for one in listed["Versions"] if one["IsLatest"]] == [version]
    (first,) = [one["VersionId"] for one in listed["Versions"] if not one["IsLatest"]]
    held = buckets.there.get_object_tagging(Bucket=buckets.target, Key="a", VersionId=first)
    assert held["TagSet"] == tags["TagSet"]


def test_what_fails_when_the_region_is_back_has_failed(buckets: Copied) -> None:
    buckets.replicate()
    lose(THERE)
    buckets.put()
    buckets.allow(*(one for one in buckets.statements() if one["Action"] != "s3:ReplicateObject"))
    give_back(THERE)

    assert buckets.status() == "FAILED"
    assert FAILURES[-1][2] == "DstPutObjectNotPermitted"


def test_a_version_that_was_deleted_meanwhile_is_not_copied(buckets: Copied) -> None:
    buckets.replicate()
    lose(THERE)
    version = buckets.put()
    buckets.home.delete_object(Bucket=buckets.source, Key="a", VersionId=version)
    give_back(THERE)

    assert buckets.copied() is None


def test_a_version_waits_for_both_regions(buckets: Copied) -> None:
    buckets.replicate()
    lose(THERE)
    buckets.put()
    lose(HOME)
    give_back(THERE)
    assert buckets.copied() is None
    give_back(HOME)
    assert buckets.copied()


def test_a_version_is_pending_as_long_as_one_of_its_destinations_is_lost(buckets: Copied) -> None:
    near = f"near-{buckets.account}"
    buckets.create_bucket(near, HOME, buckets.keys[HOME])
    document = buckets.document()
    key = {"ReplicaKmsKeyID": buckets.keys[HOME]}
    other = {
        **document["Rules"][0],
        "ID": "near",
        "Priority": 1,
        "Destination": buckets.destination(Bucket=f"arn:aws:s3:::{near}", EncryptionConfiguration=key),
    }
    rights = buckets.statements()
    buckets.allow(*({"Effect": "Allow", "Action": one["Action"], "Resource": "*"} for one in rights))
    buckets.replicate({**document, "Rules": [*document["Rules"], other]})
    lose(THERE)
    buckets.put()

    assert buckets.status() == "PENDING"
    assert buckets.home.head_object(Bucket=near, Key="a")["ReplicationStatus"] == "REPLICA"
    give_back(THERE)
    assert buckets.status() == "COMPLETED"
