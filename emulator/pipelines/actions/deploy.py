"""Actions that deploy to ECS by CodeDeploy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError, ParamValidationError

from emulator.pipelines import rights
from emulator.pipelines.artifacts import read_file

if TYPE_CHECKING:
    from emulator.pipelines.work import Work

_RIGHTS: Final = (
    "codedeploy:CreateDeployment",
    "codedeploy:GetApplication",
    "codedeploy:GetApplicationRevision",
    "codedeploy:GetDeployment",
    "codedeploy:GetDeploymentConfig",
    "codedeploy:RegisterApplicationRevision",
    "ecs:RegisterTaskDefinition",
)
"""https://docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html"""
_IMAGES: Final = range(1, 5)
_MOST_BYTES: Final = 3 * 1024 * 1024
"""Of each artifact: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html"""
_TASK_DEFINITION: Final = "<TASK_DEFINITION>"
_ENDED: Final = frozenset({"Succeeded", "Failed", "Stopped"})


def run(work: Work) -> None:
    """Register the task definition with the images of the release, and deploy it.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html
    """
    application, group = work.setting("ApplicationName"), work.setting("DeploymentGroupName")
    rights.require(work.role, _RIGHTS, what=f"the AWS CodeDeploy application {application}")
    for artifact in work.run.inputs:
        if len(work.store.get(artifact)) > _MOST_BYTES:
            work.fail(
                f"Exception while trying to read the task definition artifact file from: {artifact.name}. It is larger "
                "than 3 MB"
            )
    definition = _task_definition(work)
    if definition.get("taskRoleArn") or definition.get("executionRoleArn"):
        rights.require(work.role, ("iam:PassRole",), what="the roles of the task definition")
    appspec = _file(work, "AppSpecTemplate", "appspec.yaml", "appspec")
    if _TASK_DEFINITION not in appspec:
        work.fail(f"The appspec file does not contain the placeholder {_TASK_DEFINITION}")
    deployment = _start(work, definition, appspec, application=application, group=group)
    work.run.external_id = deployment
    work.run.external_url = (
        f"https://console.aws.amazon.com/codesuite/codedeploy/deployments/{deployment}?region={work.execution.region}"
    )
    client = work.session.client("codedeploy")
    while True:
        found = client.get_deployment(deploymentId=deployment)["deploymentInfo"]
        if found["status"] in _ENDED:
            break
        work.pause()
    work.run.summary = f"Deployment {found['status']}"
    if found["status"] != "Succeeded":
        error = found.get("errorInformation") or {}
        work.fail(
            f"The deployment {deployment} ended as {found['status']}: {error.get('code')}: {error.get('message')}",
            "JobFailed",
        )
    work.run.variables = {"DeploymentId": deployment}


def _start(work: Work, definition: dict[str, Any], appspec: str, *, application: str, group: str) -> str:
    try:
        registered = work.session.client("ecs").register_task_definition(**definition)["taskDefinition"]
        content = appspec.replace(_TASK_DEFINITION, str(registered["taskDefinitionArn"]))
        started = work.session.client("codedeploy").create_deployment(
            applicationName=application,
            deploymentGroupName=group,
            revision={"revisionType": "AppSpecContent", "appSpecContent": {"content": content}},
        )
    except ParamValidationError as error:
        work.fail(
            f"Exception while trying to read the task definition artifact file from: "
            f"{work.configuration.get('TaskDefinitionTemplateArtifact')}. {error}"
        )
    except ClientError as error:
        found = error.response["Error"]
        work.fail(f"{found['Message']} (Error Code: {found['Code']})")
    return str(started["deploymentId"])


def _task_definition(work: Work) -> dict[str, Any]:
    """The input of RegisterTaskDefinition, with its images."""
    text = _file(work, "TaskDefinitionTemplate", "taskdef.json", "task definition")
    for number in _IMAGES:
        artifact = work.configuration.get(f"Image{number}ArtifactName")
        if not artifact:
            continue
        name = work.setting(f"Image{number}ContainerName")
        detail = read_file(work.input(artifact)[1], "imageDetail.json")
        try:
            image = json.loads(detail or "")["ImageURI"]
        except (ValueError, KeyError, TypeError):
            work.fail(f"Exception while trying to read the image artifact file imageDetail.json from: {artifact}")
        placeholder = f"<{name}>"
        if placeholder not in text:
            work.fail(f"The task definition file does not contain the placeholder {placeholder}")
        text = text.replace(placeholder, str(image))
    try:
        found: dict[str, Any] = json.loads(text)
    except ValueError as error:
        work.fail(
            "Exception while trying to read the task definition artifact file from: "
            f"{work.configuration.get('TaskDefinitionTemplateArtifact')}. It is not valid JSON: {error}"
        )
    return found


def _file(work: Work, prefix: str, default: str, what: str) -> str:
    """A file that the action's configuration names."""
    artifact = work.setting(f"{prefix}Artifact")
    path = work.configuration.get(f"{prefix}Path") or default
    text = read_file(work.input(artifact)[1], path)
    if text is None:
        work.fail(f"Exception while trying to read the {what} artifact file from: {artifact}: {path} is missing")
    return text
