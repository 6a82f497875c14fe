"""CloudWatch Logs: moto lacks query definitions and data protection, and accepts any KMS key."""

from __future__ import annotations

import uuid
from typing import Any

from moto.logs.models import LogStream, logs_backends

from emulator.arns import parse_arn
from emulator.clock import now
from emulator.errors import AwsError
from emulator.keys import key_admits
from emulator.policy import as_list, statements
from emulator.registry import FORWARD, Context, Forward, after, guard, operation, patch
from emulator.store import Kind, Shape

QUERIES: Kind[Shape] = Kind(
    "query definition",
    missing="ResourceNotFoundException",
    message="The specified query definition does not exist.",
)
PROTECTIONS: Kind[str] = Kind("data protection policy", missing="ResourceNotFoundException")


@guard("logs", "CreateLogGroup", "AssociateKmsKey")
def refuse_unusable_key(params: Shape, context: Context) -> None:
    """Refuse a key that is unknown, or whose policy does not allow CloudWatch Logs to use it for this group.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    key, name = params.get("kmsKeyId"), params.get("logGroupName")
    principals = (f"logs.{context.region}.amazonaws.com", "logs.amazonaws.com")
    arn = context.arn(f"log-group:{name}") if name else str(params.get("resourceIdentifier"))
    if not key or key_admits(key, principals, context, encryption_context={"aws:logs:arn": arn}):
        return
    raise AwsError(
        code="AccessDeniedException",
        message=f"The specified KMS key does not exist or is not allowed to be used with Arn '{arn}'",
    )


@operation("logs", "AssociateKmsKey")
def associate_key(params: Shape, context: Context) -> Shape:
    """Set the key of a log group, for which moto has no operation."""
    _group(params, context).kms_key_id = params["kmsKeyId"]
    return {}


@operation("logs", "DisassociateKmsKey")
def disassociate_key(params: Shape, context: Context) -> Shape:
    """Remove the key of a log group."""
    _group(params, context).kms_key_id = None
    return {}


@operation("logs", "PutSubscriptionFilter")
def subscribe(params: Shape, context: Context) -> Shape | Forward:
    """Forward a log group to a destination of another account, for which moto has no check.

    Both are in the same Region, and the destination's policy allows the account:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CrossAccountSubscriptions.html
    """
    arn = parse_arn(params["destinationArn"])
    if arn is None or not arn.resource.startswith("destination:"):
        return FORWARD
    held = logs_backends[arn.account][arn.region].destinations if arn.region == context.region else {}
    destination = next((one for one in held.values() if one.arn == params["destinationArn"]), None)
    if destination is None:
        raise AwsError(code="InvalidParameterException", message="The specified destination does not exist.")
    if not _admits(destination.access_policy, context.account):
        message = f"User with accountId: {context.account} is not authorized to perform PutSubscriptionFilter"
        raise AwsError(code="AccessDeniedException", message=message)
    _group(params, context).put_subscription_filter(
        params["filterName"], params["filterPattern"], params["destinationArn"], params.get("roleArn")
    )
    return {}


@patch(LogStream, "_send_log_events")
def send_nothing_to_destinations(original: Any, stream: Any, *, destination_arn: str, **others: Any) -> None:
    """Leave out destinations of other accounts, which moto takes for log groups; nothing reads what they get."""
    arn = parse_arn(destination_arn)
    if arn is None or not arn.resource.startswith("destination:"):
        original(stream, destination_arn=destination_arn, **others)


def _admits(policy: str | None, account: str) -> bool:
    """Return whether the policy of a destination allows the account to send logs to it."""
    wanted = {"*", account, f"arn:aws:iam::{account}:root"}
    for one in statements(policy) if policy else ():
        principal = one.get("Principal")
        names = as_list(principal.get("AWS", [])) if isinstance(principal, dict) else [principal]
        if one["Effect"] == "Allow" and wanted & set(names) and "logs:PutSubscriptionFilter" in as_list(one["Action"]):
            return True
    return False


@operation("logs", "PutQueryDefinition")
def put_query_definition(params: Shape, context: Context) -> Shape:
    """Create a saved query, or replace the one with the given id."""
    identifier = params.get("queryDefinitionId")
    if identifier:
        context.table(QUERIES).require(identifier)
    else:
        identifier = str(uuid.uuid4())
    context.table(QUERIES)[identifier] = {
        "queryDefinitionId": identifier,
        "name": params["name"],
        "queryString": params["queryString"],
        "queryLanguage": params.get("queryLanguage") or "CWLI",
        "logGroupNames": params.get("logGroupNames") or [],
        "lastModified": int(now().timestamp() * 1000),
    }
    return {"queryDefinitionId": identifier}


@operation("logs", "DescribeQueryDefinitions")
def describe_query_definitions(params: Shape, context: Context) -> Shape:
    """List saved queries by the start of their name."""
    prefix = params.get("queryDefinitionNamePrefix") or ""
    held = context.table(QUERIES).values()
    return {"queryDefinitions": [query for query in held if query["name"].startswith(prefix)]}


@operation("logs", "DeleteQueryDefinition")
def delete_query_definition(params: Shape, context: Context) -> Shape:
    """Delete a saved query."""
    context.table(QUERIES).remove(params["queryDefinitionId"])
    return {"success": True}


@operation("logs", "PutDataProtectionPolicy")
def put_data_protection(params: Shape, context: Context) -> Shape:
    """Store the masking rules of a log group."""
    identifier = params["logGroupIdentifier"]
    name = _name(identifier)
    if not context.owns(identifier) or name not in context.backend(logs_backends).groups:
        raise AwsError(code="ResourceNotFoundException", message="The specified log group does not exist.")
    context.table(PROTECTIONS)[name] = params["policyDocument"]
    return {
        "logGroupIdentifier": params["logGroupIdentifier"],
        "policyDocument": params["policyDocument"],
        "lastUpdatedTime": int(now().timestamp() * 1000),
    }


@operation("logs", "GetDataProtectionPolicy")
def get_data_protection(params: Shape, context: Context) -> Shape:
    """Return the rules; a group without rules has no document."""
    group = params["logGroupIdentifier"]
    return {"logGroupIdentifier": group, "policyDocument": context.table(PROTECTIONS).get(_name(group))}


@operation("logs", "DeleteDataProtectionPolicy")
def delete_data_protection(params: Shape, context: Context) -> Shape:
    """Delete the rules."""
    context.table(PROTECTIONS).pop(_name(params["logGroupIdentifier"]), None)
    return {}


@after("logs", "DeleteLogGroup")
def forget_data_protection(params: Shape, context: Context) -> None:
    """Delete the rules of a deleted group."""
    context.table(PROTECTIONS).pop(params["logGroupName"], None)


def _name(identifier: str) -> str:
    """Return the name of a log group from its name or ARN."""
    return identifier.partition(":log-group:")[2].removesuffix(":*") or identifier


def _group(params: Shape, context: Context) -> Any:
    name = params.get("logGroupName") or params.get("resourceIdentifier", "").partition(":log-group:")[2]
    groups = context.backend(logs_backends).groups
    if name not in groups:
        raise AwsError(code="ResourceNotFoundException", message="The specified log group does not exist.")
    return groups[name]
