"""CloudWatch Synthetics: moto's canaries have timestamps that the Go SDK cannot read."""

from __future__ import annotations

import uuid

from emulator.clock import now
from emulator.errors import AwsError
from emulator.registry import Context, operation
from emulator.store import Kind, Shape

CANARIES: Kind[Shape] = Kind("canary", missing="ResourceNotFoundException", message="Canary not found with name {key}")

_RETENTION_DAYS = 31
_REPLACED = (
    "ArtifactConfig",
    "ArtifactS3Location",
    "ExecutionRoleArn",
    "FailureRetentionPeriodInDays",
    "RuntimeVersion",
    "SuccessRetentionPeriodInDays",
    "VpcConfig",
)


@operation("synthetics", "CreateCanary")
def create_canary(params: Shape, context: Context) -> Shape:
    """Store the canary with AWS's defaults."""
    name = params["Name"]
    if name in context.table(CANARIES):
        raise AwsError(code="ConflictException", message=f"A canary already exists with name {name}")
    resource = f"cwsyn-{name}"
    canary = {
        "Id": str(uuid.uuid4()),
        "Name": name,
        "Code": {
            "SourceLocationArn": context.arn(f"layer:{resource}:1", service="lambda"),
            "Handler": params["Code"].get("Handler"),
        },
        "ExecutionRoleArn": params["ExecutionRoleArn"],
        "Schedule": {"DurationInSeconds": 0, **params["Schedule"]},
        "RunConfig": {
            "TimeoutInSeconds": 840,
            "MemoryInMB": 1000,
            "ActiveTracing": False,
            **(params.get("RunConfig") or {}),
        },
        "SuccessRetentionPeriodInDays": params.get("SuccessRetentionPeriodInDays") or _RETENTION_DAYS,
        "FailureRetentionPeriodInDays": params.get("FailureRetentionPeriodInDays") or _RETENTION_DAYS,
        "Status": {"State": "READY", "StateReasonCode": "CREATE_PENDING"},
        "Timeline": {"Created": now(), "LastModified": now()},
        "ArtifactS3Location": params["ArtifactS3Location"].removeprefix("s3://"),
        "EngineArn": context.arn(f"function:{resource}:1", service="lambda"),
        "RuntimeVersion": params["RuntimeVersion"],
        "VpcConfig": params.get("VpcConfig"),
        "ArtifactConfig": params.get("ArtifactConfig"),
        "Tags": params.get("Tags") or {},
    }
    context.table(CANARIES)[name] = canary
    return {"Canary": canary}


@operation("synthetics", "GetCanary")
def get_canary(params: Shape, context: Context) -> Shape:
    """Return one canary."""
    return {"Canary": context.table(CANARIES).require(params["Name"])}


@operation("synthetics", "DescribeCanaries")
def describe_canaries(params: Shape, context: Context) -> Shape:
    """List the canaries, or those with the given names."""
    names = params.get("Names")
    canaries = context.table(CANARIES).values()
    return {"Canaries": [canary for canary in canaries if not names or canary["Name"] in names]}


@operation("synthetics", "UpdateCanary")
def update_canary(params: Shape, context: Context) -> Shape:
    """Replace whole members; schedule, run configuration and code are merged."""
    canary = context.table(CANARIES).require(params["Name"])
    canary.update({key: params[key] for key in _REPLACED if key in params})
    canary["ArtifactS3Location"] = canary["ArtifactS3Location"].removeprefix("s3://")
    for key in ("Schedule", "RunConfig"):
        canary[key].update(params.get(key) or {})
    if "Handler" in (params.get("Code") or {}):
        canary["Code"]["Handler"] = params["Code"]["Handler"]
    canary["Timeline"]["LastModified"] = now()
    return {}


@operation("synthetics", "StartCanary")
def start_canary(params: Shape, context: Context) -> Shape:
    """Run."""
    context.table(CANARIES).require(params["Name"])["Status"] = {"State": "RUNNING"}
    return {}


@operation("synthetics", "StopCanary")
def stop_canary(params: Shape, context: Context) -> Shape:
    """Stop."""
    context.table(CANARIES).require(params["Name"])["Status"] = {"State": "STOPPED"}
    return {}


@operation("synthetics", "DeleteCanary")
def delete_canary(params: Shape, context: Context) -> Shape:
    """Forget."""
    context.table(CANARIES).remove(params["Name"])
    return {}


@operation("synthetics", "TagResource")
def tag_canary(params: Shape, context: Context) -> Shape:
    """Add tags to a canary."""
    _by_arn(params, context)["Tags"].update(params["Tags"])
    return {}


@operation("synthetics", "UntagResource")
def untag_canary(params: Shape, context: Context) -> Shape:
    """Remove tags from a canary."""
    tags = _by_arn(params, context)["Tags"]
    for key in params["TagKeys"]:
        tags.pop(key, None)
    return {}


@operation("synthetics", "ListTagsForResource")
def list_canary_tags(params: Shape, context: Context) -> Shape:
    """List a canary's tags."""
    return {"Tags": _by_arn(params, context)["Tags"]}


def _by_arn(params: Shape, context: Context) -> Shape:
    return context.table(CANARIES).require(params["ResourceArn"].rsplit(":", maxsplit=1)[-1])
