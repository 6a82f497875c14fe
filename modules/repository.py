"""ECR repositories with immutable tags, so that the image that was tested is the image that runs."""

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
    from config.registry import RegistrySettings
    from modules.key import Key

_PULL: Final = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
_PUSH: Final = ("ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart")


class Repository(Construct):
    """A repository that scans each push, encrypts with a customer managed key and keeps a number of releases.

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
        self._repository = EcrRepository(
            self,
            "Default",
            name=f"{prefix}-{service}",
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=EcrRepositoryImageScanningConfiguration(scan_on_push=True),
            encryption_configuration=[EcrRepositoryEncryptionConfiguration(encryption_type="KMS", kms_key=key.arn)],
            force_delete=not protect,
            lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if protect else None,
        )
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
        grantee.add_to_policy(_LOG_IN, Statement(actions=_PULL, resources=(self.arn,)))

    def grant_push(self, grantee: Grantable) -> None:
        """Allow `grantee` to push images, and to pull them for their layers."""
        grantee.add_to_policy(_LOG_IN, Statement(actions=(*_PULL, *_PUSH), resources=(self.arn,)))


class EnhancedScanning(Construct):
    """Amazon Inspector scans the repositories on push and whenever a new vulnerability becomes known.

    An account has one such configuration per region; it covers only repositories that start with `prefix`.
    """

    def __init__(self, scope: Construct, id_: str, *, prefix: str) -> None:
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
                            filter=f"{prefix}-*", filter_type="WILDCARD"
                        )
                    ],
                )
            ],
        )


# The token is for the whole registry, so AWS accepts no other resource:
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
_LOG_IN: Final = Statement(actions=("ecr:GetAuthorizationToken",), resources=("*",))


def _lifecycle(config: RegistrySettings) -> str:
    # https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
    rules = [
        {
            "rulePriority": 1,
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
            "rulePriority": 2,
            "description": f"The newest {config.keep_releases} releases stay",
            "selection": {
                "tagStatus": "tagged",
                "tagPatternList": ["*"],
                "countType": "imageCountMoreThan",
                "countNumber": config.keep_releases,
            },
            "action": {"type": "expire"},
        },
    ]
    return json.dumps({"rules": rules})
