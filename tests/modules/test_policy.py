"""Statements are rendered as the JSON that IAM returns, at the end of synthesis."""

from __future__ import annotations

import json

import pytest
from constructs import Construct

from modules.errors import WiringError
from modules.policy import Condition, PolicyDocument, Principal, Statement, render_statements
from tests.template import new_stack

READ = Statement(actions=("s3:GetObject",), resources=("arn:aws:s3:::b/*",))


def test_a_single_value_has_no_list_as_aws_returns_it() -> None:
    assert json.loads(render_statements(READ)) == {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}],
    }


def test_conditions_of_one_operator_are_together() -> None:
    statement = Statement(
        actions=("sts:AssumeRole",),
        principal=Principal.service("a.amazonaws.com"),
        conditions=(
            Condition(operator="StringEquals", key="aws:SourceAccount", values=("1",)),
            Condition(operator="StringEquals", key="aws:PrincipalOrgID", values=("o-1", "o-2")),
        ),
    )
    assert statement.to_json()["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "1", "aws:PrincipalOrgID": ["o-1", "o-2"]}
    }


@pytest.mark.parametrize(
    ("principal", "rendered"),
    [
        (Principal.anyone(), "*"),
        (Principal.service("a.amazonaws.com"), {"Service": "a.amazonaws.com"}),
        (Principal.account("444444444444"), {"AWS": "arn:aws:iam::444444444444:root"}),
    ],
)
def test_a_principal_is_written_in_iams_format(principal: Principal, rendered: object) -> None:
    assert principal.to_json() == rendered


def test_the_same_statement_is_added_once() -> None:
    document = PolicyDocument(Construct(new_stack(), "owner"), limit=1000)
    document.add(READ)
    document.add(READ)
    assert document.statements == (READ,)


def bound(resource: str, value: str, *, operator: str = "StringEquals", sid: str = "Read") -> Statement:
    condition = Condition(operator=operator, key="kms:EncryptionContext:PARAMETER_ARN", values=(value,))
    return Statement(sid=sid, actions=("kms:Decrypt",), resources=(resource,), conditions=(condition,))


def test_statements_of_one_sid_become_one_where_that_means_the_same() -> None:
    document = PolicyDocument(Construct(new_stack(), "owner"), limit=1000)
    document.add(bound("key", "a"), bound("key", "b"), bound("key", "a"))
    document.add(*(Statement(sid="List", actions=("s3:ListBucket",), resources=(arn,)) for arn in ("x", "y")))
    decrypt, list_ = document.statements
    assert (decrypt.resources, decrypt.conditions[0].values) == (("key",), ("a", "b"))
    assert list_.resources == ("x", "y")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (bound("key", "a"), bound("other", "b")),  # each value is for its own key
        (bound("key", "a", operator="StringNotEquals"), bound("key", "b", operator="StringNotEquals")),
        (bound("key", "a"), bound("key", "b", operator="StringLike")),
        (bound("key", "a", sid=""), bound("key", "b", sid="")),
        (bound("key", "a"), bound("key", "b", sid="Write")),
    ],
)
def test_statements_that_would_mean_something_else_together_stay_apart(one: Statement, other: Statement) -> None:
    document = PolicyDocument(Construct(new_stack(), "owner"), limit=1000)
    document.add(one, other)
    assert document.statements == (one, other)


def test_statements_of_one_sid_that_stay_apart_get_sids_of_their_own() -> None:
    keys = [bound(key, key, sid="Decrypt") for key in ("one", "two", "three")]
    other = Statement(sid="Decrypt2", actions=("kms:Encrypt",), resources=("four",))
    found = json.loads(render_statements(keys[0], other, *keys[1:]))["Statement"]
    assert [one["Sid"] for one in found] == ["Decrypt", "Decrypt2", "Decrypt3", "Decrypt4"]
    assert [one["Resource"] for one in found] == ["one", "four", "two", "three"]


def test_a_policy_longer_than_aws_allows_is_refused_with_the_construct_that_owns_it() -> None:
    document = PolicyDocument(Construct(new_stack(), "owner"), limit=50)
    document.add(READ)
    with pytest.raises(WiringError, match=r"^test-unit/owner: its policy has \d+ characters; it must have 50 or fewer"):
        document.render()


def test_an_empty_policy_is_refused() -> None:
    document = PolicyDocument(Construct(new_stack(), "owner"), limit=50)
    with pytest.raises(WiringError, match=r"^test-unit/owner: its policy has no statement"):
        document.render()
