"""The object in each replicated bucket: written through the bucket's region, and one refusal stops no other."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.copy_heartbeats.handler import HeartbeatError, handler
from tests.lambdas.aws_stub import Aws, refusal

if TYPE_CHECKING:
    from tests.lambdas.aws_stub import Client

BUCKETS = {"app-prod-backups-1": "eu-central-1", "app-prod-assets-1": "us-east-1"}


class Account(Aws):
    """Both buckets, of which some refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.refuses: set[str] = set()
        self.regions: list[str] = []
        self.answer("s3.put_object", self._put)

    def _put(self, *, Bucket: str, **_: Any) -> dict[str, Any]:  # noqa: N803 (AWS's names)
        if Bucket in self.refuses:
            code = "AccessDenied"
            raise refusal(code)
        return {}

    def in_region(self, region: str) -> Client:
        self.regions.append(region)
        return self.client("s3")


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    monkeypatch.setenv("BUCKETS", json.dumps(BUCKETS))
    monkeypatch.setenv("OBJECT_KEY", "recovery/heartbeat")
    return Account()


def test_the_time_is_written_into_each_bucket_in_its_region(account: Account) -> None:
    before = datetime.now(tz=UTC).replace(microsecond=0)
    told = handler({}, None, client=account.in_region)
    written = account.called("s3.put_object")
    assert [(call["Bucket"], call["Key"]) for call in written] == [(name, "recovery/heartbeat") for name in BUCKETS]
    assert account.regions == list(BUCKETS.values())
    assert {call["Body"].decode() for call in written} == {told["time"]}
    assert datetime.fromisoformat(told["time"]) >= before


def test_each_object_has_the_checksum_that_a_locked_bucket_asks_for(account: Account) -> None:
    handler({}, None, client=account.in_region)
    assert {call["ChecksumAlgorithm"] for call in account.called("s3.put_object")} == {"SHA256"}


def test_a_bucket_that_refuses_is_named_after_the_others_are_written(account: Account) -> None:
    account.refuses = {"app-prod-backups-1"}
    with pytest.raises(HeartbeatError, match=r"^app-prod-backups-1: AccessDenied$"):
        handler({}, None, client=account.in_region)
    assert len(account.called("s3.put_object")) == len(BUCKETS)
