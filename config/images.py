"""Container images and their registries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import AfterValidator, WithJsonSchema

from config.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from config.services import ServiceSettings

_HOST: Final = r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?\.[a-z]{2,}"
_PATH: Final = r"[a-z0-9]+([._/-]+[a-z0-9]+)*"
_IMAGE: Final = rf"{_HOST}/{_PATH}(:[A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}}|@sha256:[0-9a-f]{{64}})"
_PUBLIC: Final = "public.ecr.aws/"
"""The only registry that ECR copies from without credentials and that every account can use.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
"""


def _image(value: str) -> str:
    if not re.fullmatch(_IMAGE, value):
        message = (
            "is not a valid image with its registry and its tag or digest; "
            'use one like "public.ecr.aws/docker/library/python:3.13-slim"'
        )
        raise ValueError(message)
    if value.endswith(":latest"):
        message = 'must not have the tag "latest", because its image changes; use a version'
        raise ValueError(message)
    return value


def _public_path(value: str) -> str:
    if not re.fullmatch(_PATH, value) or value.startswith(_PUBLIC):
        message = f'is not a valid name of a repository in {_PUBLIC.rstrip("/")}; use one like "docker/library/python"'
        raise ValueError(message)
    return value


def registry_host(account_id: str, region: str) -> str:
    """The host of an account's own registry in a region."""
    return f"{account_id}.dkr.ecr.{region}.amazonaws.com"


def is_public(image: str) -> bool:
    """Whether the image is in ECR Public."""
    return image.startswith(_PUBLIC)


def repository_path(image: str) -> str:
    """The name of the image's repository in its registry."""
    _, _, path = image.partition("/")
    return re.split(r"[:@]", path, maxsplit=1)[0]


def image_reference(image: str) -> str:
    """The image's `:tag` or `@digest`."""
    _, _, path = image.partition("/")
    return path.removeprefix(repository_path(image))


def check_images(
    *,
    account_id: str,
    region: str,
    network__nat_gateways: str,
    deployment__placeholder_image: str,
    cluster__collector_image: str,
    services: Mapping[str, ServiceSettings],
) -> Iterator[Problem]:
    """Every image comes from the account's own registry, which copies those of ECR Public at the first pull."""
    own = registry_host(account_id, region)
    needed = {"deployment.placeholder_image": deployment__placeholder_image}
    if any(service.tracing for service in services.values()):
        needed["cluster.collector_image"] = cluster__collector_image
    for key, image in needed.items():
        path = repository_path(image)
        copy = f'copy it to a repository of your own and use that by digest, like "{own}/copies/name@sha256:..."'
        if is_public(image) and network__nat_gateways == "none":
            # https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html (considerations)
            yield Problem(
                key=key,
                value=image,
                allowed=f"without NAT gateways ECR cannot copy a public image at its first pull; {copy}",
            )
        elif not is_public(image) and not image.startswith(f"{own}/"):
            yield Problem(
                key=key,
                value=image,
                allowed=f"must be in {_PUBLIC.rstrip('/')}, from which ECR copies it, or in the account's own "
                f"registry; {copy}",
            )
        elif not is_public(image) and "@" not in image:
            tag = image_reference(image).removeprefix(":")
            yield Problem(
                key=key,
                value=image,
                allowed="must have a digest, because the tags of that repository may be moved; "
                f"`aws ecr describe-images --repository-name {path} --image-ids imageTag={tag}` prints it",
            )


PublicRepository = Annotated[
    str,
    AfterValidator(_public_path),
    WithJsonSchema({"type": "string", "pattern": f"^{_PATH}$"}),
]
"""The name of a repository in ECR Public, without the registry and without a tag."""

ContainerImage = Annotated[
    str,
    AfterValidator(_image),
    WithJsonSchema({"type": "string", "pattern": f"^{_IMAGE}$"}),
]
"""An image by registry, repository and tag or digest."""
