"""The rights that the role of a job needs; AWS Backup has none of its own.

https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForBackup.html
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForRestores.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moto.kms.models import kms_backends

from emulator.arns import parse_arn
from emulator.permissions import role_actions, role_trusts
from emulator.policy import as_list, matches_pattern, statements
from emulator.services.backup.records import JobFailedError

if TYPE_CHECKING:
    from collections.abc import Iterable

SERVICE: Final = "backup.amazonaws.com"
_KEY_RIGHTS: Final = ("kms:CreateGrant", "kms:DescribeKey")
"""What RDS requires of who makes or copies an encrypted snapshot.

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
    known = {
        "kms:ResourceAliases": sorted(found.aliases),
        "kms:GrantIsForAWSResource": ["true"],
        "kms:ViaService": [f"rds.{arn.region}.amazonaws.com"],
    }
    allowed = role_actions(role, _KEY_RIGHTS, key, known=known)
    return all(action in allowed and _key_lets(found.policy, role, arn.account, action) for action in _KEY_RIGHTS)


def _key_lets(policy: str, role: str, account: str, action: str) -> bool:
    """Whether a key's policy allows the action to the role, or leaves it to the account's IAM.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    principals = {"*", account, f"arn:aws:iam::{account}:root", role}
    for statement in statements(policy):
        principal = statement.get("Principal")
        names = as_list(principal.get("AWS", [])) if isinstance(principal, dict) else [principal]
        if (
            statement["Effect"] == "Allow"
            and principals & set(names)
            and any(matches_pattern(one.lower(), action.lower()) for one in as_list(statement.get("Action", [])))
        ):
            return True
    return False
