"""A text that is only written like a reference is none."""

from __future__ import annotations

import pytest

from synthesis.template import Resource, references

ROLE = Resource(kind="aws_iam_role", name="task", arguments={})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("${aws_iam_role.task.arn}", ["aws_iam_role.task"]),
        ("a ${aws_iam_role.task.arn} $${x}", ["aws_iam_role.task"]),
        ("$${aws_iam_role.task.arn}", []),
        ("$${aws_iam_role.task.arn", []),
        ("aws_iam_role.task.arn", []),
    ],
)
def test_references_of_a_text(text: str, found: list[str]) -> None:
    assert [match["address"] for match in references(text)] == found
    assert ROLE.is_referred_to_by({"policy": [text]}) is bool(found)
