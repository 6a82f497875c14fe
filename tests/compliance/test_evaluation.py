"""Policies are evaluated as IAM evaluates them."""

from __future__ import annotations

import pytest

from compliance.evaluation import Request, applies, is_allowed
from compliance.normal_form import OPERATORS

GET = {"Effect": "Allow", "Action": ["s3:Get*"], "Resource": "arn:aws:s3:::one/*"}
DENY = {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::one/secret"}
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def request(action: str = "s3:GetObject", resource: str = "arn:aws:s3:::one/a", **context: str) -> Request:
    return Request(action=action, resource=resource, context={key: [value] for key, value in context.items()})


def test_only_what_a_statement_allows_is_allowed() -> None:
    assert is_allowed(request(), identity=[GET])
    assert is_allowed(request("S3:getobject"), identity=[GET])
    assert not is_allowed(request("s3:PutObject"), identity=[GET])
    assert not is_allowed(request(resource="arn:aws:s3:::two/a"), identity=[GET])
    assert not is_allowed(request(), identity=[])


def test_a_denial_wins_in_the_policies_and_in_the_boundary() -> None:
    secret = request(resource="arn:aws:s3:::one/secret")
    assert not is_allowed(secret, identity=[ALL, DENY])
    assert not is_allowed(secret, identity=[ALL], boundary=[ALL, DENY])


def test_a_boundary_limits_and_grants_nothing() -> None:
    assert not is_allowed(request("s3:PutObject"), identity=[ALL], boundary=[GET])
    assert not is_allowed(request(), identity=[], boundary=[ALL])
    assert is_allowed(request(), identity=[ALL], boundary=[GET])


def test_what_is_not_listed_is_matched_by_the_negated_elements() -> None:
    statement = {"Effect": "Allow", "NotAction": ["iam:*"], "NotResource": ["arn:aws:s3:::two/*"]}
    assert applies(statement, request())
    assert not applies(statement, request("iam:CreateRole"))
    assert not applies(statement, request(resource="arn:aws:s3:::two/a"))


@pytest.mark.parametrize(
    ("operator", "wanted", "sent", "passes"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", "a*", "ab", False),
        ("StringEquals", ["a", "b"], "b", True),
        ("StringLike", "a?c*", "abcd", True),
        ("ArnLike", "arn:aws:s3:*:*:a*", "arn:aws:s3:::ab", True),
        ("ArnLike", "arn:aws:*:a", "arn:aws:s3:::a", False),
        ("ArnEquals", "arn:aws:iam::aws:policy/*", "arn:aws:iam::aws:policy/A", True),
        ("ArnNotEquals", "arn:aws:iam::aws:policy/A", "arn:aws:iam::aws:policy/A", False),
        ("ArnNotEquals", "arn:aws:iam::aws:policy/A", "arn:aws:iam::aws:policy/B", True),
        ("Bool", "false", "False", True),
        ("ForAnyValue:StringEquals", ["a"], "a", True),
        ("ForAllValues:StringEquals", ["a"], "b", False),
        ("StringEqualsIgnoreCase", "A", "a", True),
        ("StringNotLike", "a*", "ab", False),
        ("IpAddress", "10.0.0.0/8", "10.1.2.3", True),
        ("IpAddress", "10.0.0.0/8", "not an address", False),
        ("NotIpAddress", "10.0.0.0/8", "10.1.2.3", False),
        ("NumericLessThan", "1.2", "1.1", True),
        ("NumericGreaterThanEquals", "3", "2", False),
        ("DateLessThan", "2027-01-01T00:00:00+00:00", "2026-01-01T00:00:00+00:00", True),
        ("DateGreaterThan", "0", "not a date", False),
    ],
)
def test_conditions(operator: str, wanted: object, sent: str, *, passes: bool) -> None:
    statement = {**ALL, "Condition": {operator: {"Aws:Key": wanted}}}
    assert applies(statement, request(**{"aws:key": sent})) is passes


def test_a_key_that_is_not_sent_fails_the_condition() -> None:
    assert not applies({**ALL, "Condition": {"StringEquals": {"aws:key": "a"}}}, request())
    assert applies({**ALL, "Condition": {"ForAllValues:StringEquals": {"aws:key": "a"}}}, request())


def test_a_key_that_is_not_sent_passes_a_negated_condition() -> None:
    assert applies({**ALL, "Condition": {"ArnNotEquals": {"aws:key": "arn:aws:s3:::a"}}}, request())


def test_an_unknown_operator_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"the operator IpRange is not known; add it to compliance/evaluation.py"):
        applies({**ALL, "Condition": {"IpRange": {"aws:SourceIp": "10.0.0.0/8"}}}, request())


def test_every_operator_of_iam_is_known() -> None:
    for name in OPERATORS.values():
        applies({**ALL, "Condition": {name: {"aws:key": "1"}}}, request(**{"aws:key": "1"}))


def test_if_exists_passes_without_the_key_and_null_asks_for_it() -> None:
    for operator in ("StringEqualsIfExists", "BoolIfExists", "ForAnyValue:StringLikeIfExists"):
        statement = {**ALL, "Condition": {operator: {"aws:key": "a"}}}
        assert applies(statement, request())
        assert not applies(statement, request(**{"aws:key": "b"}))
    absent = {**ALL, "Condition": {"Null": {"aws:key": "true"}}}
    assert applies(absent, request())
    assert not applies(absent, request(**{"aws:key": "b"}))
