"""Roles and tokens with which users sign in to RDS by IAM."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import boto3

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.emulator.conftest import Client


def make_role(client: Client, name: str, users: str, *, account: str, region: str = "us-east-1") -> str:
    """A role that may sign in.

    Args:
        client: Of the emulator.
        name: The role's.
        users: Which users of which instances or proxies, as `dbuser:db-*/chief`.
        account: The role's.
        region: Of the instances.
    """
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    allowed = {
        "Effect": "Allow",
        "Action": "rds-db:connect",
        "Resource": f"arn:aws:rds-db:{region}:{account}:{users}",
    }
    iam = client("iam", account=account)
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document(trust))
    iam.put_role_policy(RoleName=name, PolicyName="connect", PolicyDocument=_document(allowed))
    return str(made["Role"]["Arn"])


def token(
    client: Client, role: str, host: str, user: str, *, account: str, region: str = "us-east-1", port: int = 5432
) -> str:
    """A token of a role that is assumed."""
    given = client("sts", account=account).assume_role(RoleArn=role, RoleSessionName="reader")["Credentials"]
    rds = boto3.client(
        "rds",
        region_name=region,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )
    return str(rds.generate_db_auth_token(host, port, user))


def _document(statement: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
