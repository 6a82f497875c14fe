"""Images of others, as copies in the account's own registry: a task must start while a public registry does not answer.

ECR copies an image of ECR Public the first time that it is pulled. The repositories of the copies are made here and not
by ECR, so they are encrypted with the layer's key, scanned, and their tags are immutable: a tag that was copied once is
the same image for ever, whatever the public registry does with it.
https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.ecr_pull_through_cache_rule import EcrPullThroughCacheRule
from constructs import Construct

from config.images import image_reference, is_public, registry_host, repository_path
from modules.label import Label, NameLimit
from modules.policy import Grantable, Statement
from modules.repository import LOG_IN, PULL, immutable_repository

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modules.key import Key

_PUBLIC_REGISTRY: Final = "public.ecr.aws"
_COPY: Final = "ecr:BatchImportUpstreamImage"
"""Lets a pull make the copy; `ecr:CreateRepository` is not needed, because the repository exists.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
"""


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image in the account's own registry."""

    uri: str
    """Its name for a container, with tag or digest."""
    repository_arn: str
    is_copy: bool
    """Whether ECR copies it at the first pull."""

    def grant_pull(self, grantee: Grantable) -> None:
        """Allow `grantee` to pull the image, and so to copy it if it is a copy."""
        actions = (*PULL, _COPY) if self.is_copy else PULL
        grantee.add_to_policy(LOG_IN, Statement(actions=actions, resources=(self.repository_arn,)))


class ImageCache(Construct):
    """The repositories of the images of others that an environment uses, by what they are for.

    An image that is in the account's registry already is used as it is. There is no lifecycle policy: an image that is
    pulled by digest has no tag, and would expire while it runs.
    """

    def __init__(
        self, scope: Construct, id_: str, *, label: Label, key: Key, images: Mapping[str, str], protect: bool
    ) -> None:
        super().__init__(scope, id_)
        # With the environment's name: an account has one rule for a prefix.
        self.prefix = prefix = label.name("public", limit=NameLimit.PULL_THROUGH_PREFIX)
        public = {name: image for name, image in images.items() if is_public(image)}
        if public:
            EcrPullThroughCacheRule(
                self, "Default", ecr_repository_prefix=prefix, upstream_registry_url=_PUBLIC_REGISTRY
            )
        repositories = {repository_path(image): name for name, image in reversed(public.items())}
        for path, name in repositories.items():
            immutable_repository(self, name, name=f"{prefix}/{path}", key=key, protect=protect)
        self.images = {name: _image(label, image, prefix=prefix) for name, image in images.items()}


def _image(label: Label, image: str, *, prefix: str) -> Image:
    path = repository_path(image)
    name = f"{prefix}/{path}" if is_public(image) else path
    return Image(
        # Literals, not the repository's attributes: rules and people can read where an image comes from.
        uri=f"{registry_host(label.account_id, label.region)}/{name}{image_reference(image)}",
        repository_arn=label.arn("ecr", f"repository/{name}"),
        is_copy=is_public(image),
    )
