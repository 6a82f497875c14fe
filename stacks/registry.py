"""Layer `registry`: the image repositories, one per service, and the copies of images of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol

from modules.delivery.builds import SBOM_IMAGE
from modules.image_cache import ImageCache
from modules.repository import EnhancedScanning, Repository
from stacks.base import LayerStack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from config.environment import Environment
    from modules.image_cache import Image
    from stacks.state import StateStack


class Images(Protocol):
    """What the tasks of a region pull: the environment's own repositories, or their copies in the second region."""

    @property
    def repositories(self) -> Mapping[str, Repository]:
        """The repository of each service."""

    @property
    def image_cache(self) -> ImageCache:
        """The copies of images of others."""

    @property
    def images(self) -> Mapping[str, Image]:
        """The images of others that tasks use, by what they are for."""


class RegistryStack(LayerStack):
    """ECR repositories and their key."""

    layer: ClassVar[str] = "registry"

    def __init__(self, scope: Construct, *, config: Environment, state: StateStack) -> None:
        super().__init__(scope, config=config, state=state)
        key = self.key("key", name="registry", protects="Images")
        self.repositories = {
            service: Repository(
                # Not the name alone: a service can have the same name as another construct of this stack.
                self,
                f"{service}-images",
                config=config.registry,
                prefix=config.repository_prefix,
                service=service,
                key=key,
                protect=config.protect_data,
            )
            for service in config.services
        }
        others = task_images(config)
        if config.delivery and config.delivery.builds:
            others["sbom"] = SBOM_IMAGE
        self.image_cache = cache = ImageCache(
            self,
            "public-images",
            label=self.label,
            key=key,
            images=others,
            kept=config.registry.kept_copies,
            protect=config.protect_data,
        )
        self.images = cache.images
        if config.registry.scanning == "enhanced":
            EnhancedScanning(self, "scanning", prefixes=repository_starts(config, cache))
        for service, repository in self.repositories.items():
            self.output(f"{service}_repository_url", repository.url)


def task_images(config: Environment) -> dict[str, str]:
    """The images of others that tasks use, by what they are for."""
    images = {"placeholder": config.deployment.placeholder_image}
    if any(service.tracing for service in config.services.values()):
        images["collector"] = config.cluster.collector_image
    return images


def copied_repositories(config: Environment, cache: ImageCache) -> list[str]:
    """What starts the names of the repositories of the environment, and of no other one of the account.

    The names of services' repositories in full: the start that they share can be the one of another environment, too.
    """
    return [*config.repository_names, f"{cache.prefix}/"]


def repository_starts(config: Environment, cache: ImageCache) -> list[str]:
    """The starts of the names of all repositories of the environment, none of which is the start of another."""
    own, copies = f"{config.repository_prefix}-", f"{cache.prefix}/"
    return [own] if copies.startswith(own) else [own, copies]
