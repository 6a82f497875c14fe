"""CloudWatch Synthetics: moto's canaries have timestamps that the Go SDK cannot read."""

from __future__ import annotations

import uuid

from emulator.clock import now
from emulator.errors import AwsError
from emulator.registry import Context, operation
from emulator.services.synthetics_checks import DEFAULT_MEMORY_MB, default_timeout_seconds, refuse, refuse_code
from emulator.store import Kind, Shape

CANARIES: Kind[Shape] = Kind("canary", missing="ResourceNotFoundException", message="Canary not found with name {key}")

_RETENTION_DAYS = 31
# https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_DeleteCanary.html (names of log groups)
_KEPT_CHARACTERS = 21
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
    identifier = str(uuid.uuid4())
    resource = f"cwsyn-{name[:_KEPT_CHARACTERS]}-{identifier}"
    canary = {
        "Id": identifier,
        "Name": name,
        "Code": {
            "SourceLocationArn": context.arn(f"layer:{resource}:1", service="lambda"),
            "Handler": params["Code"].get("Handler"),
        },
        "ExecutionRoleArn": params["ExecutionRoleArn"],
        "Schedule": {"DurationInSeconds": 0, **params["Schedule"]},
        "RunConfig": {
            "TimeoutInSeconds": default_timeout_seconds(params["Schedule"]["Expression"]),
            "MemoryInMB": DEFAULT_MEMORY_MB,
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
    refuse(canary, params)
    refuse_code(params["Code"], canary["RuntimeVersion"])
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
    """Replace whole members; schedule, run configuration and code are merged.

    Another runtime needs the code again: https://github.com/hashicorp/terraform-provider-aws/issues/46792
    """
    canary = context.table(CANARIES).require(params["Name"])
    code = params.get("Code") or {}
    if params.get("RuntimeVersion", canary["RuntimeVersion"]) != canary["RuntimeVersion"] and not code:
        message = "Code must be provided when updating to a different runtime"
        raise AwsError(code="ValidationException", message=message)
    changed = {
        **canary,
        **{key: params[key] for key in _REPLACED if key in params},
        **{key: {**canary[key], **(params.get(key) or {})} for key in ("Schedule", "RunConfig")},
        "Code": {**canary["Code"], **({"Handler": code["Handler"]} if "Handler" in code else {})},
    }
    changed["ArtifactS3Location"] = changed["ArtifactS3Location"].removeprefix("s3://")
    refuse(changed, params)
    refuse_code({"Handler": changed["Code"]["Handler"], **code}, changed["RuntimeVersion"])
    canary.update(changed)
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
