"""Which images a lifecycle policy expires, evaluated as ECR does.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html (evaluation rules)
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from compliance.image_expiry import selects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_MORE_THAN: Final = "imageCountMoreThan"
_SINCE: Final = "sinceImagePushed"


@dataclass(frozen=True, kw_only=True)
class StoredImage:
    """An image of a repository."""

    digest: str
    tags: tuple[str, ...]
    pushed: datetime


def expired(policy: str, images: Iterable[StoredImage], *, now: datetime) -> set[str]:
    """The digests of the images that the policy expires.

    Every rule is evaluated on all images first, and then applied in the order of priority. An image belongs to the
    first rule that its tags match: no later rule can expire it, whether or not the first one does.

    Raises:
        ValueError: The policy has a kind of rule that is not evaluated here.
    """
    known = list(images)
    taken: set[str] = set()
    ended: set[str] = set()
    for rule in sorted(json.loads(policy)["rules"], key=lambda one: int(one["rulePriority"])):
        matching = [image for image in known if selects(rule["selection"], image.tags)]
        over = {image.digest for image in _exceeding(rule["selection"], matching, now)}
        ended |= over - taken
        taken |= {image.digest for image in matching}
    return ended


def _exceeding(selection: dict[str, Any], matching: Sequence[StoredImage], now: datetime) -> Iterator[StoredImage]:
    kind, number = selection["countType"], int(selection["countNumber"])
    if kind == _MORE_THAN:
        yield from sorted(matching, key=lambda image: image.pushed, reverse=True)[number:]
    elif kind == _SINCE and selection.get("countUnit") == "days":
        yield from (image for image in matching if now - image.pushed > timedelta(days=number))
    else:
        message = f"the lifecycle policy counts by {kind}, which is not evaluated here; allowed: {_MORE_THAN}, {_SINCE}"
        raise ValueError(message)


def after_further_builds(images: Sequence[StoredImage], *, builds: int, now: datetime) -> list[StoredImage]:
    """The same images, with so many further builds that no release used, one each hour from now on."""
    later = (
        StoredImage(
            digest=f"sha256:{number:064x}",
            tags=(f"build-{now + timedelta(hours=number):%Y%m%dT%H%M%SZ}-{number:040x}",),
            pushed=now + timedelta(hours=number),
        )
        for number in range(1, builds + 1)
    )
    return [*images, *later]
