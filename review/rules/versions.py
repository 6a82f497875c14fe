"""Versions that go backwards: of engines, platforms and runtimes, and of the releases that images are."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from review.changes import CHANGE, REPLACE
from review.finding import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from review.changes import ResourceChange

_ARGUMENTS: Final = (
    "cluster_version",
    "db_cluster_version",
    "engine_version",
    "kafka_version",
    "kubernetes_version",
    "platform_version",
    "release_version",
    "runtime",
    "runtime_version",
    "version",
)
_CONTAINERS: Final = "container_definitions"
_NUMBERS: Final = re.compile(r"\d+")
_IMAGE: Final = re.compile(r"(?P<repository>[^@]*?)(?::(?P<tag>[\w][\w.-]{0,127}))?(?:@(?P<digest>.*))?")
"""https://docs.docker.com/reference/cli/docker/image/tag/"""


def versions_that_go_back(changes: Sequence[ResourceChange]) -> Iterator[Finding]:
    """A finding for each version that is lower afterwards."""
    for change in changes:
        if change.kind not in {CHANGE, REPLACE}:
            continue
        for name in _ARGUMENTS:
            if goes_back(change.old(name), change.new(name)):
                yield _finding(change, f"{name} {change.show(name)}")
        for text in _images(change):
            yield _finding(change, text)


def goes_back(old: object, new: object) -> bool:
    """Whether a version is lower than another one of the same kind: 15.2 than 16.4, `python3.11` than `python3.12`.

    Texts that differ in more than numbers are not compared, nor is 16 with 16.4.
    """
    if not isinstance(old, str) or not isinstance(new, str):
        return False
    # 16.4 and 15 differ in a point, too.
    if _NUMBERS.sub("", old) != _NUMBERS.sub("", new) and not (_is_plain(old) and _is_plain(new)):
        return False
    before, after = (list(map(int, _NUMBERS.findall(one))) for one in (old, new))
    shorter = min(len(before), len(after))
    return bool(shorter) and after[:shorter] < before[:shorter]


def _is_plain(version: str) -> bool:
    return bool(re.fullmatch(r"\d+(\.\d+)*", version))


def _finding(change: ResourceChange, text: str) -> Finding:
    return Finding(action="go-back", level=Level.APPROVAL, address=change.address, text=text)


def _images(change: ResourceChange) -> Iterator[str]:
    before, after = containers(change.old(_CONTAINERS)), containers(change.new(_CONTAINERS))
    for name, image in after.items():
        old, new = _IMAGE.fullmatch(before.get(name, "")), _IMAGE.fullmatch(image)
        if old and new and old["repository"] == new["repository"] and goes_back(old["tag"], new["tag"]):
            texts = [change.mask.show(tag, "tag") for tag in (old["tag"], new["tag"])]
            yield f"image of the container {change.mask.show(name, 'name')}: {' -> '.join(texts)}"


def containers(text: object) -> Mapping[str, str]:
    """The image of each container of a task definition, by name; empty if it is not known."""
    try:
        listed = json.loads(text) if isinstance(text, str) else []
    except ValueError:
        return {}
    return {
        str(one.get("name")): str(one.get("image"))
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict)
    }
