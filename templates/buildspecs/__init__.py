"""Buildspecs of the pipelines' CodeBuild projects, and the programs that they fetch.

No text here has `${`: Terraform would read it as an expression, and a shell does without. What a step writes is in
`.delivery`, a folder that no repository of an application has.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import build_steps
from templates import render

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_CHARACTERS: Final = 25_600
"""The longest buildspec that CodeBuild takes in a project: https://github.com/aws/aws-cdk/issues/30326"""
MOST_ARTIFACTS: Final = 5
"""The most input artifacts, and the most output artifacts, of an action of CodeBuild.

https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-action-artifacts.html
"""
PROGRAMS_KEY: Final = "build-steps/programs.zip"
"""The object with the programs; a project names the version of it that it was applied with."""
FOLDER_CHARACTERS: Final = 10
"""Characters of an artifact's name that CodePipeline has in the keys of its objects, like SourceArti of SourceArtifact.

https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-view-cli.html#pipelines-action-executions-cli
https://repost.aws/questions/QUI91tw7A9SUOMohJurNqmgA/code-pipeline-truncates-folder-names-in-output-artifact-s-3-bucket
"""
_READABLE: Final = 4
"""Characters of a long name before its hash."""
RELEASE_OBJECT: Final = "release.zip"
"""The object below RELEASES_URL that the next environment's pipeline has as its source."""


def programs() -> dict[str, str]:
    """The text of each program by the name of its file."""
    folder = Path(build_steps.__file__).parent
    return {file.name: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.py"))}


def artifact(service: str) -> str:
    """The name of the artifact with the build of a service; CodeBuild makes a variable of it.

    The folder of an artifact has the first ten characters of its name, and the rights of the builds are on folders. A
    name of nine characters or fewer differs in them from every other one; a longer one gets a hash there.
    """
    name = service.replace("-", "_")
    if len(service) >= FOLDER_CHARACTERS:
        name = f"{name[:_READABLE]}_{hashlib.sha256(service.encode()).hexdigest()[: FOLDER_CHARACTERS - _READABLE - 1]}"
    return f"{name}_build"


def service_build(*, assets: bool) -> str:
    """Build the image of a service; `assets`: copy its static files with a hash in their name too."""
    return render("buildspecs/service.yaml.j2", assets=assets)


def integration_tests(*, report_group: str) -> str:
    """Run the application's integration tests; `report_group` is a name or an ARN."""
    return render("buildspecs/integration-tests.yaml.j2", report_group=report_group)


def load_test(*, report_group: str) -> str:
    """Ask the environment under load; `report_group` is a name or an ARN."""
    return render("buildspecs/load-test.yaml.j2", report_group=report_group)


def migrations(*, urls: Mapping[str, str]) -> str:
    """Run the migrations; `urls` has the names of parameters by variable: DATABASE_URL, DOCUMENTDB_URL."""
    return render("buildspecs/migrate.yaml.j2", urls=dict(urls))


def promotion(*, services: Sequence[str]) -> str:
    """Take over a release: an artifact for each service."""
    return render("buildspecs/promote.yaml.j2", services=list(services), artifact=artifact)


def release_tags() -> str:
    """Tag the images of a release."""
    return render("buildspecs/tag-release.yaml.j2")


def publication() -> str:
    """Publish the static files of a release."""
    return render("buildspecs/publish.yaml.j2")


def hand_over() -> str:
    """Write the release for the next environment."""
    return render("buildspecs/hand-over.yaml.j2", object=RELEASE_OBJECT)


def deployment() -> str:
    """Deploy a service that ECS replaces task by task."""
    return render("buildspecs/deploy.yaml.j2")
