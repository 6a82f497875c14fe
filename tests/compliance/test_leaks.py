"""A secret is found in every encoding, and a call that proves nothing is refused."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.leaks import kept_write_only, leaks

SECRET = "k3Zr8/q+Vn1Y tX%0bL6s"


@pytest.mark.parametrize(
    "text",
    [
        f'{{"password": "{SECRET}"}}',
        f"postgres://user:{quote(SECRET, safe='')}@host/users",
        base64.b64encode(f'{{"a":"{SECRET}"}}'.encode()).decode(),
        json.dumps({"nested": json.dumps({"password": SECRET})}),
    ],
)
def test_a_secret_is_found(text: str) -> None:
    assert [str(finding) for finding in leaks({"state": text}, {"postgres/password": SECRET})] == [
        "state contains postgres/password"
    ]


@given(st.binary(max_size=20), st.binary(max_size=20))
def test_a_secret_is_found_at_any_place_of_a_base64_text(before: bytes, after: bytes) -> None:
    text = base64.b64encode(before + SECRET.encode() + after).decode()
    assert leaks({"state": text}, {"secret": SECRET})


def test_a_text_without_the_secret_has_no_finding() -> None:
    assert leaks({"state": "nothing here", "plan": SECRET[:-1]}, {"secret": SECRET}) == []


@pytest.mark.parametrize(
    ("texts", "secrets", "says"),
    [
        ({}, {"a": SECRET}, "0 texts and 1 secrets: there must be at least one of each"),
        ({"state": "x"}, {}, "1 texts and 0 secrets: there must be at least one of each"),
        ({"state": "x"}, {"a": "unset"}, "a has 5 characters; it must have 8 or more"),
    ],
)
def test_what_would_prove_nothing_is_refused(texts: dict[str, str], secrets: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        leaks(texts, secrets)


def test_a_write_only_argument_with_a_value_in_the_state_is_found() -> None:
    state = {"resources": [{"instances": [{"attributes": {"value_wo": "x", "value_wo_version": 1}}]}]}
    assert list(kept_write_only(state)) == [".resources[0].instances[0].attributes.value_wo"]


def test_flags_and_the_configuration_are_not_values() -> None:
    plan = {
        "configuration": {"root_module": {"value_wo": {"constant_value": "unset"}}},
        "resource_changes": [
            {"change": {"after": {"value_wo": None, "has_value_wo": True}, "after_sensitive": {"value_wo": True}}}
        ],
    }
    assert list(kept_write_only(plan)) == []
