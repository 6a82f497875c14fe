"""Deliveries of vended logs, among them CloudFront's standard logging (v2): moto accepts what AWS refuses."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from moto.cloudfront.models import cloudfront_backends
from moto.logs.models import LogsBackend, logs_backends
from moto.s3.models import s3_backends

from emulator.arns import parse_arn
from emulator.errors import AwsError
from emulator.policy import as_list, matches_pattern
from emulator.registry import Context, after, guard, operation, patch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.store import Shape

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
_REGION_OF_CLOUDFRONT: Final = "us-east-1"
_PREFIX_OF_CLOUDFRONT: Final = "AWSLogs/{account-id}/CloudFront/"
_VARIABLES: Final = {"DistributionId", "distributionid", "account-id", "accountid", "yyyy", "MM", "dd", "HH"}
_VARIABLE: Final = re.compile(r"\{([^{}]*)\}")
_WRITER: Final = "delivery.logs.amazonaws.com"


@guard("logs", "PutDeliverySource")
def refuse_wrong_source(params: Shape, context: Context) -> None:
    """Refuse a distribution outside us-east-1, an unknown one, and a second source of one.

    https://github.com/terraform-aws-modules/terraform-aws-cloudfront/issues/197
    https://github.com/aws-samples/sample-autonomous-cloud-coding-agents/pull/662
    """
    arn = parse_arn(params["resourceArn"])
    if arn is None or arn.service != "cloudfront":
        return
    if context.region != _REGION_OF_CLOUDFRONT:
        message = f"PutDeliverySource action is not supported for this LogType in region {context.region}"
        raise AwsError(code="ValidationException", message=message)
    distributions = context.backend(cloudfront_backends, "aws").distributions.values()
    if params["resourceArn"] not in {one.arn for one in distributions}:
        message = f"The resource {params['resourceArn']} does not exist in this account."
        raise AwsError(code="ResourceNotFoundException", message=message)
    for other in context.backend(logs_backends).delivery_sources.values():
        same = other.log_type == params["logType"] and params["resourceArn"] in other.resource_arns
        if same and other.name != params["name"]:
            message = "This ResourceId has already been used in another Delivery Source in this account."
            raise AwsError(code="ConflictException", message=message)


@guard("logs", "PutDeliveryDestination")
def refuse_parquet_elsewhere(params: Shape, _: Context) -> None:
    """Refuse Parquet for anything but a bucket.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html#supported-log-file-format
    """
    arn = parse_arn((params.get("deliveryDestinationConfiguration") or {}).get("destinationResourceArn", ""))
    if params.get("outputFormat") == "parquet" and (arn is None or arn.service != "s3"):
        message = "The output format parquet is supported for Amazon S3 destinations only."
        raise AwsError(code="ValidationException", message=message)


@guard("logs", "PutDeliveryDestinationPolicy")
def refuse_wrong_policy(params: Shape, _: Context) -> None:
    """Refuse a policy that does not allow another account to create a delivery.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliveryDestinationPolicy.html
    https://github.com/hashicorp/terraform-provider-aws/issues/40885 has the message.
    """
    try:
        found = as_list(json.loads(params["deliveryDestinationPolicy"])["Statement"])
        actions = [one for statement in found for one in as_list(statement.get("Action", []))]
    except (AttributeError, KeyError, TypeError, ValueError):
        actions = []
    if not any(matches_pattern(one.lower(), "logs:createdelivery") for one in actions):
        message = "Invalid Delivery Destination resource Policy is provided."
        raise AwsError(code="ValidationException", message=message)


@guard("logs", "CreateDelivery", "UpdateDeliveryConfiguration")
def refuse_wrong_path(params: Shape, context: Context) -> None:
    """Refuse a path that CloudWatch Logs cannot fill in, and one for anything but a bucket.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_S3DeliveryConfiguration.html
    https://github.com/KensioSoftware/yulin/issues/1003 has the refusal of keys beside the Hive option.
    """
    config = params.get("s3DeliveryConfiguration")
    if not config:
        return
    backend = context.backend(logs_backends)
    delivery = backend.deliveries.get(params.get("id"))
    arn = params.get("deliveryDestinationArn") or getattr(delivery, "delivery_destination_arn", None)
    destination = _destination(backend, arn)
    if destination is not None and destination.delivery_destination_type != "S3":
        message = "An s3DeliveryConfiguration is valid for Amazon S3 destinations only."
        raise AwsError(code="ValidationException", message=message)
    path = config.get("suffixPath", "")
    doubled = config.get("enableHiveCompatiblePath") and "=" in path
    if doubled or not set(_VARIABLE.findall(path)) <= _VARIABLES:
        raise AwsError(code="ValidationException", message="Provided suffixPath is invalid")


@patch(LogsBackend, "create_delivery")
def add_prefix(original: Any, backend: Any, **given: Any) -> Any:
    """Put AWS's prefix before the path of CloudFront's logs, unless the destination has a path of its own.

    https://github.com/hashicorp/terraform-provider-aws/issues/40968 and its pull request 41497
    """
    delivery = original(backend, **given)
    destination = _destination(backend, delivery.delivery_destination_arn)
    source = backend.delivery_sources[delivery.delivery_source_name]
    if destination is None or delivery.destination_type != "S3" or source.service != "cloudfront":
        return delivery
    config = given.get("s3_delivery_configuration") or {}
    path = config.get("suffixPath", "")
    if "/" not in destination.delivery_destination_configuration["destinationResourceArn"]:
        path = _PREFIX_OF_CLOUDFRONT + path.removeprefix(_PREFIX_OF_CLOUDFRONT).lstrip("/")
    hive = bool(config.get("enableHiveCompatiblePath"))
    delivery.s3_delivery_configuration = {"suffixPath": path, "enableHiveCompatiblePath": hive}
    return delivery


@operation("logs", "UpdateDeliveryConfiguration")
def update_delivery(params: Shape, context: Context) -> Shape:
    """Change a delivery; AWS adds no prefix to the new path (https://github.com/hashicorp/terraform-provider-aws/issues/46328)."""
    delivery = context.backend(logs_backends).get_delivery(params["id"])
    if "recordFields" in params:
        delivery.record_fields = params["recordFields"]
    if "fieldDelimiter" in params:
        delivery.field_delimiter = params["fieldDelimiter"]
    if "s3DeliveryConfiguration" in params:
        held = delivery.s3_delivery_configuration
        delivery.s3_delivery_configuration = {**held, **params["s3DeliveryConfiguration"]}
    return {}


@after("logs", "CreateDelivery")
def extend_bucket_policy(params: Shape, context: Context) -> None:
    """Add the permission to write to the bucket's policy if it is missing, as AWS does for whoever may change it.

    A bucket policy of Terraform without the permission then has a change in every plan, as on AWS.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
    """
    destination = _destination(context.backend(logs_backends), params["deliveryDestinationArn"])
    if destination is None or destination.delivery_destination_type != "S3":
        return
    resource = destination.delivery_destination_configuration["destinationResourceArn"]
    bucket = context.backend(s3_backends, "aws").buckets.get(resource.removeprefix("arn:aws:s3:::").partition("/")[0])
    if bucket is None:
        return
    document = json.loads(bucket.policy) if bucket.policy else {"Version": "2012-10-17", "Statement": []}
    held = as_list(document["Statement"])
    if not any(map(_lets_logs_write, held)):
        added = {
            "Sid": "AWSLogDeliveryWrite1",
            "Effect": "Allow",
            "Principal": {"Service": _WRITER},
            "Action": "s3:PutObject",
            "Resource": f"{bucket.arn}/AWSLogs/{context.account}/*",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": context.account, "s3:x-amz-acl": "bucket-owner-full-control"},
                "ArnLike": {"aws:SourceArn": context.arn(f"delivery-source:{params['deliverySourceName']}")},
            },
        }
        bucket.policy = json.dumps({**document, "Statement": [*held, added]}).encode()


