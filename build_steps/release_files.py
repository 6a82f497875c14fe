"""Writes what the deploy actions need: two files of the image, and two that the layer `service` has made.

imageDetail.json and taskdef.json are for CodeDeploy's action, imagedefinitions.json for that of ECS:
https://docs.aws.amazon.com/codepipeline/latest/userguide/file-reference.html
"""

from __future__ import annotations

import json
import sys
import zlib
from pathlib import Path
from typing import Any, Final

from build_steps.commands import CommandError, StepError, main, run, variable
from build_steps.registry import valid_digest

PLACEHOLDER: Final = "<IMAGE1_NAME>"
TASK_DEFINITION: Final = "taskdef.json"
APP_SPEC: Final = "appspec.yaml"
BUILD: Final = "build.json"
MOST_BYTES: Final = 3_000_000
"""Of the zip that CodeDeploy's action reads: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html"""


def write_release_files(
    folder: Path, *, service: str, bucket: str, image: str, build: dict[str, Any], blue_green: bool
) -> None:
    """Write the files of a service's image into a folder.

    Args:
        folder: Becomes the artifact of the action.
        service: Its folder in the bucket.
        bucket: The bucket of the release files.
        image: Name of the image with its digest.
        build: What is known of the build, for the release.
        blue_green: Whether CodeDeploy deploys it, which needs appspec.yaml.

    Raises:
        StepError: A file is not in the bucket, the task definition has no place for the image, or all files are too
            large for CodeDeploy's action.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in (TASK_DEFINITION, APP_SPEC) if blue_green else (TASK_DEFINITION,):
        _fetch(f"s3://{bucket}/{service}/{name}", folder / name)
    container = _container(folder / TASK_DEFINITION)
    _write(folder / "imageDetail.json", {"ImageURI": image})
    _write(folder / "imagedefinitions.json", [{"name": container, "imageUri": image}])
    _write(folder / BUILD, {**build, "service": service, "image": image})
    if blue_green:
        _require_small(folder)


def _require_small(folder: Path) -> None:
    """The action would end without saying why."""
    sizes = {path.name: len(zlib.compress(path.read_bytes())) for path in folder.rglob("*") if path.is_file()}
    if sum(sizes.values()) > MOST_BYTES:
        largest = max(sizes, key=lambda name: sizes[name])
        message = (
            f"the files of the deployment have {sum(sizes.values()):,} bytes as a zip, and CodeDeploy's action reads "
            f"{MOST_BYTES:,} or fewer; the largest is {largest} with {sizes[largest]:,}: for sbom.json, leave packages "
            "out of the image that the service does not need"
        )
        raise StepError(message)


def is_blue_green(service: str) -> bool:
    """Whether CodeDeploy deploys a service; ECS does the others."""
    return service in variable("BLUE_GREEN_SERVICES", "").split()


def _fetch(source: str, file: Path) -> None:
    try:
        run("aws", "s3", "cp", "--only-show-errors", source, str(file))
    except CommandError as error:
        message = f"{source} cannot be read; apply the layer `service`, which writes it, and check the role ({error})"
        raise StepError(message) from error


def _container(file: Path) -> str:
    """The container that gets the image."""
    try:
        containers = json.loads(file.read_text(encoding="utf-8"))["containerDefinitions"]
        names = [container["name"] for container in containers if container["image"] == PLACEHOLDER]
    except (ValueError, KeyError, TypeError) as error:
        message = f"{file.name} is not a valid task definition ({error!r}); apply the layer `service` again"
        raise StepError(message) from error
    if len(names) != 1:
        message = f"{file.name} must have {PLACEHOLDER} as the image of one container, and has it in {len(names)}"
        raise StepError(message)
    return str(names[0])


def _write(file: Path, content: object) -> None:
    file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _step() -> None:
    repository, digest = variable("REPOSITORY_URL"), valid_digest(variable("IMAGE_DIGEST"))
    write_release_files(
        Path(sys.argv[1]),
        service=variable("SERVICE"),
        bucket=variable("RELEASE_FILES_BUCKET"),
        image=f"{repository}@{digest}",
        build={
            "commit": variable("CODEBUILD_RESOLVED_SOURCE_VERSION"),
            "repository": repository,
            "digest": digest,
            "tag": variable("IMAGE_TAG"),
            "assets": variable("ASSETS_VERSION", ""),
        },
        blue_green=is_blue_green(variable("SERVICE")),
    )


if __name__ == "__main__":
    main(_step)
