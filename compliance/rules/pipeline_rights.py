"""The roles that GitHub assumes cannot change the layer `recovery` nor the second region.

Who changes a pipeline must not end the copies, nor get the rights of what serves if the first region is lost.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from compliance.evaluation import Request, is_allowed
from compliance.grants import role_statements
from compliance.policies import allows_action, many, statements_in
from compliance.references import of_same_environment, referred
from compliance.rule import Finding, rule_with_others
from compliance.second_region import is_in_second_region

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.policies import Statement
    from synthesis.manifest import Stack
    from synthesis.template import Resource

_LAYER: Final = "recovery"
_BUCKET: Final = ("bucket", "arn:aws:s3:::{name}")
_ENDS: Final[Mapping[str, tuple[tuple[str, str], tuple[str, ...]]]] = {
    "aws_backup_plan": (
        ("", "arn:aws:backup:{region}:{account}:backup-plan:1"),
        ("backup:DeleteBackupPlan", "backup:UpdateBackupPlan"),
    ),
    "aws_backup_region_settings": (("", "*"), ("backup:UpdateRegionSettings",)),
    "aws_backup_restore_testing_plan": (
        ("", "arn:aws:backup:{region}:{account}:restore-testing-plan:1"),
        ("backup:DeleteRestoreTestingPlan", "backup:UpdateRestoreTestingPlan"),
    ),
    "aws_backup_restore_testing_selection": (
        ("", "arn:aws:backup:{region}:{account}:restore-testing-plan:1"),
        ("backup:DeleteRestoreTestingSelection", "backup:UpdateRestoreTestingSelection"),
    ),
    "aws_backup_selection": (
        ("", "arn:aws:backup:{region}:{account}:backup-plan:1"),
        ("backup:DeleteBackupSelection",),
    ),
    "aws_backup_vault": (
        ("name", "arn:aws:backup:{region}:{account}:backup-vault:{name}"),
        ("backup:DeleteBackupVault", "backup:UpdateRecoveryPointLifecycle"),
    ),
    "aws_backup_vault_lock_configuration": (
        ("backup_vault_name", "arn:aws:backup:{region}:{account}:backup-vault:{name}"),
        ("backup:DeleteBackupVaultLockConfiguration", "backup:PutBackupVaultLockConfiguration"),
    ),
    "aws_backup_vault_policy": (
        ("backup_vault_name", "arn:aws:backup:{region}:{account}:backup-vault:{name}"),
        ("backup:DeleteBackupVaultAccessPolicy", "backup:PutBackupVaultAccessPolicy"),
    ),
    "aws_cloudwatch_metric_alarm": (
        ("alarm_name", "arn:aws:cloudwatch:{region}:{account}:alarm:{name}"),
        ("cloudwatch:DeleteAlarms", "cloudwatch:DisableAlarmActions"),
    ),
    "aws_db_instance_automated_backups_replication": (
        ("", "arn:aws:rds:{region}:{account}:auto-backup:ab-1"),
        ("rds:DeleteDBInstanceAutomatedBackup", "rds:StopDBInstanceAutomatedBackupsReplication"),
    ),
    "aws_ecr_replication_configuration": (("", "*"), ("ecr:PutReplicationConfiguration",)),
    "aws_ecr_repository": (
        ("name", "arn:aws:ecr:{region}:{account}:repository/{name}"),
        ("ecr:BatchDeleteImage", "ecr:DeleteRepository", "ecr:PutLifecyclePolicy"),
    ),
    "aws_iam_role": (
        ("name", "arn:aws:iam::{account}:role/{name}"),
        ("iam:DeleteRole", "iam:DeleteRolePolicy", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"),
    ),
    "aws_kms_key": (
        ("", "arn:aws:kms:{region}:{account}:key/1"),
        ("kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"),
    ),
    "aws_lambda_function": (
        ("function_name", "arn:aws:lambda:{region}:{account}:function:{name}"),
        ("lambda:DeleteFunction", "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration"),
    ),
    "aws_s3_bucket": (
        _BUCKET,
        (
            "s3:DeleteBucketPolicy",
            "s3:DeleteObjectVersion",
            "s3:PutBucketPolicy",
            "s3:PutBucketVersioning",
            "s3:PutLifecycleConfiguration",
        ),
    ),
    "aws_s3_bucket_replication_configuration": (_BUCKET, ("s3:PutReplicationConfiguration",)),
    "aws_security_group": (
        ("", "arn:aws:ec2:{region}:{account}:security-group/sg-1"),
        ("ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress", "ec2:DeleteSecurityGroup"),
    ),
    "aws_ssm_parameter": (
        ("name", "arn:aws:ssm:{region}:{account}:parameter{name}"),
        ("ssm:DeleteParameter", "ssm:PutParameter"),
    ),
    "aws_vpc": (
        ("", "arn:aws:ec2:{region}:{account}:vpc/vpc-1"),
        ("ec2:AttachInternetGateway", "ec2:CreateVpcEndpoint", "ec2:CreateVpcPeeringConnection"),
    ),
}
"""What destroys a resource of each type, or what it protects: with the argument that has its name, and its ARN.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""
_SECOND_REGION_ONLY: Final = frozenset({"aws_cloudwatch_metric_alarm"})
"""Where the data is, alarms only say sooner what those on the age of the copies say."""
_MAKE_COPIES: Final = (
    "aws_backup_plan",
    "aws_ecr_replication_configuration",
    "aws_s3_bucket_replication_configuration",
)
_WEB_IDENTITY: Final = "sts:AssumeRoleWithWebIdentity"
_READ_ONLY: Final = "arn:aws:iam::aws:policy/ReadOnlyAccess"
_OF_AWS: Final = "arn:aws:iam::aws:policy/"
_ALL: Final[Mapping[str, Any]] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_REFERENCE: Final = re.compile(r"\$\{[^}]*\}")


