"""AWS CodeBuild: moto refuses a pipeline's source, drops settings, and lacks updates and report groups."""

from __future__ import annotations

from typing import Any

from moto.codebuild import responses
from moto.codebuild.models import codebuild_backends
from moto.core.utils import unix_time

from emulator.clock import now
from emulator.errors import AwsError
from emulator.registry import Context, after, operation, patch
from emulator.store import Kind, Shape

REPORT_GROUPS: Kind[Shape] = Kind(
    "report group", missing="ResourceNotFoundException", message="Report group {key} does not exist"
)

_WITHOUT_LOCATION = {"CODEPIPELINE", "NO_ARTIFACTS", "NO_SOURCE"}
_MINUTES = {"timeoutInMinutes": 60, "queuedTimeoutInMinutes": 480}
_DROPPED = (
    "autoRetryLimit",
    "buildBatchConfig",
    "concurrentBuildLimit",
    "encryptionKey",
    "fileSystemLocations",
    "secondaryArtifacts",
    "secondarySources",
)


@patch(responses, "_validate_required_params_source")
def allow_source_without_location(original: Any, source: dict[str, Any]) -> None:
    """Allow the source of a pipeline: moto answers "Project source location is required"."""
    if source["type"] not in _WITHOUT_LOCATION:
        original(source)


@patch(responses, "_validate_required_params_artifacts")
def allow_artifacts_without_location(original: Any, artifacts: dict[str, Any]) -> None:
    """Allow the artifacts of a pipeline."""
    if artifacts["type"] not in _WITHOUT_LOCATION:
        original(artifacts)


@patch(responses, "_validate_required_params_environment")
def allow_newer_environments(original: Any, environment: dict[str, Any]) -> None:
    """Allow every type and size in the model; moto's own list is outdated."""
    del original, environment


@after("codebuild", "CreateProject")
def keep_settings(params: Shape, context: Context) -> None:
    """Store what moto's constructor drops, with AWS's defaults."""
    metadata = _project(params["name"], context)
    metadata.update({member: params[member] for member in _DROPPED if member in params})
    for member, default in _MINUTES.items():
        metadata[member] = params.get(member) or default
    metadata["projectVisibility"] = "PRIVATE"


@operation("codebuild", "UpdateProject")
def update_project(params: Shape, context: Context) -> Shape:
    """Change the given members."""
    metadata = _project(params["name"], context)
    metadata.update(params)
    metadata["lastModified"] = unix_time()
    return {"project": metadata}


@operation("codebuild", "CreateReportGroup")
def create_report_group(params: Shape, context: Context) -> Shape:
    """Store the group under its ARN."""
    arn = context.arn(f"report-group/{params['name']}")
    if arn in context.table(REPORT_GROUPS):
        raise AwsError(code="ResourceAlreadyExistsException", message=f"Report group {arn} already exists")
    group = {
        "arn": arn,
        "name": params["name"],
        "type": params["type"],
        "exportConfig": params["exportConfig"],
        "created": now(),
        "lastModified": now(),
        "tags": params.get("tags") or [],
        "status": "ACTIVE",
    }
    context.table(REPORT_GROUPS)[arn] = group
    return {"reportGroup": group}


@operation("codebuild", "BatchGetReportGroups")
def get_report_groups(params: Shape, context: Context) -> Shape:
    """Return the groups that exist, and the names of the others."""
    table = context.table(REPORT_GROUPS)
    return {
        "reportGroups": [table[arn] for arn in params["reportGroupArns"] if arn in table],
        "reportGroupsNotFound": [arn for arn in params["reportGroupArns"] if arn not in table],
    }


@operation("codebuild", "UpdateReportGroup")
def update_report_group(params: Shape, context: Context) -> Shape:
    """Change the given members."""
    group = context.table(REPORT_GROUPS).require(params["arn"])
    group.update(params, lastModified=now())
    return {"reportGroup": group}


@operation("codebuild", "DeleteReportGroup")
def delete_report_group(params: Shape, context: Context) -> Shape:
    """Delete a group; AWS accepts an unknown one."""
    context.table(REPORT_GROUPS).pop(params["arn"], None)
    return {}


def _project(name: str, context: Context) -> dict[str, Any]:
    projects = context.backend(codebuild_backends).codebuild_projects
    if name not in projects:
        arn = context.arn(f"project/{name}")
        raise AwsError(code="ResourceNotFoundException", message=f"Project cannot be found: {arn}")
    metadata: dict[str, Any] = projects[name].project_metadata
    return metadata
