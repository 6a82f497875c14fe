"""The buckets that are copied are named without reading a state, and their copies have the same settings."""

from __future__ import annotations

from dataclasses import replace

from config.backups import BackupsSettings
from config.security import TrailSettings
from modules.recovery.copied_buckets import copied_buckets
from tests.template import LABEL

THERE = replace(LABEL, region="us-west-2")
BACKUPS = BackupsSettings(noncurrent_version_days=60, intelligent_tiering_after_days=0, object_lock_days=30)
TRAIL = TrailSettings(retention_days=400, lock_days=90)


def test_each_is_named_by_its_region() -> None:
    home = replace(LABEL, region="us-west-2", home_region="eu-west-1")
    found = copied_buckets(home, backups=BACKUPS, trail=None, has_assets=True, protect=True)
    assert {one.component: (one.source, one.target) for one in found} == {
        "assets": (
            "user-management-test-assets-us-east-1-444444444444",
            "user-management-test-assets-copy-us-west-2-444444444444",
        ),
        "backups": (
            "user-management-test-backups-444444444444",
            "user-management-test-backups-copy-us-west-2-444444444444",
        ),
    }


def test_a_copy_is_locked_and_kept_as_its_source() -> None:
    found = {
        one.component: one.config
        for one in copied_buckets(THERE, backups=BACKUPS, trail=TRAIL, has_assets=False, protect=True)
    }
    assert (found["backups"].object_lock_days, found["backups"].noncurrent_version_days) == (30, 60)
    assert (found["audit"].object_lock_days, found["audit"].expiration_days) == (90, 400)


def test_what_an_environment_does_not_have_is_not_copied() -> None:
    assert copied_buckets(THERE, backups=None, trail=None, has_assets=False, protect=True) == []
