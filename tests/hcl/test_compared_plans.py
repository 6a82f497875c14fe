"""How the plans of JSON and of HCL are compared: `acceptance.plain_hcl`."""

from __future__ import annotations

from typing import Any

import pytest

from acceptance.plain_hcl import _as_evaluated, _first_difference


@pytest.mark.parametrize(
    ("in_json", "in_hcl"),
    [
        ({"constant_value": "${a.b}", "references": ["a.b"]}, {"references": ["a.b"]}),
        ({"constant_value": "${timestamp()}"}, {}),
        ({"constant_value": "$${a}"}, {"constant_value": "${a}"}),
        (
            [{"rule": [{"constant_value": ["a", "${b.c}"], "references": ["b.c"]}]}],
            [{"rule": [{"references": ["b.c"]}]}],
        ),
    ],
)
def test_the_text_of_an_expression_is_not_compared(in_json: Any, in_hcl: Any) -> None:
    assert _as_evaluated(in_json) == _as_evaluated(in_hcl)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"constant_value": "a"}, {"constant_value": "b"}),
        ({"constant_value": "a"}, {}),
        ({"references": ["a.b"]}, {"references": ["a.c"]}),
    ],
)
def test_constants_and_references_are_compared(one: Any, other: Any) -> None:
    assert _as_evaluated(one) != _as_evaluated(other)


def test_the_first_difference_is_told_by_its_place() -> None:
    one = {"checks": None, "resource_changes": [{"address": "a.b", "change": {"after": {"x": 1}}}]}
    other = {"checks": None, "resource_changes": [{"address": "a.b", "change": {"after": {"x": 2}}}]}
    assert _first_difference(one, other, "empty") == "empty: resource_changes: a.b: change: after: x"
    assert _first_difference({"l": [1]}, {"l": [1, 2]}, "empty") == "empty: l"
