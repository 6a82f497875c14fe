"""Conditions are met as IAM evaluates them."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.conditions import conditions_met, is_met
from emulator.errors import UnansweredError

SENT = {
    "aws:sourcearn": ("arn:aws:s3:::a",),
    "aws:sourceaccount": ("123456789012",),
    "aws:securetransport": ("true",),
    "kms:resourcealiases": ("alias/a", "alias/b"),
}


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"StringEquals": {"aws:SourceAccount": "123456789012"}},
        {"StringEquals": {"aws:SourceAccount": ["1", "123456789012"]}},
        {"StringEqualsIgnoreCase": {"aws:SourceArn": "ARN:aws:s3:::a"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}},
        {"Bool": {"aws:SecureTransport": True}},
        {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/b"}},
        {"ForAllValues:StringLike": {"kms:ResourceAliases": "alias/*"}},
        {"ForAllValues:StringEquals": {"kms:Absent": "x"}},
        {"StringEqualsIfExists": {"kms:Absent": "x"}},
        {"StringNotEquals": {"aws:SourceAccount": "1"}},
        {"StringNotLike": {"kms:Absent": "*"}},
    ],
)
def test_it_is_met(condition: dict[str, Any]) -> None:
    assert is_met(condition, SENT)


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:SourceAccount": "1"}},
        {"StringEquals": {"kms:Absent": "x"}},
        {"StringEquals": {"aws:SourceAccount": "123456789012", "aws:SourceArn": "arn:aws:s3:::b"}},
        {"StringEquals": {"aws:SourceArn": "arn:aws:s3:::*"}},
        {"Bool": {"aws:SecureTransport": "false"}},
        {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/c"}},
        {"ForAnyValue:StringEquals": {"kms:Absent": "x"}},
        {"ForAllValues:StringEquals": {"kms:ResourceAliases": "alias/a"}},
        {"StringEqualsIfExists": {"aws:SourceAccount": "1"}},
        {"StringNotLike": {"aws:SourceArn": "arn:*"}},
    ],
)
def test_it_is_not_met(condition: dict[str, Any]) -> None:
    assert not is_met(condition, SENT)


def test_an_operator_that_is_not_evaluated_is_a_gap() -> None:
    with pytest.raises(UnansweredError, match="IpAddress"):
        is_met({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, SENT)


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