@guard("logs", "DeleteDeliverySource")
def refuse_used_source(params: Shape, context: Context) -> None:
    """Refuse to delete a source with a delivery.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteDeliverySource.html
    """
    deliveries = context.backend(logs_backends).deliveries.values()
    if any(one.delivery_source_name == params["name"] for one in deliveries):
        _refuse_used("source")


@guard("logs", "DeleteDeliveryDestination")
def refuse_used_destination(params: Shape, context: Context) -> None:
    """Refuse to delete a destination with a delivery.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteDeliveryDestination.html
    """
    arn = context.arn(f"delivery-destination:{params['name']}")
    if any(one.delivery_destination_arn == arn for one in context.backend(logs_backends).deliveries.values()):
        _refuse_used("destination")


def _refuse_used(what: str) -> None:
    message = f"The delivery {what} can't be deleted while a delivery is associated with it."
    raise AwsError(code="ConflictException", message=message)


def _destination(backend: Any, arn: str | None) -> Any | None:
    return next((one for one in backend.delivery_destinations.values() if one.arn == arn), None)


def _lets_logs_write(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    services = as_list(principal.get("Service")) if isinstance(principal, dict) else [principal]
    actions = as_list(statement.get("Action", []))
    return (
        statement["Effect"] == "Allow"
        and bool({_WRITER, "*"} & set(services))
        and any(matches_pattern(one.lower(), "s3:putobject") for one in actions)
    )
