"""A rule of a lifecycle policy is about an image whose tags fit all of its patterns."""

from __future__ import annotations

from typing import Any

import pytest

from compliance.image_expiry import selects


@pytest.mark.parametrize(
    ("selection", "tags", "expected"),
    [
        ({"tagStatus": "any"}, (), True),
        ({"tagStatus": "untagged"}, (), True),
        ({"tagStatus": "untagged"}, ("build-1",), False),
        ({"tagStatus": "tagged"}, ("build-1",), False),
        ({"tagStatus": "tagged", "tagPrefixList": ["build-"]}, ("build-1", "release-1"), True),
        ({"tagStatus": "tagged", "tagPatternList": ["build-*", "release-*"]}, ("build-1",), False),
        ({"tagStatus": "tagged", "tagPatternList": ["build-*", "release-*"]}, ("build-1", "release-1"), True),
        ({"tagStatus": "tagged", "tagPatternList": ["*-1"]}, ("build-1",), True),
        ({"tagStatus": "tagged", "tagPatternList": ["build-?"]}, ("build-1",), False),
        ({"tagStatus": "tagged", "tagPatternList": ["build"]}, ("build-1",), False),
    ],
)
def test_all_patterns_must_fit_a_tag(selection: dict[str, Any], tags: tuple[str, ...], *, expected: bool) -> None:
    assert selects(selection, tags) is expected
