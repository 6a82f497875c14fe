"""No type of resource can be left behind without being found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3

from acceptance.leftovers import is_checked
from acceptance.listings import IN_NO_ACCOUNT, LISTED_BY, PART_OF

if TYPE_CHECKING:
    from tests.template import Template


def test_every_emitted_type_is_listed_or_is_a_part_of_a_listed_type(
    stacks: dict[str, Template],
) -> None:
    emitted = {kind for stack in stacks.values() for kind in stack.document.get("resource", {})}
    missing = sorted(emitted - set(LISTED_BY) - set(PART_OF) - IN_NO_ACCOUNT)
    assert missing == [], (
        "add each to acceptance/listings.py: to LISTED_BY with the operation that finds it after a destroy, "
        "or to PART_OF with the listed type without which it cannot be"
    )


def test_a_part_belongs_to_a_type_that_is_listed() -> None:
    assert set(LISTED_BY).isdisjoint(PART_OF)
    assert set(PART_OF.values()) <= set(LISTED_BY)


def test_every_operation_of_the_list_is_checked() -> None:
    session = boto3.Session(aws_access_key_id="1", aws_secret_access_key="1", region_name="us-east-1")
    for operation in set(LISTED_BY.values()) - {"kms:DescribeKey"}:
        service, _, name = operation.partition(":")
        model = session.client(service).meta.service_model
        assert is_checked(operation, model.operation_model(name).input_shape), operation
