"""Names of the buckets with copies."""

from __future__ import annotations

from modules.recovery.copied_buckets import copy_name
from tests.modules.recovery.regions import THERE


def test_a_copy_is_named_after_its_bucket_and_region() -> None:
    assert copy_name(THERE, "backups") == "user-management-test-backups-copy-us-west-2-444444444444"
