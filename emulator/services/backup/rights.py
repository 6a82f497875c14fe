"""The rights that the role of a job needs; AWS Backup has none of its own.

https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForBackup.html
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForRestores.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.kms.models import kms_backends

from emulator.arns import parse_arn
from emulator.errors import AwsError
from emulator.permissions import policy_admits, role_actions, role_trusts
from emulator.services.backup.records import JobFailedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emulator.conditions import Values

SERVICE: Final = "backup.amazonaws.com"
_GRANT: Final = "kms:CreateGrant"
_KEY_RIGHTS: Final = (_GRANT, "kms:DescribeKey")
"""What RDS requires of who makes or copies an encrypted snapshot: the grant lets RDS do the rest.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html
"""


def require_role(role: str) -> None:
    """Require that AWS Backup can assume a role.

    Raises:
        JobFailedError: It cannot.
    """
    if not role_trusts(role, SERVICE):
        message = f"IAM Role {role} cannot be assumed by AWS Backup"
        raise JobFailedError(message, category="AccessDenied")


def require_role_of_call(role: str) -> None:
    """Require the same of the role of a call that starts a job; AWS Backup refuses the call, and starts no job.

    Raises:
        AwsError: AWS Backup cannot assume it.
    """
    try:
        require_role(role)
    except JobFailedError as error:
        raise AwsError(code="InvalidParameterValueException", message=str(error)) from error


def require_description(role: str, action: str, arn: str) -> None:
    """Require the right to describe a resource.

    https://github.com/ministryofjustice/modernisation-platform/issues/6152 has the message.
    """
    if not role_actions(role, (action,), arn):
        message = (
            f"Your backup job failed as AWS Backup does not have permission to describe resource {arn}. Please review "
            "your IAM policies to ensure AWS Backup can protect your resources."
        )
        raise JobFailedError(message, category="AccessDenied")


def require_rights(role: str, rights: Iterable[tuple[str, str]]) -> None:
    """Require actions, each on a resource.

    https://github.com/lgallard/terraform-aws-backup/issues/15 has the first sentences.

    Raises:
        JobFailedError: The role lacks one.
    """
    for action, arn in rights:
        if not role_actions(role, (action,), arn):
            message = (
                "You are not authorized to perform this operation. Please consult the permissions associated with your "
                "AWS Backup role(s), and refer to the AWS Backup documentation for more details. "
                f"User: {role} is not authorized to perform: {action} on resource: {arn}"
            )
            raise JobFailedError(message, category="AccessDenied")


def may_use_key(role: str, key: str) -> bool:
    """Return whether a role may use a KMS key: its own policies and the key's policy must both let it.

    A key of AWS's own lets each service use it.
    """
    arn = parse_arn(key)
    if arn is None or arn.resource.startswith("alias/aws/"):
        return True
    backend = kms_backends[arn.account][arn.region]
    identifier = arn.resource.removeprefix("key/")
    found = backend.keys.get(identifier)
    if found is None or found.key_state != "Enabled":
        return False
    return all(_may(role, action, found, arn.region) for action in _KEY_RIGHTS)


def _may(role: str, action: str, key: Any, region: str) -> bool:
    """Whether RDS of a region may do that with a key on behalf of a role.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
    """
    who = parse_arn(role)
    sent: Values = {
        "kms:calleraccount": (who.account if who else "",),
        "kms:resourcealiases": tuple(sorted(key.aliases)),
        "kms:viaservice": (f"rds.{region}.amazonaws.com",),
        **({"kms:grantisforawsresource": ("true",)} if action == _GRANT else {}),
    }
    return bool(role_actions(role, (action,), key.arn, sent=sent)) and policy_admits(key.policy, role, action, sent)
