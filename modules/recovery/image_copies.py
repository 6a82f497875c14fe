"""Copies of the images in the second region: the repositories that receive them, and the replication of the registry.

ECR makes a repository that is missing there, but without tags that are immutable, key, scan and lifecycle. It copies
each push and each further tag, and no deletion: the lifecycle of a copy expires what the one of its source does.
https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.ecr_replication_configuration import (
    EcrReplicationConfiguration,
    EcrReplicationConfigurationReplicationConfiguration,
    EcrReplicationConfigurationReplicationConfigurationRule,
    EcrReplicationConfigurationReplicationConfigurationRuleDestination,
    EcrReplicationConfigurationReplicationConfigurationRuleRepositoryFilter,
)
from constructs import Construct

from modules.image_cache import ImageCache
from modules.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from config.registry import RegistrySettings
    from modules.key import Key
    from modules.label import Label


_MAX_FILTERS: Final = 100


class ImageCopies(Construct):
    """The repositories of the second region, with the names and settings of their sources.

    Those of public images have a way of their own to the public registry: a task there starts also with an image that
    was never pulled in the other region.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: RegistrySettings,
        label: Label,
        key: Key,
        repository_prefix: str,
        services: Sequence[str],
        public_images: Mapping[str, str],
        protect: bool,
    ) -> None:
        """Create the repositories.

        Args:
            config: What is kept in them.
            label: Names them, in the second region.
            key: Encrypts the images.
            repository_prefix: The start of the names of the services' repositories.
            services: The services.
            public_images: The images of others that tasks use, by what they are for.
            protect: Refuse to destroy them.
        """
        super().__init__(scope, id_)
        self.repositories = {
            service: Repository(
                # Not the name alone: a service can have the same name as another construct.
                self,
                f"{service}-images",
                config=config,
                prefix=repository_prefix,
                service=service,
                key=key,
                protect=protect,
            )
            for service in services
        }
        self.image_cache = ImageCache(
            self,
            "public",
            label=label,
            key=key,
            images=public_images,
            kept=config.kept_copies,
            protect=protect,
        )
        self.images = self.image_cache.images
        """The images of others that tasks use, by what they are for."""


class RegistryReplication(Construct):
    """ECR copies what is pushed to the repositories with one of `prefixes` to the registry of another region.

    An account has one such configuration per region, so one environment of the account can have it there. A rule has
    100 filters at most, and a configuration 10 rules:
    https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ReplicationRule.html
    """

    def __init__(self, scope: Construct, id_: str, *, label: Label, region: str, prefixes: Sequence[str]) -> None:
        super().__init__(scope, id_)
        EcrReplicationConfiguration(
            self,
            "Default",
            replication_configuration=EcrReplicationConfigurationReplicationConfiguration(
                rule=[
                    EcrReplicationConfigurationReplicationConfigurationRule(
                        destination=[
                            EcrReplicationConfigurationReplicationConfigurationRuleDestination(
                                region=region, registry_id=label.account_id
                            )
                        ],
                        repository_filter=[
                            EcrReplicationConfigurationReplicationConfigurationRuleRepositoryFilter(
                                filter=prefix, filter_type="PREFIX_MATCH"
                            )
                            for prefix in some
                        ],
                    )
                    for some in (prefixes[at : at + _MAX_FILTERS] for at in range(0, len(prefixes), _MAX_FILTERS))
                ]
            ),
        )
