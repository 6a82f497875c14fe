from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}


def document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"Principal": "*"}, "Policy document should not specify a principal."),
        ({"Sid": "allow-reads"}, "must be alpha-numeric"),
    ],
)
def test_a_malformed_policy_is_refused(client: Client, change: dict[str, Any], refused: str) -> None:
    iam = client("iam", account="900000000308")
    iam.create_role(RoleName=f"role-{len(refused)}", AssumeRolePolicyDocument=document(TRUST))
    with pytest.raises(ClientError, match=f"MalformedPolicyDocument.*{refused}"):
        iam.create_policy(PolicyName="refused", PolicyDocument=document({**READ, **change}))
    with pytest.raises(ClientError, match=f"MalformedPolicyDocument.*{refused}"):
        iam.put_role_policy(
            RoleName=f"role-{len(refused)}", PolicyName="refused", PolicyDocument=document({**READ, **change})
        )
    iam.create_policy(PolicyName=f"accepted-{len(refused)}", PolicyDocument=document({**READ, "Sid": "AllowReads1"}))


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"Resource": "*"}, "Has prohibited field Resource"),
        ({"Principal": None}, "Missing required field Principal"),
        ({"Principal": {"Service": "lambda"}}, 'Invalid principal in policy: "SERVICE":"lambda"'),
    ],
)
def test_a_malformed_trust_policy_is_refused(client: Client, change: dict[str, Any], refused: str) -> None:
    iam = client("iam", account="900000000308")
    statement = {key: value for key, value in {**TRUST, **change}.items() if value is not None}
    with pytest.raises(ClientError, match=f"MalformedPolicyDocument.*{refused}"):
        iam.create_role(RoleName="refused", AssumeRolePolicyDocument=document(statement))
    iam.create_role(RoleName=f"trusting-{len(refused)}", AssumeRolePolicyDocument=document(TRUST))
    with pytest.raises(ClientError, match=f"MalformedPolicyDocument.*{refused}"):
        iam.update_assume_role_policy(RoleName=f"trusting-{len(refused)}", PolicyDocument=document(statement))