@rule_with_others
def pipeline_cannot_end_copies(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """No role that GitHub assumes may destroy or weaken copies, or what else `recovery` and the second region have."""
    if stack.layer != _LAYER and not is_in_second_region(stack, stacks):
        return
    roles = [
        (role.get("name"), *limits)
        for other in of_same_environment(stack, stacks)
        for role in other.all("aws_iam_role")
        if any(allows_action(one, _WEB_IDENTITY) for one in statements_in(role, other, stacks) if "Principal" in one)
        if (limits := _limits(role, other, stacks))
    ]
    sources = {
        other.region
        for other in of_same_environment(stack, stacks)
        if other.layer == _LAYER and any(other.all(*_MAKE_COPIES))
    }
    for resource in stack.all(*_ENDS) if roles else ():
        if resource.kind in _SECOND_REGION_ONLY and stack.region in sources:
            continue
        for request in _requests(resource, stack, stacks):
            for name, identity, boundary in roles:
                if is_allowed(request, identity=identity, boundary=boundary):
                    yield Finding.about(resource, f"{name} may call {request.action}; deny it")


def _requests(resource: Resource, stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Request]:
    (argument, arn), actions = _ENDS[resource.kind]
    owners = list(referred(resource.get(argument), stack, stacks)) if argument else []
    named = [str(owner.get(argument) or owner.get("name")) for _, owner in owners] or [str(resource.get(argument))]
    accounts = [many(provider.get("allowed_account_ids")) for provider in stack.providers]
    account = next((one for found in accounts for one in found), "")
    aliases = [str(alias.get("name")) for alias in stack.attached(resource, "aws_kms_alias", by="target_key_id")]
    context = {"aws:requestedregion": [stack.region], "kms:resourcealiases": aliases}
    # As it is where the role of the resource was made, whatever that is.
    boundary = resource.get("permissions_boundary")
    if boundary:
        context["iam:permissionsboundary"] = [str(boundary)]
    target = arn.format(region=stack.region, account=account, name=named[0])
    for action in actions:
        of_objects = "/a" if action == "s3:DeleteObjectVersion" else ""
        yield Request(action=action, resource=f"{target}{of_objects}", context=context)


def _limits(
    role: Resource, stack: Stack, stacks: Mapping[str, Stack]
) -> tuple[list[Statement], list[Statement] | None] | None:
    """What a role may do by its policies, and at most; None for one that only reads.

    The rules know no text of AWS's own policies, so any but ReadOnlyAccess counts as all rights.
    """
    identity: list[Statement] = []
    identity += role_statements(role, stack, stacks)
    arns = [one.get("policy_arn") for one in stack.attached(role, "aws_iam_role_policy_attachment", by="role")]
    for arn in arns:
        for owner, policy in referred(arn, stack, stacks):
            identity += statements_in(policy, owner, stacks)
        if str(arn).startswith(_OF_AWS) and arn != _READ_ONLY:
            identity.append(dict(_ALL))
    name = str(role.get("permissions_boundary")).rpartition("/")[2]
    boundaries = [
        statements_in(policy, other, stacks)
        for other in of_same_environment(stack, stacks)
        for policy in other.all("aws_iam_policy")
        if policy.get("name") == name
    ]
    return identity, (boundaries[0] if boundaries else None)
