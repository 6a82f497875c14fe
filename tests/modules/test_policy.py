"""Statements become the JSON that IAM gives back, at the last moment."""

from __future__ import annotations

import json

import pytest
from constructs import Construct

from modules.errors import WiringError
from modules.policy import Condition, PolicyDocument, Principal, Statement, render_statements
from tests.template import new_stack

READ = Statement(actions=("s3:GetObject",), resources=("arn:aws:s3:::b/*",))


def test_a_single_value_has_no_list_as_aws_gives_it_back() -> None:
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
def test_a_principal_is_written_as_iam_does(principal: Principal, rendered: object) -> None:
    assert principal.to_json() == rendered


def test_the_same_statement_is_added_once() -> None:
    document = PolicyDocument(Construct(new_stack(), "owner"), limit=1000)
    document.add(READ)
    document.add(READ)
    assert document.statements == (READ,)


def test_a_policy_longer_than_aws_takes_is_refused_with_the_construct_that_owns_it() -> None:
    document = PolicyDocument(Construct(new_stack(), "owner"), limit=50)
    document.add(READ)
    with pytest.raises(WiringError, match=r"^test-unit/owner: its policy has \d+ characters; it must have 50 or fewer"):
        document.render()


def test_an_empty_policy_is_refused() -> None:
    document = PolicyDocument(Construct(new_stack(), "owner"), limit=50)
    with pytest.raises(WiringError, match=r"^test-unit/owner: its policy has no statement"):
        document.render()
