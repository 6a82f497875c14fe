"""A role that a pipeline creates uses its own environment only, also where the account holds others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from config.names import MAX_ENVIRONMENT_LENGTH, MAX_PROJECT_LENGTH
from tests.modules.security.layer import Principals, security_layer
from tests.template import LABEL

ACCOUNT = LABEL.account_id
LONGEST = replace(LABEL, project="p" * MAX_PROJECT_LENGTH, environment="e" * MAX_ENVIRONMENT_LENGTH)


def uses(environment: str) -> list[tuple[str, str]]:
    """Uses of an environment's data, by the names that its resources have."""
    label = replace(LABEL, environment=environment)
    prefix, path = label.prefix, label.path("x")
    objects = (
        "AbortMultipartUpload",
        "DeleteObject",
        "DeleteObjectVersion",
        "GetObject",
        "PutObject",
        "ReplicateObject",
    )
    items = ("BatchWriteItem", "DeleteItem", "PutItem", "UpdateItem")
    secrets = ("GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage")
    logs = ("CreateLogGroup", "CreateLogStream", "PutLogEvents")
    groups = (path, f"{path}:log-stream:a", f"/aws/lambda/{prefix}-x", f"/aws/lambda/{prefix}-x:log-stream:a")
    return [
        *((f"s3:{one}", f"arn:aws:s3:::{prefix}-backups-{ACCOUNT}/a/b") for one in objects),
        ("s3:ListBucket", f"arn:aws:s3:::{prefix}-backups-{ACCOUNT}"),
        *((f"dynamodb:{one}", label.arn("dynamodb", f"table/{prefix}-users")) for one in items),
        *((f"ssm:{one}", label.arn("ssm", f"parameter{path}/y")) for one in ("GetParameter", "PutParameter")),
        *((f"secretsmanager:{one}", label.arn("secretsmanager", f"secret:{path[1:]}-AbCdEf")) for one in secrets),
        *((f"logs:{one}", label.arn("logs", f"log-group:{group}")) for one in logs for group in groups),
        *((f"sqs:{one}", label.arn("sqs", f"{prefix}-jobs")) for one in ("SendMessage", "ReceiveMessage")),
        ("sns:Publish", label.arn("sns", f"{prefix}-critical")),
        ("events:PutEvents", label.arn("events", f"event-bus/{prefix}-x")),
        ("lambda:InvokeFunction", label.arn("lambda", f"function:{prefix}-jwt-rotation")),
    ]


def audit_writes(environment: str) -> list[tuple[str, str]]:
    """Writes that would change the state, or the audit."""
    label = replace(LABEL, environment=environment)
    buckets = ("state", "audit", "config", "access-logs")
    names = {name: f"arn:aws:s3:::{label.prefix}-{name}-{ACCOUNT}" for name in buckets}
    return [
        *((f"s3:{one}", f"{arn}/a") for one in ("PutObject", "DeleteObject") for arn in names.values()),
        ("s3:PutObject", f"{names['state']}/security/terraform.tfstate"),
        ("dynamodb:PutItem", label.arn("dynamodb", f"table/{label.prefix}-state-lock")),
    ]


@pytest.fixture(scope="module")
def who() -> Principals:
    return Principals(security_layer())


@pytest.mark.parametrize(("action", "resource"), uses(LABEL.environment))
def test_it_uses_what_its_environment_has(who: Principals, action: str, resource: str) -> None:
    assert who.workload_may(action, resource)


@pytest.mark.parametrize("environment", ["staging", "testing", "tes"])
def test_it_uses_nothing_of_another_environment(who: Principals, environment: str) -> None:
    calls = [*uses(environment), *audit_writes(environment)]
    assert [call for call in calls if who.workload_may(*call)] == []


@pytest.mark.parametrize(("action", "resource"), audit_writes(LABEL.environment))
def test_it_writes_neither_its_own_state_nor_its_audit(who: Principals, action: str, resource: str) -> None:
    assert not who.workload_may(action, resource)


@pytest.mark.parametrize(
    ("database", "allowed"),
    [
        ("db:user-management-test-postgres", True),
        ("db:user-management-staging-postgres", False),
        ("db:user-management-testing-postgres", False),
        ("db:of-others", False),
    ],
)
def test_it_reads_the_secret_of_a_master_that_rds_keeps_only_of_its_own_database(
    who: Principals, database: str, *, allowed: bool
) -> None:
    """Two environments can be in one account, and the secret's own name has neither of them."""
    secret = LABEL.arn("secretsmanager", "secret:rds!db-11111111-2222-3333-4444-555555555555-AbCdEf")
    tag = {"aws:ResourceTag/aws:rds:primaryDBInstanceArn": LABEL.arn("rds", database)}
    assert who.workload_may("secretsmanager:GetSecretValue", secret, **tag) is allowed
    assert not who.workload_may("secretsmanager:GetSecretValue", secret)
    assert not who.workload_may("secretsmanager:PutSecretValue", secret, **tag)


@pytest.mark.parametrize("action", ["CreateLogGroup", "CreateLogStream", "PutLogEvents", "PutRetentionPolicy"])
def test_enhanced_monitoring_writes_to_the_group_that_the_account_has_once(who: Principals, action: str) -> None:
    group = LABEL.arn("logs", "log-group:RDSOSMetrics")
    assert who.workload_may(f"logs:{action}", group)
    assert who.workload_may(f"logs:{action}", f"{group}:log-stream:db")


def test_the_boundaries_are_short_enough_with_the_longest_names() -> None:
    policies = security_layer(LONGEST).all("aws_iam_policy").values()
    assert policies
    assert all(len(policy["policy"]) <= 6_144 for policy in policies)
