"""Each argument that changes has its path; what is not known is not taken for removed."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from console.mask import UNKNOWN
from review.differences import differences

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=10,
)
MASKS = st.recursive(
    st.booleans(),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=6,
)


def names(before: Any, after: Any, **masks: Any) -> list[str]:
    return [one.name for one in differences({"before": before, "after": after, **masks})]


def test_each_argument_has_its_path() -> None:
    assert names({"a": 1, "b": [{"c": 1}]}, {"a": 1, "b": [{"c": 2}]}) == ["b[0].c"]
    assert names({"a": 1}, {"a": 1, "b": 2}) == ["b"]
    assert names({"a": [1]}, {"a": [1, 2]}) == ["a"]


def test_an_element_that_is_not_known_is_no_removed_one() -> None:
    (found,) = differences(
        {"before": {"a": ["x", "k"]}, "after": {"a": [None, "k"]}, "after_unknown": {"a": [True, False]}}
    )
    assert (found.name, found.before, found.after) == ("a[0]", "x", UNKNOWN)


def test_what_is_not_known_as_a_whole() -> None:
    (found,) = differences({"before": {"id": "x"}, "after": {}, "after_unknown": {"id": True}})
    assert (found.name, found.is_unknown) == ("id", True)


def test_tags_of_a_resource_are_named_once() -> None:
    before, after = ({name: {"Owner": owner} for name in ("tags", "tags_all")} for owner in ("a", "b"))
    assert names(before, after) == ["tags.Owner"]
    assert names({"tags_all": {"Owner": "a"}}, {"tags_all": {"Owner": "b"}}) == ["tags_all.Owner"]


def test_a_sensitive_part_is_one_difference() -> None:
    (found,) = differences({"before": {"a": {"b": 1}}, "after": {"a": {"b": 2}}, "after_sensitive": {"a": True}})
    assert (found.name, found.sensitive) == ("a", True)


@given(JSON)
def test_the_same_has_no_difference(value: Any) -> None:
    assert differences({"before": {"a": value}, "after": {"a": value}}) == []


@given(JSON, JSON, MASKS, MASKS, MASKS)
def test_no_shape_of_a_mask_is_an_error(before: Any, after: Any, unknown: Any, old: Any, new: Any) -> None:
    found = differences(
        {
            "before": {"a": before},
            "after": {"a": after},
            "after_unknown": {"a": unknown},
            "before_sensitive": {"a": old},
            "after_sensitive": {"a": new},
        }
    )
    if before != after and unknown is False:
        assert found
