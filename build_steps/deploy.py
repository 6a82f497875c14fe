"""Deploys a service that ECS itself replaces task by task: a revision of its task definition, and the service with it.

Not the pipeline's action for ECS: it takes the revision that runs and changes only the image, so a new setting would
never arrive, and the first release would run with the command of the placeholder.
https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECS.html
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from build_steps.commands import CommandError, StepError, aws, main, run, variable
from build_steps.registry import named_repositories
from build_steps.release_files import PLACEHOLDER, TASK_DEFINITION


def task_definition(folder: Path) -> dict[str, Any]:
    """The input of RegisterTaskDefinition, with the image of the release.

    Raises:
        StepError: The artifact does not have both.
    """
    try:
        image = str(json.loads((folder / "imageDetail.json").read_text(encoding="utf-8"))["ImageURI"])
        definition: dict[str, Any] = json.loads((folder / TASK_DEFINITION).read_text(encoding="utf-8"))
        containers = definition["containerDefinitions"]
        places = [container for container in containers if container["image"] == PLACEHOLDER]
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{folder} has no valid {TASK_DEFINITION} and imageDetail.json ({error!r}); run the build again"
        raise StepError(message) from error
    known = [f"{one.url}@" for one in named_repositories("REPOSITORY_URLS").values()]
    if not image.startswith(tuple(known)):
        message = (
            f"the image is {image}, and it must be one of {', '.join(known)} (REPOSITORY_URLS): nothing was deployed; "
            "find which build has written that, and start the pipeline again"
        )
        raise StepError(message)
    for container in places:
        container["image"] = image
    return definition


def deploy(folder: Path, *, cluster: str, service: str) -> str:
    """Register the task definition, start the deployment and wait for its end; return the revision's ARN.

    Raises:
        StepError: ECS has gone back to the version before.
    """
    registered = aws("ecs", "register-task-definition", "--cli-input-json", json.dumps(task_definition(folder)))
    revision = str(registered["taskDefinition"]["taskDefinitionArn"])
    where = ("--cluster", cluster)
    aws("ecs", "update-service", *where, "--service", service, "--task-definition", revision)
    try:
        run("aws", "ecs", "wait", "services-stable", *where, "--services", service)
    except CommandError as error:
        message = f"{service} is not stable with {revision}; read its events with `aws ecs describe-services` ({error})"
        raise StepError(message) from error
    (found,) = aws("ecs", "describe-services", *where, "--services", service)["services"]
    if found["taskDefinition"] != revision:
        message = (
            f"{service} runs {found['taskDefinition']}, because ECS has rolled {revision} back; read its events with "
            "`aws ecs describe-services`"
        )
        raise StepError(message)
    return revision


def _step() -> None:
    revision = deploy(Path(variable("CODEBUILD_SRC_DIR")), cluster=variable("CLUSTER"), service=variable("ECS_SERVICE"))
    print(f"deployed: {revision}", flush=True)


if __name__ == "__main__":
    main(_step)
