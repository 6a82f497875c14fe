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
    from collections.abc import Mapping, Sequence

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
    """The repositories of the images of others that an environment uses or has used.

    An image that is in the account's registry already is used as it is. There is no lifecycle policy: an image that is
    pulled by digest has no tag, and would expire while it runs.

    A copy that cannot be pulled any more stops no task that runs, but no further one of the same revision starts. So
    each repository has the address of its name: another image adds one, and the old one stays while it is in `kept`.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        key: Key,
        images: Mapping[str, str],
        kept: Sequence[str],
        protect: bool,
    ) -> None:
        """Create the repositories.

        Args:
            label: Names them.
            key: Encrypts the images.
            images: The images that are used, by what they are for.
            kept: Names of repositories in the public registry whose copies stay, whether they are used or not.
            protect: Whether they cannot be destroyed.
        """
        super().__init__(scope, id_)
        # With the environment's name: an account has one rule for a prefix.
        self.prefix = prefix = label.name("public", limit=NameLimit.PULL_THROUGH_PREFIX)
        used = [repository_path(image) for image in images.values() if is_public(image)]
        if used:  # what was copied once can be pulled without the rule
            EcrPullThroughCacheRule(
                self, "Default", ecr_repository_prefix=prefix, upstream_registry_url=_PUBLIC_REGISTRY
            )
        for path in dict.fromkeys([*used, *kept]):
            id_of_path = path.replace("/", "--")  # a name has one hyphen at a time, so no two have the same id
            immutable_repository(self, id_of_path, name=f"{prefix}/{path}", key=key, protect=protect)
        self.images = {name: _image(label, image, prefix=prefix) for name, image in images.items()}
        self._kept_arns = tuple(label.arn("ecr", f"repository/{prefix}/{path}") for path in kept)

    def grant_pull_kept(self, grantee: Grantable) -> None:
        """Allow `grantee` to pull the copies that are kept: a task that runs has the images of its revision."""
        if self._kept_arns:
            grantee.add_to_policy(LOG_IN, Statement(actions=PULL, resources=self._kept_arns))


def _image(label: Label, image: str, *, prefix: str) -> Image:
    path = repository_path(image)
    name = f"{prefix}/{path}" if is_public(image) else path
    return Image(
        # Literals, not the repository's attributes: rules and people can read where an image comes from.
        uri=f"{registry_host(label.account_id, label.region)}/{name}{image_reference(image)}",
        repository_arn=label.arn("ecr", f"repository/{name}"),
        is_copy=is_public(image),
    )
