"""The builds among the input artifacts of an action, wherever CodeBuild has put each."""

from __future__ import annotations

import json
import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from build_steps.commands import StepError, main
from build_steps.registry import Repository, expected_repository, valid_digest
from build_steps.release_files import BUILD

# The primary artifact is in CODEBUILD_SRC_DIR, each other one in CODEBUILD_SRC_DIR_<its name>:
# https://docs.aws.amazon.com/codebuild/latest/userguide/sample-multi-in-out.html
_FOLDERS: Final = "CODEBUILD_SRC_DIR"


@dataclass(frozen=True)
class Build:
    """What the build of a service has left."""

    folder: Path
    service: str
    commit: str
    repository: str
    digest: str
    tag: str
    assets: str
    """Version of its static files; empty without any."""

    @property
    def image(self) -> str:
        """Name of the image, with its digest."""
        return f"{self.repository}@{self.digest}"


def read_build(folder: Path) -> Build:
    """Read a build's artifact.

    Raises:
        StepError: Its description is not valid, or names a repository that is not the one of the service.
    """
    file = folder / BUILD
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        fields = {name: str(content[name]) for name in ("service", "commit", "repository", "digest", "tag", "assets")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{file} is not a valid description of a build ({error!r}); run the build again"
        raise StepError(message) from error
    valid_digest(fields["digest"])
    expected_repository(fields["service"], fields["repository"], "REPOSITORY_URLS")
    return Build(folder=folder, **fields)


def builds() -> dict[str, Build]:
    """The builds by service.

    Raises:
        StepError: There is none.
    """
    folders = [Path(value) for name, value in sorted(os.environ.items()) if name.startswith(_FOLDERS)]
    found = [read_build(folder) for folder in folders if (folder / BUILD).exists()]
    if not found:
        message = f"no input has a {BUILD}; the builds of the services must be inputs of this action"
        raise StepError(message)
    return {build.service: build for build in found}


def build_of(service: str) -> Build:
    """The build of one service.

    Raises:
        StepError: It is not an input.
    """
    found = builds()
    if service not in found:
        message = f"the build of {service} is not an input of this action, only {', '.join(sorted(found))}; add it"
        raise StepError(message)
    return found[service]


def image_variable(service: str) -> str:
    """The variable that has the image of a service: BACKEND_IMAGE."""
    return f"{service.upper().replace('-', '_')}_IMAGE"


def _step() -> None:
    """Let docker pull the images, and print the variables that name them, for the shell to read."""
    found = builds().values()
    for repository in {one.host: one for one in (Repository.parse(build.repository) for build in found)}.values():
        repository.log_in()
    for build in found:
        print(f"export {image_variable(build.service)}={shlex.quote(build.image)}")


if __name__ == "__main__":
    main(_step)
