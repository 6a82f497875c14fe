"""Starts builds, and refuses what CodeBuild refuses at the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.codebuild.models import codebuild_backends

from emulator.builds.build import BUILDS, Build
from emulator.builds.run import RUNS
from emulator.errors import AwsError
from emulator.permissions import role_trusts
from emulator.registry import REGISTRY

if TYPE_CHECKING:
    from emulator.builds.build import PipelineOrder
    from emulator.store import Shape

_SERVICE = "codebuild.amazonaws.com"
_OVERRIDES = {
    "buildspecOverride": ("source", "buildspec"),
    "sourceTypeOverride": ("source", "type"),
    "sourceLocationOverride": ("source", "location"),
    "imageOverride": ("environment", "image"),
    "computeTypeOverride": ("environment", "computeType"),
    "timeoutInMinutesOverride": ("", "timeoutInMinutes"),
    "serviceRoleOverride": ("", "serviceRole"),
    "logsConfigOverride": ("", "logsConfig"),
}


def start(
    name: str, *, account: str, region: str, params: Shape | None = None, order: PipelineOrder | None = None
) -> Build:
    """Start a build of a project; the caller has the lock.

    Args:
        name: Name of the project.
        account: Its account.
        region: Its region.
        params: What a call of StartBuild changes of the project.
        order: What a pipeline orders.

    Raises:
        AwsError: There is no such project, CodeBuild may not use its role, or only a pipeline can start it.
    """
    projects = codebuild_backends[account][region].codebuild_projects
    if name not in projects:
        arn = f"arn:aws:codebuild:{region}:{account}:project/{name}"
        raise AwsError(code="ResourceNotFoundException", message=f"Project cannot be found: {arn}")
    given = params or {}
    project = _overridden(projects[name].project_metadata, given)
    if project["source"]["type"] == "CODEPIPELINE" and order is None:
        message = "Project source type CODEPIPELINE is not supported for a build that no pipeline starts"
        raise AwsError(code="InvalidInputException", message=message)
    role = project["serviceRole"]
    if not role_trusts(role, _SERVICE):
        # https://docs.aws.amazon.com/codebuild/latest/userguide/troubleshooting.html
        message = f"CodeBuild is not authorized to perform: sts:AssumeRole on {role}"
        raise AwsError(code="InvalidInputException", message=message)
    table = REGISTRY.store.table(BUILDS, account, region)
    build = Build(
        account=account,
        region=region,
        project=project,
        number=sum(one.name == name for one in table.values()) + 1,
        initiator=order.initiator if order else "user",
        source_version=given.get("sourceVersion") or "",
        order=order,
    )
    table[build.id] = build
    RUNS.start(build)
    return build


def _overridden(project: Shape, given: Shape) -> dict[str, Any]:
    found: dict[str, Any] = {
        **project,
        "source": dict(project["source"]),
        "environment": dict(project["environment"]),
    }
    for member, (part, name) in _OVERRIDES.items():
        if member in given:
            (found[part] if part else found)[name] = given[member]
    own = {one["name"]: one for one in found["environment"].get("environmentVariables") or ()}
    own |= {one["name"]: one for one in given.get("environmentVariablesOverride") or ()}
    found["environment"]["environmentVariables"] = list(own.values())
    return found
