"""Container images and their registries."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, WithJsonSchema

_HOST: Final = r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?\.[a-z]{2,}"
_PATH: Final = r"[a-z0-9]+([._/-]+[a-z0-9]+)*"
_IMAGE: Final = rf"{_HOST}/{_PATH}(:[A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}}|@sha256:[0-9a-f]{{64}})"
_PRIVATE: Final = r"[0-9]{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/.+"


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


def is_in_ecr(image: str) -> bool:
    """Whether the image is in a private ECR registry, which is reachable through interface endpoints."""
    return re.fullmatch(_PRIVATE, image) is not None


ContainerImage = Annotated[
    str,
    AfterValidator(_image),
    WithJsonSchema({"type": "string", "pattern": f"^{_IMAGE}$"}),
]
"""An image by registry, repository and tag or digest."""
