from __future__ import annotations

from typing import Final

import pytest

from build_steps import image
from build_steps.commands import StepError
from build_steps.registry import Image

COMMIT: Final = "a" * 40
OTHER: Final = "b" * 40


def find(*images: Image, rebuild: bool = False) -> image.Found:
    return image.find(images, prefix="build-", revision=COMMIT, rebuild=rebuild)


def test_the_newest_build_of_a_commit_is_used_again() -> None:
    old, new = f"build-20260101T000000Z-{COMMIT}", f"build-20260201T000000Z-{COMMIT}"
    other = f"build-20260301T000000Z-{OTHER}"
    images = [Image("1", (new, f"release-{COMMIT}")), Image("2", (old,)), Image("3", (other,))]
    assert find(*images) == image.Found(tag=new, digest="1", newest=other)
    rebuilt = find(*images, rebuild=True)
    assert (rebuilt.digest, rebuilt.newest) == ("", other)
    assert rebuilt.tag > other
    assert rebuilt.tag.endswith(f"-{COMMIT}")


def test_a_first_build_has_nothing_to_start_from() -> None:
    found = find(Image("1", ("release-1",)))
    assert (found.digest, found.newest) == ("", "")


@pytest.mark.parametrize("revision", ["", "main", f"arn:aws:s3:::bucket/{COMMIT}"])
def test_a_source_that_is_not_a_commit_is_reported(revision: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEBUILD_RESOLVED_SOURCE_VERSION", revision)
    with pytest.raises(
        StepError, match=r"not a commit; the primary source|CODEBUILD_RESOLVED_SOURCE_VERSION is not set"
    ):
        image.commit()
