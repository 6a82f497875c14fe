"""Replication of Amazon ECR: moto keeps the configuration of a registry, and copies nothing.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

from moto.ecr.models import ecr_backends

from emulator.errors import AwsError
from emulator.outages.state import lost_since
from emulator.registry import Context, after, operation
from emulator.validate import check_call

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emulator.store import Shape

# The same page.
_MOST_RULES: Final = 10
_MOST_DESTINATIONS: Final = 25
_IMMUTABLE: Final = "IMMUTABLE"
# What ECR gives a repository that it makes for a copy: the settings of the source are not copied.
_NEW_REPOSITORY: Final[dict[str, Any]] = {
    "registry_id": None,
    "encryption_config": {"encryptionType": "AES256"},
    "image_scan_config": {"scanOnPush": False},
    "image_tag_mutability": "MUTABLE",
    "tags": [],
}


@operation("ecr", "PutReplicationConfiguration")
def put_configuration(params: Shape, context: Context) -> Shape:
    """Store the configuration; moto takes one rule only. It is about later pushes: nothing is copied now."""
    check_call(params, context)
    configuration = params["replicationConfiguration"]
    for problem in _problems(configuration["rules"], context):
        raise AwsError(
            code="InvalidParameterException",
            message=f"Invalid parameter at 'replicationConfiguration' failed to satisfy constraint: '{problem}'",
        )
    context.backend(ecr_backends).replication_config = configuration
    return {"replicationConfiguration": configuration}


@after("ecr", "PutImage")
def copy_image(params: Shape, context: Context) -> None:
    """Copy a pushed image, which includes a further tag of one that is there; a copy is not copied on.

    A lost region does not get it, not even when it is back: that ECR tries again is on no page, and the next push of
    the image, or of a tag of it, copies it.
    """
    source = context.backend(ecr_backends)
    name = params["repositoryName"]
    image = _image(source.repositories[name], params)
    for account, region in _destinations(source, name):
        if lost_since(region) is None:
            _copy(ecr_backends[account][region], name, image)


@operation("ecr", "DescribeImageReplicationStatus")
def describe_status(params: Shape, context: Context) -> Shape:
    """Return the copies of an image that are there: a copy takes no time here, and minutes on AWS."""
    source = context.backend(ecr_backends)
    name = params["repositoryName"]
    # moto's own refusal of a repository or an image that is not there
    source.batch_get_image(name, None, [params["imageId"]])
    found = source._get_repository(name)._get_image(  # noqa: SLF001
        params["imageId"].get("imageTag"), params["imageId"].get("imageDigest")
    )
    statuses = [
        {"region": region, "registryId": account, "status": "COMPLETE"}
        for account, region in _destinations(source, name)
        if _find(ecr_backends[account][region], name, found.image_digest)
    ]
    return {"repositoryName": name, "imageId": found.image_id, "replicationStatuses": statuses}


def _problems(rules: Sequence[Shape], context: Context) -> Iterator[str]:
    if len(rules) > _MOST_RULES:
        yield f"A replication configuration can have at most {_MOST_RULES} rules"
    places = {(one["registryId"], one["region"]) for rule in rules for one in rule["destinations"]}
    if (context.account, context.region) in places:
        yield "Replication destination cannot be the same as the source registry"
    if len(places) > _MOST_DESTINATIONS:
        yield f"A replication configuration can have at most {_MOST_DESTINATIONS} unique destinations"


def _destinations(source: Any, name: str) -> Iterator[tuple[str, str]]:
    """Find the registries, each once, of the rules with a filter that the repository's name starts with."""
    found = {
        (one["registryId"], one["region"]): None
        for rule in source.replication_config["rules"]
        if not rule.get("repositoryFilters") or any(name.startswith(one["filter"]) for one in rule["repositoryFilters"])
        for one in rule["destinations"]
    }
    yield from found


def _image(repository: Any, params: Shape) -> Any:
    """Return the image that was pushed: by its tag, or the one with this manifest."""
    return next(
        one
        for one in reversed(repository.images)
        if one.image_manifest == params["imageManifest"]
        and (not params.get("imageTag") or params["imageTag"] in one.image_tags)
    )


def _find(registry: Any, name: str, digest: str) -> Any | None:
    images = registry.repositories[name].images if name in registry.repositories else ()
    return next((one for one in images if one.image_digest == digest), None)


def _copy(registry: Any, name: str, image: Any) -> None:
    """Give another registry the image with its tags.

    A tag that another image has moves from it, or, in a repository with immutable tags, is left out.
    """
    if name not in registry.repositories:
        registry.create_repository(name, **_NEW_REPOSITORY)
    repository = registry.repositories[name]
    held = _find(registry, name, image.image_digest)
    if held is None:
        held = copy.copy(image)
        held.image_tags, held.image_tag = [], None
        repository.images.append(held)
    for tag in image.image_tags:
        other = next((one for one in repository.images if tag in one.image_tags and one is not held), None)
        if other and repository.image_tag_mutability == _IMMUTABLE:
            continue
        if other:
            other.remove_tag(tag)
        held.update_tag(tag)
