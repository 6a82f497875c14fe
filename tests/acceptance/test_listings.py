"""No type of resource can be left behind without being seen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import boto3
import pytest

from acceptance.leftovers import answers, is_asked
from acceptance.listings import LISTED_BY, PART_OF

if TYPE_CHECKING:
    from tests.applied import Applied
    from tests.template import Template

# What there is one of in each account: its listing shows its settings and not a name.
_SINGLE = {
    "aws_ebs_encryption_by_default",
    "aws_ebs_snapshot_block_public_access",
    "aws_ecr_registry_scanning_configuration",
    "aws_iam_account_password_policy",
    "aws_s3_account_public_access_block",
}


def test_every_type_that_is_emitted_is_listed_by_an_operation_or_a_part_of_one_that_is(
    stacks: dict[str, Template],
) -> None:
    emitted = {kind for stack in stacks.values() for kind in stack.document.get("resource", {})}
    missing = sorted(emitted - set(LISTED_BY) - set(PART_OF))
    assert missing == [], "say in acceptance/listings.py by which call each is found when it should be gone"


def test_a_part_belongs_to_a_type_that_is_listed() -> None:
    assert set(LISTED_BY).isdisjoint(PART_OF)
    assert set(PART_OF.values()) <= set(LISTED_BY)


def test_every_operation_of_the_list_is_asked() -> None:
    session = boto3.Session(aws_access_key_id="1", aws_secret_access_key="1", region_name="us-east-1")
    for operation in set(LISTED_BY.values()) - {"kms:DescribeKey"}:
        service, _, name = operation.partition(":")
        model = session.client(service).meta.service_model
        assert is_asked(operation, model.operation_model(name).input_shape), operation


@pytest.mark.emulator
@pytest.mark.terraform
def test_every_resource_of_an_applied_environment_is_seen(applied: Applied) -> None:
    session = applied.account.session()
    texts: dict[str, str] = {}
    unseen = []
    for kind, resources in applied.names.items():
        if kind in PART_OF or kind in _SINGLE:
            continue
        operation = LISTED_BY[kind]
        if operation not in texts:
            found = list(answers(session, operation, account_id=applied.account.id))
            texts[operation] = json.dumps(found, default=str)
        unseen += [(kind, names) for names in resources if not any(name in texts[operation] for name in names)]
    assert unseen == []
    assert len(texts) > 20
