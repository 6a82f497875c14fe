"""Image repositories whose tags never move, so that what was tested is what runs."""

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
    """A repository that scans each push, encrypts with our key and keeps as many releases as one may go back.

    A protected one cannot be destroyed; an unprotected one is deleted with its images.
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
        """What comes before `:tag` or `@digest` in an image's name."""
        return self._repository.repository_url

    def grant_pull(self, grantee: Grantable) -> None:
        """Let `grantee` pull images; ECR itself uses the key."""
        grantee.add_to_policy(_LOG_IN, Statement(actions=_PULL, resources=(self.arn,)))

    def grant_push(self, grantee: Grantable) -> None:
        """Let `grantee` push images, and pull them for their layers."""
        grantee.add_to_policy(_LOG_IN, Statement(actions=(*_PULL, *_PUSH), resources=(self.arn,)))


class EnhancedScanning(Construct):
    """Amazon Inspector scans the repositories on push and whenever it learns of a weakness.

    There is one such setting per account and region: it covers only repositories that start with `prefix`.
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


# The token is for the whole registry and says nothing of a repository, so AWS takes no other resource:
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
