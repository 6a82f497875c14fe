"""AWS Secrets Manager: secrets that another service manages, and those without a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.secretsmanager.models import FakeSecret, secretsmanager_backends

from emulator.databases.servers import SERVERS
from emulator.errors import AwsError
from emulator.registry import FORWARD, Context, Forward, guard, operation, patch
from emulator.services.rds_master_passwords import rotate_managed

if TYPE_CHECKING:
    from emulator.store import Shape


@guard(
    "secretsmanager",
    "CancelRotateSecret",
    "DeleteSecret",
    "PutSecretValue",
    "TagResource",
    "UntagResource",
    "UpdateSecret",
    "UpdateSecretVersionStage",
)
def refuse_change_of_managed(params: Shape, context: Context) -> None:
    """Refuse to change or delete what another service manages.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/service-linked-secrets.html
    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html (InvalidRequestException)
    """
    secret = _find(params, context)
    if secret is not None and secret.owning_service is not None:
        message = (
            "The secret is managed by another service, and you must use that service to update it: "
            f"{secret.name} is managed by {secret.owning_service}."
        )
        raise AwsError(code="InvalidRequestException", message=message)


@guard("secretsmanager", "GetSecretValue")
def refuse_missing_value(params: Shape, context: Context) -> None:
    """Refuse to read a secret without a value, or without one of the stage, in AWS's words.

    https://github.com/localstack/localstack/pull/5645
    """
    secret = _find(params, context)
    if secret is None or secret.is_deleted() or params.get("VersionId"):
        return
    stage = params.get("VersionStage") or "AWSCURRENT"
    versions = [version for version in secret.versions.values() if stage in version["version_stages"]]
    if not any(version.keys() & {"secret_string", "secret_binary"} for version in versions):
        message = f"Secrets Manager can't find the specified secret value for staging label: {stage}"
        raise AwsError(code="ResourceNotFoundException", message=message)


@operation("secretsmanager", "RotateSecret")
def rotate(params: Shape, context: Context) -> Shape | Forward:
    """Replace the password of a managed secret; refuse to rotate any other without a function.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_managed.html
    https://github.com/floci-io/floci/pull/2378
    """
    secret = _find(params, context)
    if secret is None or secret.is_deleted():
        return FORWARD
    if secret.owning_service is None:
        if not params.get("RotationLambdaARN") and not secret.rotation_lambda_arn:
            message = (
                "You tried to enable rotation on a secret that doesn't already have a Lambda function ARN configured "
                "and you didn't include such an ARN as a parameter in this call."
            )
            raise AwsError(code="InvalidRequestException", message=message)
        return FORWARD
    days = (params.get("RotationRules") or {}).get("AutomaticallyAfterDays")
    if days:
        secret.auto_rotate_after_days = int(days)
    if params.get("RotateImmediately") is not False and rotate_managed(secret.arn):
        SERVERS.synchronize()
    return {"ARN": secret.arn, "Name": secret.name, "VersionId": secret.default_version_id}


@patch(FakeSecret, "to_dict")
def leave_out_function(original: Any, secret: Any) -> dict[str, Any]:
    """Return no function of a secret that has none; moto returns an empty name."""
    described: dict[str, Any] = original(secret)
    if not described.get("RotationLambdaARN"):
        described.pop("RotationLambdaARN", None)
    return described


def _find(params: Shape, context: Context) -> Any:
    return context.backend(secretsmanager_backends).secrets.get(params["SecretId"])
