"""ECR repositories with immutable tags, so that the image that was tested is the image that runs.

A pipeline pushes an image with a tag `build-..`, and adds a tag `release-..` to it before it deploys it: only then is
it safe from the expiry of builds, which counts pushes and does not know what runs.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.ecr_lifecycle_policy import EcrLifecyclePolicy
from cdktf_cdktf_provider_aws.ecr_registry_scanning_configuration import (
    EcrRegistryScanningConfiguration,
    EcrRegistryScanningConfigurationRule,
    EcrRegistryScanningConfigurationRuleRepositoryFilter,
)
from cdktf_cdktf_provider_aws.ecr_repository import (
    EcrRepository,
    EcrRepositoryEncryptionConfiguration,
    EcrRepositoryImageScanningConfiguration,
)
from constructs import Construct

from modules.policy import Grantable, Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.registry import RegistrySettings
    from modules.key import Key

BUILD_TAGS: Final = "build-*"
"""Tags of images that a pipeline pushed; they expire."""
RELEASE_TAGS: Final = "release-*"
"""Tags that a pipeline adds to an image that it deploys; they never expire."""

PULL: Final = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
# More images than a repository can have, so a rule with this count expires none:
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html (images per repository)
_MORE_THAN_ANY: Final = 1_000_000
_PUSH: Final = ("ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart")


class Repository(Construct):
    """A repository that scans each push, encrypts with a customer managed key, keeps releases and some builds.

    A protected repository cannot be destroyed; an unprotected one is deleted with its images.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: RegistrySettings,
        prefix: str,
        service: str,
        key: Key,
        protect: bool,
    ) -> None:
        super().__init__(scope, id_)
        self._repository = immutable_repository(self, "Default", name=f"{prefix}-{service}", key=key, protect=protect)
        EcrLifecyclePolicy(self, "lifecycle", repository=self._repository.name, policy=_lifecycle(config))

    @cached_property
    def arn(self) -> str:
        """ARN of the repository."""
        return self._repository.arn

    @property
    def name(self) -> str:
        """Name of the repository."""
        return self._repository.name

    @property
    def url(self) -> str:
        """The image name without `:tag` or `@digest`."""
        return self._repository.repository_url

    def grant_pull(self, grantee: Grantable) -> None:
        """Allow `grantee` to pull images; ECR itself uses the key."""
        grantee.add_to_policy(LOG_IN, Statement(actions=PULL, resources=(self.arn,)))

    def grant_push(self, grantee: Grantable) -> None:
        """Allow `grantee` to push images, and to pull them for their layers."""
        grantee.add_to_policy(LOG_IN, Statement(actions=(*PULL, *_PUSH), resources=(self.arn,)))


def immutable_repository(scope: Construct, id_: str, *, name: str, key: Key, protect: bool) -> EcrRepository:
    """A repository whose tags cannot be moved, scanned at each push and encrypted with the key."""
    return EcrRepository(
        scope,
        id_,
        name=name,
        image_tag_mutability="IMMUTABLE",
        image_scanning_configuration=EcrRepositoryImageScanningConfiguration(scan_on_push=True),
        encryption_configuration=[EcrRepositoryEncryptionConfiguration(encryption_type="KMS", kms_key=key.arn)],
        force_delete=not protect,
        lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if protect else None,
    )


class EnhancedScanning(Construct):
    """Amazon Inspector scans the repositories on push and whenever a new vulnerability becomes known.

    An account has one such configuration per region; it covers only repositories that start with one of `prefixes`.
    """

    def __init__(self, scope: Construct, id_: str, *, prefixes: Sequence[str]) -> None:
        super().__init__(scope, id_)
        EcrRegistryScanningConfiguration(
            self,
            "Default",
            scan_type="ENHANCED",
            rule=[
                EcrRegistryScanningConfigurationRule(
                    scan_frequency="CONTINUOUS_SCAN",
                    repository_filter=[
                        EcrRegistryScanningConfigurationRuleRepositoryFilter(
                            filter=f"{prefix}*", filter_type="WILDCARD"
                        )
                        for prefix in prefixes
                    ],
                )
            ],
        )


# The token is for the whole registry, so AWS accepts no other resource:
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
LOG_IN: Final = Statement(actions=("ecr:GetAuthorizationToken",), resources=("*",))


def _lifecycle(config: RegistrySettings) -> str:
    # https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
    rules = [
        {
            "rulePriority": 1,
            "description": "Releases stay: a rule after this one cannot expire an image that matches this one",
            # A rule matches an image that has all tags of its list, whatever others it has. A released image also has
            # its build's tag, so without this rule the last one would expire it.
            "selection": {
                "tagStatus": "tagged",
                "tagPatternList": [RELEASE_TAGS],
                "countType": "imageCountMoreThan",
                "countNumber": _MORE_THAN_ANY,
            },
            "action": {"type": "expire"},
        },
        {
            "rulePriority": 2,
            # An image of a manifest list has no tag either, but ECR keeps it as long as the list.
            "description": f"Untagged images go after {config.untagged_days} days",
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": config.untagged_days,
            },
            "action": {"type": "expire"},
        },
        {
            "rulePriority": 3,
            "description": f"The newest {config.keep_builds} builds stay",
            "selection": {
                "tagStatus": "tagged",
                "tagPatternList": [BUILD_TAGS],
                "countType": "imageCountMoreThan",
                "countNumber": config.keep_builds,
            },
            "action": {"type": "expire"},
        },
    ]
    return json.dumps({"rules": rules})
