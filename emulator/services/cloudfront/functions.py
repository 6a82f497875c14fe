"""CloudFront functions: moto cannot publish or update them, and accepts any name and size."""

from __future__ import annotations

import re
from typing import Final

from emulator.clock import now
from emulator.errors import AwsError
from emulator.registry import Context, operation
from emulator.services.cloudfront.etag import new_id, require_match
from emulator.services.cloudfront.usage import functions_of, users_by_behavior
from emulator.store import Kind, Scope, Shape

FUNCTIONS: Kind[Shape] = Kind(
    "cloudfront function",
    missing="NoSuchFunctionExists",
    message="The specified function does not exist.",
    scope=Scope.ACCOUNT,
)

_DRAFT: Final = "DEVELOPMENT"
LIVE: Final = "LIVE"
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-functions
_MOST_BYTES: Final = 10 * 1024
_NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@operation("cloudfront", "CreateFunction")
def create_function(params: Shape, context: Context) -> Shape:
    """Store the code as a draft."""
    name = params["Name"]
    if not _NAME.fullmatch(name):
        message = f'The name "{name}" must have 1 to 64 letters, digits, "-" and "_".'
        raise AwsError(code="InvalidArgument", message=message)
    if name in context.table(FUNCTIONS):
        raise AwsError(
            code="FunctionAlreadyExists",
            message="A function with the same name already exists in this account.",
        )
    function = {"Name": name, "created": now(), _DRAFT: _version(params)}
    context.table(FUNCTIONS)[name] = function
    return {
        **_summary(function, _DRAFT, context),
        "Location": f"https://cloudfront.amazonaws.com/2020-05-31/function/{name}",
    }


@operation("cloudfront", "UpdateFunction")
def update_function(params: Shape, context: Context) -> Shape:
    """Replace the draft."""
    function = context.table(FUNCTIONS).require(params["Name"])
    require_match(params, function[_DRAFT]["etag"])
    function[_DRAFT] = _version(params)
    return _summary(function, _DRAFT, context)


@operation("cloudfront", "PublishFunction")
def publish_function(params: Shape, context: Context) -> Shape:
    """Make the draft live."""
    function = context.table(FUNCTIONS).require(params["Name"])
    require_match(params, function[_DRAFT]["etag"])
    function[LIVE] = dict(function[_DRAFT])
    return {"FunctionSummary": _summary(function, LIVE, context)["FunctionSummary"]}


@operation("cloudfront", "DescribeFunction")
def describe_function(params: Shape, context: Context) -> Shape:
    """Return the description of a stage."""
    return _summary(*_stage(params, context), context)


@operation("cloudfront", "GetFunction")
def get_function(params: Shape, context: Context) -> Shape:
    """Return the code of a stage."""
    function, stage = _stage(params, context)
    version = function[stage]
    return {
        "FunctionCode": version["code"],
        "ETag": version["etag"],
        "ContentType": "application/octet-stream",
    }


@operation("cloudfront", "ListFunctions")
def list_functions(params: Shape, context: Context) -> Shape:
    """List the functions that have the stage."""
    stage = params.get("Stage") or _DRAFT
    held = [one for one in context.table(FUNCTIONS).values() if stage in one]
    items = [_summary(one, stage, context)["FunctionSummary"] for one in held]
    return {"FunctionList": {"MaxItems": 100, "Quantity": len(items), "Items": items}}


@operation("cloudfront", "DeleteFunction")
def delete_function(params: Shape, context: Context) -> Shape:
    """Delete every stage of a function that no distribution uses.

    https://github.com/anomalyco/ion/issues/443 has the message.
    """
    function = context.table(FUNCTIONS).require(params["Name"])
    require_match(params, function[_DRAFT]["etag"])
    arn = _arn(function, context)
    users = users_by_behavior(context, lambda behavior: arn in functions_of(behavior))
    if users:
        message = f"Cannot delete function {params['Name']}, it is in use by {len(users)} distributions"
        raise AwsError(code="FunctionInUse", message=message)
    context.table(FUNCTIONS).remove(params["Name"])
    return {}


def _version(params: Shape) -> Shape:
    if len(params["FunctionCode"]) > _MOST_BYTES:
        message = f"The function is too large: it must have at most {_MOST_BYTES} bytes."
        raise AwsError(code="FunctionSizeLimitExceeded", message=message)
    return {
        "config": params["FunctionConfig"],
        "code": params["FunctionCode"],
        "etag": new_id(),
        "modified": now(),
    }


def _stage(params: Shape, context: Context) -> tuple[Shape, str]:
    function = context.table(FUNCTIONS).require(params["Name"])
    stage = params.get("Stage") or _DRAFT
    if stage not in function:
        raise AwsError(code=FUNCTIONS.missing, message=FUNCTIONS.message)
    return function, stage


def _arn(function: Shape, context: Context) -> str:
    return context.arn(f"function/{function['Name']}", region="")


def _summary(function: Shape, stage: str, context: Context) -> Shape:
    version = function[stage]
    return {
        "FunctionSummary": {
            "Name": function["Name"],
            "Status": "UNPUBLISHED" if stage == _DRAFT else "DEPLOYED",
            "FunctionConfig": version["config"],
            "FunctionMetadata": {
                "FunctionARN": _arn(function, context),
                "Stage": stage,
                "CreatedTime": function["created"],
                "LastModifiedTime": version["modified"],
            },
        },
        "ETag": version["etag"],
    }
