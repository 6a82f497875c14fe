"""The project's own roles on the emulator, each without one right if a test wants that, and what copies with them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from config.buckets import BACKUPS
from modules.backup_names import backup_tag
from modules.bucket import Bucket, BucketConfig
from modules.bucket_replication import BucketReplication
from modules.key import Key
from modules.parameter import Parameter
from modules.policy import Statement, render_statements
from modules.recovery.backup_role import BackupKey, create_backup_role
from modules.recovery.backup_vault import vault_arn, vault_name
from modules.recovery.parameter_mirror import ParameterMirror
from modules.security.copy_writers import deny_copy_changes_of_workloads
from tests.acceptance.region_loss.serving import make_role, role_name
from tests.acceptance.region_loss.world import HOME, SECOND
from tests.emulator.functions import sources, zip_code
from tests.modules.recovery.regions import allowed
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack, statements

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modules.label import Label
    from tests.acceptance.region_loss.world import TwoRegions

COPIES_ALIAS: Final = "alias/user-management-prod-copies"
_ENABLED: Final = {"Status": "Enabled"}
_MINUTES: Final = {"Minutes": 15}


def copy_backup(regions: TwoRegions, *, without: str = "") -> str | None:
    """Back up PostgreSQL and copy the backup with AWS Backup; return the copy's ARN, None if the copy has failed."""
    label, rds = _label(regions), regions.client("rds", HOME)
    here, there = regions.client("backup", HOME), regions.client("backup", SECOND)
    for region, backup in ((HOME, here), (SECOND, there)):
        backup.create_backup_vault(BackupVaultName=vault_name(label), EncryptionKeyArn=regions.places[region].key)
    database = rds.describe_db_instances()["DBInstances"][0]["DBInstanceArn"]
    tags = [{"Key": key, "Value": value} for key, value in backup_tag(label).items()]
    rds.add_tags_to_resource(ResourceName=database, Tags=tags)
    role = make_role(regions.world, "backup", _backup_rights(regions, without=without), service="backup")

    started = here.start_backup_job(BackupVaultName=vault_name(label), ResourceArn=database, IamRoleArn=role)
    job = here.describe_backup_job(BackupJobId=started["BackupJobId"])
    assert job["State"] == "COMPLETED", job
    started = here.start_copy_job(
        RecoveryPointArn=job["RecoveryPointArn"],
        SourceBackupVaultName=vault_name(label),
        DestinationBackupVaultArn=vault_arn(label, region=SECOND),
        IamRoleArn=role,
    )
    copied = here.describe_copy_job(CopyJobId=started["CopyJobId"])["CopyJob"]
    return copied["DestinationRecoveryPointArn"] if copied["State"] == "COMPLETED" else None


def replicate_files(regions: TwoRegions, *, without: str = "", status: str = "Enabled") -> None:
    """Create the bucket for backups and its copy, and let S3 copy.

    Args:
        regions: Both are prepared.
        without: The region whose key the role may not use.
        status: That of the rule.
    """
    for region in (HOME, SECOND):
        s3, bucket = regions.client("s3", region), regions.bucket(region)
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=_ENABLED)
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": regions.places[region].key}
        rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
        s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    alias = _copies_alias(regions)
    rights = [
        one
        for one in _replication_rights(regions, alias)
        if not without or f"s3.{without}.amazonaws.com" not in json.dumps(one)
    ]
    role = make_role(regions.world, "replication", rights, service="s3")
    rule = {
        "ID": "copy",
        "Priority": 0,
        "Status": status,
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": _ENABLED,
        "SourceSelectionCriteria": {"SseKmsEncryptedObjects": _ENABLED},
        "Destination": {
            "Bucket": f"arn:aws:s3:::{regions.bucket(SECOND)}",
            "EncryptionConfiguration": {"ReplicaKmsKeyID": alias},
            "ReplicationTime": {**_ENABLED, "Time": _MINUTES},
            "Metrics": {**_ENABLED, "EventThreshold": _MINUTES},
        },
    }
    regions.client("s3", HOME).put_bucket_replication(
        Bucket=regions.bucket(HOME), ReplicationConfiguration={"Role": role, "Rules": [rule]}
    )


def mirror_parameters(regions: TwoRegions, names: Sequence[str], *, without: str = "") -> dict[str, Any]:
    """Call the function that copies parameters, which are there in both regions; return its answer."""
    _copies_alias(regions)
    template = _mirror(regions, names)
    rights = allowed(template, "mirror_function_role_permissions")
    rights = _resolved([one for one in rights if one.get("Sid") != without], regions, names)
    function = template.only("aws_lambda_function")
    awslambda = regions.client("lambda", HOME)
    awslambda.create_function(
        FunctionName="parameter-mirror",
        Runtime="python3.13",
        Handler="parameter_mirror.handler.handler",
        Role=make_role(regions.world, "mirror", rights, service="lambda"),
        Code={"ZipFile": zip_code("", files=_impatient(sources("parameter_mirror")))},
        Timeout=120,
        Environment={"Variables": function["environment"]["variables"]},
    )
    answer = awslambda.invoke(FunctionName="parameter-mirror", Payload=json.dumps({"action": "all"}))
    return dict(json.load(answer["Payload"]))


