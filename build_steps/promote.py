"""Takes over a release of another environment: the same images by digest, with this environment's own release files."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from build_steps.assets import copy_from_image
from build_steps.commands import StepError, main, run, variable
from build_steps.registry import Repository, expected_repository, named_repositories
from build_steps.release import read_release, release_tag
from build_steps.release_files import is_blue_green, write_release_files
from build_steps.scan import scan

if TYPE_CHECKING:
    from collections.abc import Mapping


def copy_image(source: Repository, target: Repository, *, digest: str, tag: str) -> None:
    """Copy an image with its digest; one that is there already stays.

    Raises:
        StepError: What arrived has another digest.
    """
    present = target.digest(tag)
    if not present:
        # Without this option buildx makes an index around an image for one processor, which is another digest:
        # https://docs.docker.com/reference/cli/docker/buildx/imagetools/create/
        run(
            *("docker", "buildx", "imagetools", "create", "--prefer-index=false", "--tag", f"{target.url}:{tag}"),
            f"{source.url}@{digest}",
        )
        present = target.digest(tag)
    if present != digest:
        message = (
            f"{target.name}:{tag} is {present or 'not there'}, and {digest} was tested; do not deploy it: delete that "
            "tag and promote again"
        )
        raise StepError(message)


def promote(release: Mapping[str, Any], repositories: Mapping[str, Repository], folder: Path) -> None:
    """Copy all images, then write the files of each service into a folder of its name.

    Raises:
        StepError: The services of the two environments differ, or something of the release cannot be taken over.
    """
    services: dict[str, dict[str, str]] = release["services"]
    if set(services) != set(repositories):
        message = (
            f"the release has {', '.join(sorted(services))}, and this environment {', '.join(sorted(repositories))}: "
            "both must have the same services"
        )
        raise StepError(message)
    tag = release_tag(release["release"])
    sources = {
        name: expected_repository(name, service["repository"], "SOURCE_REPOSITORY_URLS")
        for name, service in services.items()
    }
    for repository in {one.host: one for one in (*sources.values(), *repositories.values())}.values():
        repository.log_in()
    for name, service in services.items():
        copy_image(sources[name], repositories[name], digest=service["digest"], tag=tag)
        scan(repositories[name], service["digest"])
        print(f"promoted {name}: {repositories[name].url}@{service['digest']}", flush=True)
    for name, service in services.items():
        image = f"{repositories[name].url}@{service['digest']}"
        assets = _copy_assets(name, image, release["assets"].get(name, ""))
        write_release_files(
            folder / name,
            service=name,
            bucket=variable("RELEASE_FILES_BUCKET"),
            image=image,
            build={
                "commit": release["commit"],
                "repository": repositories[name].url,
                "digest": service["digest"],
                "tag": service["tag"],
                "assets": assets,
            },
            blue_green=is_blue_green(name),
        )


def _copy_assets(service: str, image: str, tested: str) -> str:
    """Copy only what users do not see yet, because the release is not approved."""
    if service != os.environ.get("ASSETS_SERVICE"):
        return ""
    return copy_from_image(image, is_published=False, tested=tested)


def _step() -> None:
    release = read_release(Path(variable("CODEBUILD_SRC_DIR")))
    promote(release, named_repositories("REPOSITORY_URLS"), Path(sys.argv[1]))


if __name__ == "__main__":
    main(_step)
