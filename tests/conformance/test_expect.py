"""What an expectation accepts, and what not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.expect import (
    PLANTED,
    at_least,
    at_most,
    ends,
    equals,
    grants_no_wildcard,
    has_items,
    includes,
    is_set,
    is_there,
    mentions,
    one_of,
    positive,
)

if TYPE_CHECKING:
    from conformance.expect import Expectation


def allow(*actions: str, **more: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": [*actions], **more}


@pytest.mark.parametrize(
    ("expectation", "good", "bad"),
    [
        (equals(1), [1, 1.0], [True, "1", None, 2]),
        (equals(value=False), [False], [0, None, True]),
        (equals(None), [None], [False, "", PLANTED]),
        (one_of(80, 443), [80, 443], [None, 22]),
        (at_least(7), [7, 8.5], [6, None, True, "7"]),
        (at_most(1.5), [1.5, 0.1], [0, -1, 2, None]),
        (positive(), [0.02, 80], [0, -1, None, True]),
        (mentions("a", "b"), ["ab", ["a", "b"]], ["a", None]),
        (ends("-cpu"), ["x-cpu"], ["x-cpu-2", None]),
        (includes("a"), [["a", "b"]], ["a", [], None]),
        (has_items(2), [[1, 2]], [[1], None, "ab"]),
        (is_set(), ["x", 5], ["", None, 0, PLANTED]),
        (is_there(), [False, 0, "x"], [None, PLANTED]),
        (
            grants_no_wildcard(),
            [[allow("s3:GetObject")], [allow("s3:Get*"), {"Effect": "Deny", "Action": "*"}]],
            [
                None,
                [],
                [allow("*")],
                [allow("s3:GetObject", "s3:*")],
                [allow("a:B"), allow(NotAction="a:C")],
            ],
        ),
    ],
)
def test_an_expectation(expectation: Expectation, good: list[Any], bad: list[Any]) -> None:
    assert [value for value in good if not expectation.holds(value)] == []
    assert [value for value in bad if expectation.holds(value)] == []
    assert expectation.text.startswith("must ")