def limit_service(regions: TwoRegions, region: str, *, backup_writers: Sequence[str]) -> None:
    """Give the role of the service in a region all rights on buckets, within what workloads may do to copies."""
    label, role = replace(_label(regions), recovery_region=SECOND), role_name(region)
    iam = regions.client("iam", HOME)
    anything = Statement(actions=("*",), resources=("*",))
    limits = render_statements(anything, *deny_copy_changes_of_workloads(label, backup_writers=backup_writers))
    arn = iam.create_policy(PolicyName="limits", PolicyDocument=limits)["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=arn)
    own = render_statements(Statement(actions=("s3:*",), resources=("*",)))
    iam.put_role_policy(RoleName=role, PolicyName="buckets", PolicyDocument=own)


def _impatient(files: dict[str, str]) -> dict[str, str]:
    """The function's files, with which it does not wait for rights: what a role has not got here, it never gets."""
    name = "parameter_mirror/handler.py"
    code = re.sub(r"(?m)^PAUSES: Final = \d+$", "PAUSES: Final = 0", files[name])
    assert code != files[name]
    return {**files, name: code}


def _label(regions: TwoRegions) -> Label:
    environment = regions.world.environment
    return replace(
        LABEL,
        project=environment.project,
        environment=environment.name,
        account_id=regions.world.account.id,
        region=HOME,
        home_region=HOME,
    )


def _copies_alias(regions: TwoRegions) -> str:
    kms = regions.client("kms", SECOND)
    kms.create_alias(AliasName=COPIES_ALIAS, TargetKeyId=regions.places[SECOND].key)
    return f"arn:aws:kms:{SECOND}:{regions.world.account.id}:{COPIES_ALIAS}"


def _backup_rights(regions: TwoRegions, *, without: str) -> list[dict[str, Any]]:
    stack = new_stack()
    create_backup_role(
        stack,
        "role",
        label=_label(regions).in_region(SECOND),
        databases_key=BackupKey.of(regions.places[HOME].key),
        copies_key=BackupKey.of(regions.places[SECOND].key),
    )
    found = statements(Template.of(stack).only("aws_iam_role_policy")["policy"])
    return [one for one in found if one["Sid"] != without]


def _replication_rights(regions: TwoRegions, alias: str) -> list[dict[str, Any]]:
    stack, label = new_stack(), _label(regions)
    key = Key(stack, "key", label=label, name="backups", description="Backups", protect=False)
    config = BucketConfig(noncurrent_version_days=60, protect=False)
    source = Bucket(stack, "source", config=config, label=label, name=regions.bucket(HOME), key=key, access_logs="logs")
    BucketReplication(
        stack,
        "replication",
        label=label,
        name=BACKUPS,
        source=source,
        target_name=regions.bucket(SECOND),
        target_region=SECOND,
        target_key_alias_arn=alias,
    )
    found = statements(Template.of(stack).only("aws_iam_role_policy")["policy"])
    return _replaced(
        found,
        {"aws_s3_bucket": f"arn:aws:s3:::{regions.bucket(HOME)}", "aws_kms_key": regions.places[HOME].key},
    )


def _mirror(regions: TwoRegions, names: Sequence[str]) -> Template:
    stack, label = new_stack(), _label(regions)
    secrets, functions = (
        Key(stack, f"{name}-key", label=label, name=name, description=name, protect=False)
        for name in ("secrets", "functions")
    )
    ParameterMirror(
        stack,
        "mirror",
        label=label,
        parameters=[
            Parameter.by_function(stack, name.replace("/", "-"), label=label, key=secrets, name=name) for name in names
        ],
        region=SECOND,
        copies_key_alias=COPIES_ALIAS,
        key=functions,
        log_retention_days=30,
        topics=topics_in(stack, label=label),
    )
    return Template.of(stack)


def _resolved(rights: Sequence[dict[str, Any]], regions: TwoRegions, names: Sequence[str]) -> list[dict[str, Any]]:
    """The statements with the ARNs of what is there; those about other resources are left out."""
    path = regions.world.environment.names.path
    arns = {
        f"aws_ssm_parameter.{name.replace('/', '-')}": (
            f"arn:aws:ssm:{HOME}:{regions.world.account.id}:parameter{path(name)}"
        )
        for name in names
    }
    found = _replaced(rights, {**arns, "aws_kms_key": regions.places[HOME].key})
    return [one for one in found if "${" not in json.dumps(one)]


def _replaced(rights: Sequence[dict[str, Any]], arns: Mapping[str, str]) -> list[dict[str, Any]]:
    """The statements, with an ARN for each reference to a type, or to a resource of it."""
    text = json.dumps(list(rights))
    for start, arn in arns.items():
        text = re.sub(rf"\$\{{{re.escape(start)}[\w.-]*\.arn\}}", arn, text)
    found: list[dict[str, Any]] = json.loads(text)
    return found
