"""Conditions are met as IAM evaluates them."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.conditions import is_met
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
