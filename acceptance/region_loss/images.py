"""Markers in the registry: the images of a service."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from acceptance.region_loss.world import World

RELEASE: Final = "release-rehearsal"
"""The tag of the images that run when the region is lost."""
_MANIFEST: Final = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.oci.image.manifest.v1+json",
    "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "size": 2, "digest": f"sha256:{'0' * 64}"},
    "layers": [],
}


@dataclass(frozen=True)
class ImageTags:
    """The images of a service in the registry of a region; a pipeline pushes to the environment's own only."""

    world: World
    service: str
    keeps_all: bool = True

    @property
    def name(self) -> str:
        """What is written, in words."""
        return f"an image of {self.service}"

    def write(self, region: str, text: str) -> str | None:
        """Push an image with a tag that begins with that of a release."""
        if region != self.world.environment.region:
            return None
        manifest = json.dumps({**_MANIFEST, "annotations": {"service": self.service, "text": text}})
        tag = f"{RELEASE}-{text.replace(' ', '-')}"
        self.world.client("ecr", region).put_image(
            repositoryName=self._repository, imageTag=tag, imageManifest=manifest
        )
        return text

    def find(self, region: str) -> set[str]:
        """Read the tags of all images."""
        ecr = self.world.client("ecr", region)
        listed = ecr.list_images(repositoryName=self._repository)["imageIds"]
        tags = {one["imageTag"] for one in listed if one.get("imageTag", "").startswith(f"{RELEASE}-")}
        return {tag.removeprefix(f"{RELEASE}-").replace("-", " ") for tag in tags}

    @property
    def _repository(self) -> str:
        return f"{self.world.environment.repository_prefix}-{self.service}"
