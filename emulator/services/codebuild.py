"""AWS CodeBuild: moto refuses a pipeline's source, drops settings, and lacks updates and report groups."""

from __future__ import annotations

from typing import Any, Final, NoReturn

from moto.codebuild import responses
from moto.codebuild.models import codebuild_backends
from moto.core.utils import unix_time
from moto.ec2.models import ec2_backends

from emulator.clock import now
from emulator.errors import AwsError
from emulator.permissions import role_actions
from emulator.registry import Context, after, guard, operation, patch
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


# https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-compute-types.html
_SIZES: Final = {
    "ARM_CONTAINER": {"SMALL", "MEDIUM", "LARGE", "XLARGE", "2XLARGE"},
    "LINUX_CONTAINER": {"SMALL", "MEDIUM", "LARGE", "XLARGE", "2XLARGE"},
    "LINUX_GPU_CONTAINER": {"SMALL", "LARGE"},
    "WINDOWS_SERVER_2019_CONTAINER": {"MEDIUM", "LARGE"},
    "WINDOWS_SERVER_2022_CONTAINER": {"MEDIUM", "LARGE", "XLARGE"},
}
_SIZE: Final = "BUILD_GENERAL1_"
# https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html
_OWN_IMAGES: Final = "aws/codebuild/"
_FOR_ARM: Final = "aarch64"
# https://docs.aws.amazon.com/codebuild/latest/userguide/troubleshooting.html#troubleshooting-vpc
_VPC_RIGHTS: Final = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeVpcs",
    "ec2:CreateNetworkInterfacePermission",
)
# https://github.com/aws/aws-cdk/issues/30326
_MOST_CHARACTERS: Final = 25_600


@guard("codebuild", "CreateProject", "UpdateProject")
def refuse_impossible_project(params: Shape, context: Context) -> None:
    """Refuse a machine that there is not, a buildspec that is too long, and a network that the role cannot join.

    AWS publishes the words of few of these refusals: https://github.com/hashicorp/terraform-provider-aws/issues/3104
    has those of a role without rights.
    """
    environment = params.get("environment")
    if environment:
        _refuse_machine(environment)
    if len((params.get("source") or {}).get("buildspec") or "") > _MOST_CHARACTERS:
        _refuse(f"Invalid buildspec: it must have {_MOST_CHARACTERS} characters or fewer")
    place = params.get("vpcConfig") or {}
    if place.get("vpcId"):
        role = params.get("serviceRole") or _project(params["name"], context)["serviceRole"]
        _refuse_place(place, role, context)


def _refuse_machine(environment: Shape) -> None:
    kind, size, image = environment["type"], environment["computeType"], environment["image"]
    sizes = _SIZES.get(kind)
    if sizes is not None and size.startswith(_SIZE) and size.removeprefix(_SIZE) not in sizes:
        _refuse(f"Invalid compute type {size} for the environment type {kind}")
    if image.startswith(_OWN_IMAGES) and (kind == "ARM_CONTAINER") != (_FOR_ARM in image):
        _refuse(f"The image {image} is not available for the environment type {kind}")


def _refuse_place(place: Shape, role: str, context: Context) -> None:
    allowed = role_actions(role, _VPC_RIGHTS)
    for right in _VPC_RIGHTS:
        if right not in allowed:
            _refuse(f"Not authorized to perform {right.removeprefix('ec2:')}")
    backend = context.backend(ec2_backends)
    vpc = place["vpcId"]
    for subnet in place.get("subnets") or ():
        found = backend.get_subnet(subnet)  # moto's own refusal of an unknown one
        if found.vpc_id != vpc:
            _refuse(f"Subnet {subnet} is not in the VPC {vpc}")
    for group in place.get("securityGroupIds") or ():
        known = backend.get_security_group_from_id(group)
        if known is None or known.vpc_id != vpc:
            _refuse(f"Security group {group} is not in the VPC {vpc}")


def _refuse(message: str) -> NoReturn:
    raise AwsError(code="InvalidInputException", message=message)


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


@operation("codebuild", "DeleteProject")
def delete_project(params: Shape, context: Context) -> Shape:
    """Delete a project by its name or its ARN; AWS accepts an unknown one.

    Terraform's provider passes the ARN, which is the id of the resource; moto knows names only.
    """
    projects = context.backend(codebuild_backends).codebuild_projects
    projects.pop(params["name"].rpartition("project/")[2], None)
    return {}


@operation("codebuild", "ListReportGroups")
def list_report_groups(_: Shape, context: Context) -> Shape:
    """List the ARNs of all groups."""
    return {"reportGroups": list(context.table(REPORT_GROUPS))}


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
