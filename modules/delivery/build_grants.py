"""What builds may do with images and release files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules.key import KeyUse
from modules.policy import Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modules.bucket import Bucket
    from modules.key import Key
    from modules.repository import Repository
    from modules.role import Role


def grant_images_and_scans(role: Role, repositories: Sequence[Repository], *, enhanced: bool) -> None:
    """Let a build push images and read what their scans find."""
    for repository in repositories:
        repository.grant_push(role)
    role.add_to_policy(
        Statement(
            sid="ReadScans",
            actions=("ecr:DescribeImageScanFindings", "ecr:DescribeImages"),
            resources=tuple(repository.arn for repository in repositories),
        )
    )
    if enhanced:
        # https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced-iam.html
        role.add_to_policy(
            Statement(
                sid="ReadFindings", actions=("inspector2:ListCoverage", "inspector2:ListFindings"), resources=("*",)
            )
        )


def grant_release_files(role: Role, files: Bucket, key: Key, services: Sequence[str]) -> None:
    """Let a build read the release files of its services."""
    role.add_to_policy(
        Statement(
            sid="ReadReleaseFiles",
            actions=("s3:GetObject",),
            resources=tuple(f"{files.arn}/{name}/*" for name in services),
        )
    )
    key.grant_decrypt(role, KeyUse.objects())


def grant_tags(role: Role, repositories: Sequence[Repository]) -> None:
    """Let a build give images another tag."""
    role.add_to_policy(
        Statement(
            sid="TagImages",
            actions=("ecr:BatchGetImage", "ecr:DescribeImages", "ecr:PutImage"),
            resources=tuple(repository.arn for repository in repositories),
        )
    )
