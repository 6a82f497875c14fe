"""The images of which a task runs: their age, and what their scans find."""

from __future__ import annotations

import logging
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

LOGGER = logging.getLogger()

# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html
_MOST_TASKS: Final = 100
_URI: Final = re.compile(r"[^/]+/(?P<repository>[^:@]+)(?::[^@]+)?(?:@(?P<digest>sha256:[0-9a-f]{64}))?")
_BUILT: Final = re.compile(r"(?:build|release)-(?P<time>[0-9]{8}T[0-9]{6}Z)-")
_TIME: Final = "%Y%m%dT%H%M%S%z"
_DAY_SECONDS: Final = 86_400
_PAUSE_SECONDS: Final = 10.0
_UNTIL_DONE: Final = frozenset({"IN_PROGRESS", "PENDING"})
_DONE: Final = frozenset({"ACTIVE", "COMPLETE"})
_SCANNED_TODAY: Final = "LimitExceededException"
"""An image can be scanned once in 24 hours.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_StartImageScan.html
"""
_UNSUPPORTED: Final = frozenset({"UNSUPPORTED_IMAGE", "UnsupportedImageTypeException"})
"""Of an image that its build has accepted without a scan (`ALLOW_UNSCANNED`)."""


@dataclass(frozen=True, order=True)
class Image:
    """An image of a repository of the environment."""

    repository: str
    digest: str

    def __str__(self) -> str:
        return f"{self.repository}@{self.digest}"


@dataclass(frozen=True, kw_only=True)
class Images:
    """What the tasks of a cluster run, of some repositories: not their placeholders and sidecars."""

    ecs: Any
    ecr: Any
    cluster: str
    repositories: Collection[str]

    def running(self) -> list[Image]:
        """Each image once."""
        return sorted({image for container in self._containers() if (image := self._image(container)) is not None})

    def oldest_days(self, images: Collection[Image], *, now: datetime) -> float:
        """The age of the oldest one, in days: since it was built, which its tags say, else since it was pushed."""
        return max((now - self._built(image)).total_seconds() for image in images) / _DAY_SECONDS

    def _containers(self) -> Iterator[dict[str, Any]]:
        for page in self.ecs.get_paginator("list_tasks").paginate(cluster=self.cluster, desiredStatus="RUNNING"):
            arns = page["taskArns"]
            for first in range(0, len(arns), _MOST_TASKS):
                answer = self.ecs.describe_tasks(cluster=self.cluster, tasks=arns[first : first + _MOST_TASKS])
                for task in answer["tasks"]:
                    yield from task["containers"]

    def _image(self, container: dict[str, Any]) -> Image | None:
        found = _URI.fullmatch(container.get("image", ""))
        if found is None or found["repository"] not in self.repositories:
            return None
        digest = found["digest"] or container.get("imageDigest")  # none while it is still pulled
        return Image(found["repository"], digest) if digest else None

    def _built(self, image: Image) -> datetime:
        (found,) = self.ecr.describe_images(repositoryName=image.repository, imageIds=[{"imageDigest": image.digest}])[
            "imageDetails"
        ]
        times = [match["time"] for tag in found.get("imageTags", []) if (match := _BUILT.match(tag))]
        pushed: datetime = found["imagePushedAt"]
        return min((datetime.strptime(one, _TIME).astimezone(UTC) for one in times), default=pushed)


@dataclass(frozen=True, kw_only=True)
class Scans:
    """What ECR finds in images."""

    ecr: Any
    starts: bool
    """Whether a scan must be started; Amazon Inspector scans continuously."""
    allowed: Collection[str]
    """Findings that do not concern the services."""
    sleep: Callable[[float], None] = field(default=time.sleep)

    def findings(self, images: Collection[Image], *, deadline: float) -> tuple[dict[Image, set[str]], dict[Image, str]]:
        """The critical findings of each image, and why there is no result of the others.

        Args:
            images: What is scanned.
            deadline: By `time.monotonic`: when a result is not waited for any longer.
        """
        found: dict[Image, set[str]] = {}
        missing: dict[Image, str] = {}
        for image in images if self.starts else ():
            self._start(image)
        for image in images:
            status = self._wait(image, deadline=deadline)
            if status in _DONE:
                found[image] = self._critical(image)
            elif status in _UNSUPPORTED:
                LOGGER.warning("%s: ECR cannot scan it, so its vulnerabilities are unknown", image)
            else:
                missing[image] = status
        return found, missing

    def _start(self, image: Image) -> None:
        try:
            self.ecr.start_image_scan(repositoryName=image.repository, imageId={"imageDigest": image.digest})
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code != _SCANNED_TODAY and code not in _UNSUPPORTED:
                raise

    def _wait(self, image: Image, *, deadline: float) -> str:
        while True:
            status = self._status(image)
            if status not in _UNTIL_DONE or time.monotonic() >= deadline:
                return status
            self.sleep(_PAUSE_SECONDS)

    def _status(self, image: Image) -> str:
        try:
            answer = self.ecr.describe_image_scan_findings(**_of(image), maxResults=1)
        except ClientError as error:
            if (code := str(error.response["Error"]["Code"])) == "ScanNotFoundException":
                return code
            raise
        status = str(answer["imageScanStatus"]["status"])
        # The status can come seconds before the findings: https://github.com/aws/aws-sdk/issues/289
        is_there = (answer.get("imageScanFindings") or {}).get("imageScanCompletedAt")
        return "IN_PROGRESS" if status == "COMPLETE" and not is_there else status

    def _critical(self, image: Image) -> set[str]:
        names: set[str] = set()
        for page in self.ecr.get_paginator("describe_image_scan_findings").paginate(**_of(image)):
            result = page.get("imageScanFindings", {})
            names |= {one["name"] for one in result.get("findings", []) if one["severity"] == "CRITICAL"}
            names |= {
                one["packageVulnerabilityDetails"]["vulnerabilityId"]
                for one in result.get("enhancedFindings", [])
                # https://docs.aws.amazon.com/inspector/v2/APIReference/API_Finding.html: suppressed ones do not count
                if one["severity"] == "CRITICAL" and one.get("status", "ACTIVE") == "ACTIVE"
            }
        return names - set(self.allowed)


def _of(image: Image) -> dict[str, Any]:
    return {"repositoryName": image.repository, "imageId": {"imageDigest": image.digest}}
