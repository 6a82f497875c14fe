"""No text of any setting has a secret, or what would arrive as another text."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.texts import check_texts
from tests.config.examples import changed, refusal


def lines(**settings: object) -> list[str]:
    return [str(problem) for problem in check_texts(settings, judged_alone=frozenset())]


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("AKIA" + "A" * 16, "a"),
        (("x", "AKIA" + "A" * 16), "a[1]"),
        ({"b.c": "AKIA" + "A" * 16}, 'a."b.c"'),
        ({"b": ("AKIA" + "A" * 16,)}, "a.b[0]"),
    ],
)
def test_a_secret_is_found_at_any_depth_and_not_repeated(value: object, key: str) -> None:
    assert lines(a=value) == [
        f"{key}: contains an AWS access key, which would be readable in the state and in plans; remove it"
    ]
    assert not [*check_texts({"a": value}, judged_alone=frozenset({"a"}))]


@pytest.mark.parametrize(
    ("setting", "key"),
    [
        (('owner = "', 'owner = "https://a:p4ss@b/" #'), "tags.owner"),
        (('cost_center = "', 'cost_center = "redis://:p4ss@b/" #'), "tags.cost_center"),
    ],
)
def test_a_setting_of_any_table_is_searched(setting: tuple[str, str], key: str) -> None:
    found = refusal(changed(setting))
    assert any(line.startswith(key) and "contains an address with a password" in line for line in found)
    assert "p4ss" not in "\n".join(found)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a\0", "must not have the character U+0000, which ends a text; remove it"),
        ("cafe\u0301s", "has U+0065 U+0301, which Terraform would change to U+00E9; write that instead"),
        ("\u212b", "has U+212B, which Terraform would change to U+00C5; write that instead"),
        ("\u1100\u1161", "has U+1100 U+1161, which Terraform would change to U+AC00; write that instead"),
    ],
)
def test_a_text_that_would_arrive_as_another_one_is_refused(text: str, says: str) -> None:
    assert lines(a=text) == [f"a: {says}"]


@given(st.text())
def test_a_text_is_accepted_if_it_arrives_as_it_is(text: str) -> None:
    assert bool(lines(a=text)) is (normalize("NFC", text) != text or "\0" in text)
