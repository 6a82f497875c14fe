"""What a role may do is what its policies allow, within its permissions boundary."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from moto import mock_aws
from moto.iam.models import iam_backends

from emulator.permissions import policy_admits, role_actions

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNT = "123456789012"
FOLDER = "arn:aws:s3:::copies/api/"
ANY = {"Effect": "Allow", "Action": "*", "Resource": "*"}
PUT, GET = "s3:PutObject", "s3:GetObject"


@pytest.fixture
def iam() -> Iterator[Any]:
    with mock_aws():
        yield iam_backends[ACCOUNT]["aws"]


def make_role(iam: Any, *limits: dict[str, Any]) -> str:
    document = {"Version": "2012-10-17", "Statement": [ANY, *limits]}
    boundary = iam.create_policy("", "/", json.dumps(document), "limits", {})
    role = iam.create_role("api", "{}", "/", boundary.arn, "", {}, 3600)
    own = {"Version": "2012-10-17", "Statement": [ANY]}
    iam.put_role_policy("api", "own", json.dumps(own))
    return str(role.arn)


def test_a_boundary_denies_what_the_policies_allow(iam: Any) -> None:
    role = make_role(iam, {"Effect": "Deny", "Action": PUT, "Resource": "arn:aws:s3:::copies/*"})
    assert role_actions(role, (PUT, GET), f"{FOLDER}a") == {GET}
    assert role_actions(role, (PUT, GET), "arn:aws:s3:::backups/a") == {PUT, GET}


def test_what_is_not_listed_is_what_a_negated_element_means(iam: Any) -> None:
    role = make_role(iam, {"Effect": "Deny", "NotAction": "s3:Get*", "NotResource": f"{FOLDER}*"})
    assert role_actions(role, (PUT, GET), f"{FOLDER}a") == {PUT, GET}
    assert role_actions(role, (PUT, GET), "arn:aws:s3:::copies/web/a") == {GET}
    assert role_actions(role, (PUT, GET)) == {PUT, GET}  # on some resource


@pytest.mark.parametrize(("named", "allowed"), [("role/api", {PUT}), ("role/other", set())])
def test_a_request_names_the_role_that_sends_it(iam: Any, named: str, allowed: set[str]) -> None:
    others = {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:{named}"}}
    role = make_role(iam, {"Effect": "Deny", "Action": PUT, "Resource": "*", "Condition": others})
    assert role_actions(role, (PUT,), f"{FOLDER}a", sent={}) == allowed


@pytest.mark.parametrize(("named", "admits"), [("role/api", True), ("role/other", False)])
def test_a_policy_of_a_key_knows_the_role_as_well(named: str, admits: bool) -> None:  # noqa: FBT001
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": "kms:*",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:{named}"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    assert policy_admits(policy, f"arn:aws:iam::{ACCOUNT}:role/api", "kms:Decrypt", {}) is admits
