"""The rights by which another environment takes over a release, on both sides; the other side is in another account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.ecr_repository_policy import EcrRepositoryPolicy

from modules.delivery.names import PIPELINE_ROLE, PROMOTE_ROLE, key_alias, release_prefix, releases_bucket, role_arn
from modules.policy import Condition, Principal, Statement, render_statements
from modules.repository import PULL
from templates.buildspecs import RELEASE_OBJECT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs import Construct

    from config.delivery import OtherEnvironment
    from modules.bucket import Bucket
    from modules.key import Key
    from modules.repository import Repository
    from modules.role import Role

# https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html
_READ_OBJECT: Final = ("s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion", "s3:GetObjectVersionTagging")
_READ_BUCKET: Final = ("s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning", "s3:ListBucket")


def release_key(environment: str) -> str:
    """Key of the newest finished release of an environment."""
    return f"{release_prefix(environment)}/{RELEASE_OBJECT}"


def allow_release_readers(bucket: Bucket, key: Key, *, environment: str, targets: Sequence[OtherEnvironment]) -> None:
    """Let the pipelines of other environments read the releases of this one.

    The principal is the account, and the condition names the role: AWS refuses a principal that does not exist, and
    this environment is applied before the other one.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    for target in targets:
        role = role_arn(target.names, PIPELINE_ROLE)
        only = Condition(operator="StringEquals", key="aws:PrincipalArn", values=(role,))
        account = Principal.account(target.account_id)
        sid = f"Allow{target.name.title().replace('-', '')}"
        bucket.add_to_resource_policy(
            Statement(
                sid=f"{sid}Read",
                principal=account,
                actions=_READ_OBJECT,
                resources=(f"{bucket.arn}/{release_prefix(environment)}/*",),
                conditions=(only,),
            ),
            Statement(
                sid=f"{sid}List", principal=account, actions=_READ_BUCKET, resources=(bucket.arn,), conditions=(only,)
            ),
        )
        key.allow_account(
            target.account_id,
            sid=f"{sid}Decrypt",
            conditions=(
                only,
                # With a bucket key, S3 sends the bucket's ARN: artifacts have the same key, and stay closed.
                # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
                Condition(
                    operator="StringEquals",
                    key="kms:EncryptionContext:aws:s3:arn",
                    values=(f"arn:aws:s3:::{bucket.name}",),
                ),
            ),
        )


def allow_image_readers(
    scope: Construct, repositories: Mapping[str, Repository], *, targets: Sequence[OtherEnvironment]
) -> None:
    """Let the promotions of other environments pull the images of this one."""
    for name, repository in repositories.items():
        EcrRepositoryPolicy(
            scope,
            f"{name}-readers",
            repository=repository.name,
            policy=render_statements(
                *(
                    Statement(
                        sid=f"Allow{target.name.title().replace('-', '')}Pull",
                        principal=Principal.account(target.account_id),
                        actions=PULL,
                        conditions=(
                            Condition(
                                operator="StringEquals",
                                key="aws:PrincipalArn",
                                values=(role_arn(target.names, PROMOTE_ROLE),),
                            ),
                        ),
                    )
                    for target in targets
                )
            ),
        )


def grant_source(role: Role, source: OtherEnvironment) -> None:
    """Let this environment's pipeline read the releases of another one."""
    names = source.names
    bucket = f"arn:aws:s3:::{releases_bucket(names)}"
    role.add_to_policy(
        Statement(sid="ReadReleases", actions=_READ_OBJECT, resources=(f"{bucket}/{release_prefix(source.name)}/*",)),
        Statement(sid="LookAtReleases", actions=_READ_BUCKET, resources=(bucket,)),
        Statement(
            sid="DecryptReleases",
            actions=("kms:Decrypt",),
            # The id of the key is known in its account only; its alias is a name.
            # https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-resource-aliases
            resources=(f"arn:aws:kms:{names.region}:{names.account_id}:key/*",),
            conditions=(
                Condition(operator="ForAnyValue:StringEquals", key="kms:ResourceAliases", values=(key_alias(names),)),
                Condition(operator="StringEquals", key="kms:ViaService", values=(f"s3.{names.region}.amazonaws.com",)),
            ),
        ),
    )


def source_repositories(source: OtherEnvironment, services: Sequence[str]) -> dict[str, str]:
    """Where the images of another environment are, by service."""
    names = source.names
    host = f"{names.account_id}.dkr.ecr.{names.region}.amazonaws.com"
    return {service: f"{host}/{source.repository_prefix}-{service}" for service in services}


def grant_images(role: Role, source: OtherEnvironment, services: Sequence[str]) -> None:
    """Let this environment's promotion pull the images of another one."""
    names = source.names
    role.add_to_policy(
        Statement(
            sid="PullReleased",
            actions=PULL,
            resources=tuple(
                f"arn:aws:ecr:{names.region}:{names.account_id}:repository/{source.repository_prefix}-{service}"
                for service in services
            ),
        )
    )
