"""Settings of the layer `registry`: the repositories of the services' images."""

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from config.images import PublicRepository
from config.model import Model

_PREFIX: Final = r"[a-z][a-z0-9]*(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)*"
_PREFIX_LENGTH: Final = 200
"""Leaves room for a service's name: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html"""
_MAX_IMAGES: Final = 1000
_MAX_DAYS: Final = 3650


def _prefix(value: str) -> str:
    if re.fullmatch(_PREFIX, value) and len(value) <= _PREFIX_LENGTH:
        return value
    message = (
        "is not a valid start of a repository name; use lowercase letters, digits, single hyphens and slashes, "
        f"and start with a letter (at most {_PREFIX_LENGTH} characters)"
    )
    raise ValueError(message)


class RegistrySettings(Model):
    """The image repositories, one per service."""

    repository_prefix: Annotated[
        str | None,
        AfterValidator(lambda value: value if value is None else _prefix(value)),
        WithJsonSchema({"type": "string", "pattern": f"^{_PREFIX}$", "maxLength": _PREFIX_LENGTH}),
    ] = None
    """The repositories are named <prefix>-<service>; without it, <project>-<service>.

    Two environments in one account and region need different ones.
    """

    keep_builds: int = Field(ge=2, le=_MAX_IMAGES)
    """Number of the newest images per service whose only tags are build-..; one with a tag release-.. always stays.

    Each GB costs 0.10 USD a month.
    """

    untagged_days: int = Field(ge=1, le=_MAX_DAYS)
    """Days after which an image without a tag is deleted."""

    kept_copies: tuple[PublicRepository, ...] = Field(
        default=("aws-observability/aws-otel-collector", "docker/library/python"),
        json_schema_extra={"uniqueItems": True},
    )
    """Repositories of public.ecr.aws whose copies stay also if the settings name no image of them.

    Tasks that run need the copy of their image until the next release. Add the repository of another image to the list
    when you change that image or switch tracing off.
    """

    scanning: Literal["basic", "enhanced"]
    """basic scans on push; enhanced also when a vulnerability becomes known, for the whole account.

    enhanced costs 0.09 USD for each new image, and 0.01 USD for each further scan of it.
    """
