"""Publishes the static files of a release that is approved and deployed next: pages, and all others without a hash."""

from __future__ import annotations

from build_steps.assets import copy_from_image
from build_steps.commands import main, variable
from build_steps.inputs import build_of
from build_steps.registry import Repository


def _step() -> None:
    build = build_of(variable("ASSETS_SERVICE"))
    # Not the repository that the artifact names: only this environment's images are published.
    repository = Repository.parse(variable("REPOSITORY_URL"))
    repository.log_in()
    image = f"{repository.url}@{build.digest}"
    found = copy_from_image(image, is_published=True, tested=build.assets)
    print(f"published the static files {found} of {image}")


if __name__ == "__main__":
    main(_step)
