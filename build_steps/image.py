"""The tag of a build, and whether its image exists: a second run of a commit uses the image of the first.

Tags are `build-<time>-<commit>`. They cannot be moved, and CodePipeline repeats a stage as a whole.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from build_steps.commands import StepError, main, variable
from build_steps.registry import Repository, valid_digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from build_steps.registry import Image

_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_TIME: Final = "%Y%m%dT%H%M%SZ"


def commit() -> str:
    """The commit that the pipeline has taken from the repository."""
    found = variable("CODEBUILD_RESOLVED_SOURCE_VERSION")
    if not _COMMIT.fullmatch(found):
        message = f"the source is {found!r}, not a commit; the primary source of this action must be the repository"
        raise StepError(message)
    return found


@dataclass(frozen=True)
class Found:
    """What the repository has for a commit."""

    tag: str
    """To build with, or that of the earlier build."""
    digest: str
    """Of the earlier build; empty without one."""
    newest: str
    """The newest tag of any build, whose layers may be used again; empty without one."""


def find(images: Sequence[Image], *, prefix: str, revision: str, rebuild: bool) -> Found:
    """Find the newest build of a commit, unless it shall be built again; the time in a tag sorts."""
    digests = {tag: image.digest for image in images for tag in image.tags if tag.startswith(prefix)}
    of_commit = "" if rebuild else max((tag for tag in digests if tag.endswith(f"-{revision}")), default="")
    return Found(
        tag=of_commit or f"{prefix}{datetime.now(UTC).strftime(_TIME)}-{revision}",
        digest=digests.get(of_commit, ""),
        newest=max(digests, default=""),
    )


def pushed_digest(repository: Repository, tag: str, metadata: Path) -> str:
    """The digest that the registry has for a tag, which must be what BuildKit says that it has pushed."""
    digest = repository.digest(tag)
    if not digest:
        message = f"{repository.name} has no image {tag} after the push; run the build again"
        raise StepError(message)
    built = json.loads(metadata.read_text(encoding="utf-8")).get("containerimage.digest") or digest
    if built != digest:
        message = f"the registry has {digest} for {tag}, and the build pushed {built}; run the build again"
        raise StepError(message)
    return valid_digest(digest)


def _step() -> None:
    repository = Repository.parse(variable("REPOSITORY_URL"))
    match sys.argv[1:]:
        case ["find"]:
            prefix, rebuild = variable("IMAGE_TAG_PREFIX", "build-"), variable("REBUILD", "false") == "true"
            found = find(repository.images(), prefix=prefix, revision=commit(), rebuild=rebuild)
            print(f"export IMAGE_TAG={found.tag} IMAGE_DIGEST={found.digest} NEWEST_TAG={found.newest}")
        case ["pushed", tag, metadata]:
            print(pushed_digest(repository, tag, Path(metadata)))
        case other:
            message = f"{other} is not valid; use: find, or pushed TAG FILE"
            raise StepError(message)


if __name__ == "__main__":
    main(_step)
