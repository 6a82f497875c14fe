from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from acceptance.releases.expiry import StoredImage, after_further_builds, expired

NOW = datetime(2026, 1, 31, tzinfo=UTC)


def image(digest: str, *tags: str, days: int = 1) -> StoredImage:
    return StoredImage(digest=digest, tags=tags, pushed=NOW - timedelta(days=days))


def rule(priority: int, **selection: Any) -> dict[str, Any]:
    return {"rulePriority": priority, "selection": selection, "action": {"type": "expire"}}


def newest(priority: int, pattern: str, number: int) -> dict[str, Any]:
    return rule(
        priority,
        tagStatus="tagged",
        tagPatternList=[pattern],
        countType="imageCountMoreThan",
        countNumber=number,
    )


def policy(*rules: dict[str, Any]) -> str:
    return json.dumps({"rules": rules})


def test_of_more_images_than_the_rule_keeps_the_oldest_expire() -> None:
    images = [image(f"{days}", f"build-{days}", days=days) for days in (1, 2, 3)]
    assert expired(policy(newest(1, "build-*", 2)), images, now=NOW) == {"3"}


def test_an_image_of_an_earlier_rule_is_not_expired_by_a_later_one() -> None:
    images = [image("old", "build-1", "release-1", days=9), image("new", "build-2")]
    both = (newest(1, "release-*", 1_000_000), newest(2, "build-*", 1))
    assert expired(policy(*both), images, now=NOW) == set()
    assert expired(policy(newest(1, "build-*", 1)), images, now=NOW) == {"old"}


def test_an_image_of_an_earlier_rule_counts_in_a_later_one() -> None:
    """Each rule is evaluated on all images before the first one is applied."""
    images = [image("old", "build-1", days=9), image("new", "build-2", "release-2")]
    assert expired(policy(newest(1, "release-*", 9), newest(2, "build-*", 1)), images, now=NOW) == {"old"}


def test_an_image_must_have_a_tag_for_each_pattern() -> None:
    both = rule(1, tagStatus="tagged", tagPatternList=["build-*", "x-*"], countType="imageCountMoreThan", countNumber=0)
    images = [image("one", "build-1"), image("two", "build-1", "x-1")]
    assert expired(policy(both), images, now=NOW) == {"two"}


def test_untagged_images_expire_by_their_age() -> None:
    old = rule(1, tagStatus="untagged", countType="sinceImagePushed", countUnit="days", countNumber=7)
    images = [image("old", days=8), image("young", days=6), image("tagged", "build-1", days=8)]
    assert expired(policy(old), images, now=NOW) == {"old"}


def test_a_rule_that_counts_by_something_else_is_an_error() -> None:
    pulled = rule(1, tagStatus="any", countType="sinceImagePulled", countUnit="days", countNumber=7)
    with pytest.raises(ValueError, match="counts by sinceImagePulled, which is not evaluated here; allowed: "):
        expired(policy(pulled), [image("one")], now=NOW)


def test_further_builds_push_out_a_build_and_not_a_release() -> None:
    images = [image("release", "build-1", "release-1"), image("build", "build-2")]
    later = after_further_builds(images, builds=50, now=NOW)
    rules = (newest(1, "release-*", 1_000_000), newest(2, "build-*", 30))
    gone = expired(policy(*rules), later, now=NOW + timedelta(days=3))
    assert "build" in gone
    assert "release" not in gone
    assert len(gone) == 21
