from __future__ import annotations

import pytest

from emulator.conditions import conditions_met

KNOWN = {"kms:ResourceAliases": ["alias/a", "alias/b"], "kms:GrantIsForAWSResource": ["true"], "aws:Tag": []}


@pytest.mark.parametrize(
    ("operator", "key", "wanted", "met"),
    [
        ("StringEquals", "kms:ResourceAliases", "alias/a", True),
        ("StringEquals", "kms:resourcealiases", ["alias/c", "alias/b"], True),
        ("StringEquals", "kms:ResourceAliases", "alias/c", False),
        ("ForAnyValue:StringLike", "kms:ResourceAliases", "alias/*", True),
        ("ForAnyValue:StringLike", "kms:ResourceAliases", "key/*", False),
        ("StringNotEquals", "kms:ResourceAliases", "alias/a", False),
        ("StringNotEquals", "kms:ResourceAliases", "alias/c", True),
        ("Bool", "kms:GrantIsForAWSResource", "True", True),
        ("Bool", "kms:GrantIsForAWSResource", "false", False),
        ("StringEquals", "aws:Tag", "x", False),
        ("StringEqualsIfExists", "aws:Tag", "x", True),
        ("StringEquals", "aws:SourceIp", "10.0.0.1", True),
        ("DateLessThan", "kms:ResourceAliases", "2020-01-01", True),
    ],
)
def test_a_condition_is_evaluated_as_far_as_its_key_is_known(
    operator: str, key: str, wanted: str | list[str], *, met: bool
) -> None:
    assert conditions_met({operator: {key: wanted}}, KNOWN) is met


def test_all_conditions_must_be_met() -> None:
    first = {"StringEquals": {"kms:ResourceAliases": "alias/a"}}

    assert conditions_met({**first, "Bool": {"kms:GrantIsForAWSResource": "true"}}, KNOWN)
    assert not conditions_met({**first, "Bool": {"kms:GrantIsForAWSResource": "false"}}, KNOWN)
