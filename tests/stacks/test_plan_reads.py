"""The plan role may refresh every type of every layer: here is what that needs beyond AWS's policy ReadOnlyAccess.

Of Secrets Manager, ReadOnlyAccess allows only Describe*, GetResourcePolicy and List*, and of KMS no use of a key:
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ReadOnlyAccess.html
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.fixtures import ENVIRONMENTS
from tests.modules.security.layer import Principals, security_layer
from tests.template import LABEL, Template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from modules.label import Label

CONTEXT = "kms:EncryptionContext:"


class Call(NamedTuple):
    """One call of a refresh, with its condition keys."""

    action: str
    resource: str
    context: dict[str, str]


def decryption(label: Label, context: str, arn: str, *, via: str | None = None) -> Call:
    keys = {f"{CONTEXT}{context}": arn, "kms:ResourceAliases": f"alias/{label.prefix}-secrets"}
    if via:
        keys["kms:ViaService"] = f"{via}.{label.region}.amazonaws.com"
    return Call("kms:Decrypt", label.arn("kms", "key/1"), keys)


def parameter(label: Label, name: str) -> list[Call]:
    # https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html
    return [decryption(label, "PARAMETER_ARN", label.arn("ssm", f"parameter{name}"), via="ssm")]


def secret(label: Label, name: str) -> list[Call]:
    # https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
    arn = label.arn("secretsmanager", f"secret:{name}-AbCdEf")
    return [
        Call("secretsmanager:GetSecretValue", arn, {}),
        decryption(label, "SecretARN", arn, via="secretsmanager"),
    ]


def function(label: Label, name: str) -> list[Call]:
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
    return [decryption(label, "aws:lambda:FunctionArn", label.arn("lambda", f"function:{name}"))]


def schedule(label: Label, name: str) -> list[Call]:
    # https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html
    return [decryption(label, "aws:scheduler:schedule:arn", label.arn("scheduler", f"schedule/default/{name}"))]


# A secret is only described; what reads a value is the refresh of a version, which has only a reference to the secret.
NEEDS: dict[str, Callable[[Label, str], list[Call]]] = {
    "aws_lambda_function": function,
    "aws_scheduler_schedule": schedule,
    "aws_secretsmanager_secret_version": secret,
    "aws_ssm_parameter": parameter,
}
# What their refresh returns is not encrypted: AWS describes the resource, and the name of its key.
ENOUGH_WITH_READ_ONLY = {
    "aws_backup_vault",
    "aws_cloudtrail",
    "aws_cloudwatch_log_group",
    "aws_config_delivery_channel",
    "aws_db_instance",
    "aws_db_instance_automated_backups_replication",
    "aws_docdb_cluster",
    "aws_dynamodb_table",
    "aws_dynamodb_table_replica",
    "aws_ecr_repository",
    "aws_ecs_cluster",
    "aws_kms_key_policy",
    "aws_s3_bucket_replication_configuration",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_secretsmanager_secret",
    "aws_sns_topic",
    "aws_sqs_queue",
}
# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
EPHEMERAL = {"aws_secretsmanager_random_password": "secretsmanager:GetRandomPassword"}
# A plan does not know its arguments yet, so it does not read it: modules/data/master.py
DEFERRED = {"aws_secretsmanager_secret_version"}


def keys_of(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from keys_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys_of(inner)


def resources(stacks: dict[str, Template]) -> Iterator[tuple[Template, str, dict[str, Any]]]:
    for stack in stacks.values():
        for kind, named in stack.document.get("resource", {}).items():
            for resource in named.values():
                if kind.startswith("aws_"):
                    yield stack, kind, resource


def name_of(stack: Template, resource: dict[str, Any]) -> str:
    """Its own name, or that of the secret that it refers to."""
    if "secret_id" in resource:
        resource = stack.named(resource["secret_id"].removeprefix("${").removesuffix(".id}"))
    return str(resource.get("name") or resource["function_name"])


def label_of(environment: str) -> Label:
    return replace(LABEL, environment=environment)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_it_may_read_what_a_refresh_decrypts(stacks: dict[str, Template], environment: str) -> None:
    label = label_of(environment)
    who = Principals(security_layer(label))
    calls = [
        call
        for stack, kind, resource in resources(stacks)
        if stack.metadata["environment"] == environment and kind in NEEDS
        for call in NEEDS[kind](label, name_of(stack, resource))
    ]
    assert calls
    refused = [call for call in calls if not who.plan_may(call.action, call.resource, **call.context)]
    assert refused == [], "allow each in `_grant_plan` of modules/security/github_roles.py"


def test_it_may_open_what_terraform_does_not_store(stacks: dict[str, Template]) -> None:
    who = Principals(security_layer())
    kinds = {kind for stack in stacks.values() for kind in stack.document.get("ephemeral", {})}
    assert kinds == set(EPHEMERAL) | DEFERRED, "add each with the action that a plan calls for it"
    assert all(who.plan_may(action) for action in EPHEMERAL.values())


def test_every_type_with_a_key_is_judged(stacks: dict[str, Template]) -> None:
    kinds = {
        kind
        for _, kind, resource in resources(stacks)
        if any("kms_" in key or key == "key_id" for key in keys_of(resource)) or "secret_string" in json.dumps(resource)
    }
    missing = kinds - set(NEEDS) - ENOUGH_WITH_READ_ONLY
    assert missing == set(), "add each to NEEDS, or to ENOUGH_WITH_READ_ONLY if its refresh decrypts nothing"


OTHER = replace(LABEL, environment="prod")


@pytest.mark.parametrize(
    "call",
    [
        *parameter(OTHER, "/user-management/prod/jwt/current"),
        *secret(OTHER, "user-management/prod/postgres/master"),
        *secret(LABEL, "user-management/test/postgres/backend/a"),  # the login of a role
        *function(OTHER, "user-management-prod-jwt-rotation"),
        *schedule(OTHER, "user-management-prod-jwt-rotation"),
        # a key of this environment, for something of another one
        decryption(
            LABEL, "SecretARN", OTHER.arn("secretsmanager", "secret:user-management/prod/a"), via="secretsmanager"
        ),
        # a secret of this environment in a key of another one
        decryption(
            OTHER, "SecretARN", LABEL.arn("secretsmanager", "secret:user-management/test/a"), via="secretsmanager"
        ),
        # what no context names
        Call("kms:Decrypt", LABEL.arn("kms", "key/1"), {"kms:ResourceAliases": f"alias/{LABEL.prefix}-secrets"}),
        Call("secretsmanager:PutSecretValue", LABEL.arn("secretsmanager", "secret:user-management/test/a"), {}),
    ],
)
def test_it_reads_nothing_of_another_environment_in_the_account(call: Call) -> None:
    assert not Principals(security_layer()).plan_may(call.action, call.resource, **call.context)
