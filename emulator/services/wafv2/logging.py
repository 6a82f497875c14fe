"""Where AWS WAF writes its logs: moto accepts every destination."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moto.wafv2.models import GLOBAL_REGION, wafv2_backends

from emulator.arns import parse_arn
from emulator.registry import Context, guard
from emulator.services.wafv2.scopes import REGION_OF_CLOUDFRONT, invalid, invalid_arn, missing

if TYPE_CHECKING:
    from emulator.store import Shape

_PREFIX: Final = "aws-waf-logs-"
_RESOURCES: Final = {"firehose": "deliverystream/", "logs": "log-group:", "s3": ""}
# https://docs.aws.amazon.com/waf/latest/APIReference/API_LoggingConfiguration.html
_REDACTED: Final = {"UriPath", "QueryString", "SingleHeader", "Method"}


@guard("wafv2", "PutLoggingConfiguration")
def refuse_wrong_logging(params: Shape, context: Context) -> None:
    """Refuse a web ACL of another region, and a destination that WAF cannot write to.

    https://github.com/pulumi/pulumi/issues/5732
    """
    config = params["LoggingConfiguration"]
    arn = config["ResourceArn"]
    acl = parse_arn(arn)
    if acl is None or acl.service != "wafv2" or acl.region != context.region:
        raise invalid_arn(arn, field="RESOURCE_ARN")
    is_global = acl.resource.startswith("global/") and context.region == REGION_OF_CLOUDFRONT
    if arn not in context.backend(wafv2_backends, GLOBAL_REGION if is_global else None).wacls:
        raise missing()
    for destination in config["LogDestinationConfigs"]:
        _check_destination(destination, context)
    for field in config.get("RedactedFields") or ():
        if not set(field) <= _REDACTED:
            reason = "Only the URI path, the query string, single headers and the method can be redacted."
            raise invalid(reason, "FIELD_TO_MATCH", ", ".join(sorted(set(field) - _REDACTED)))


def _check_destination(destination: str, context: Context) -> None:
    """The name starts with a fixed text, and a log group or a stream is in the region of the web ACL.

    https://docs.aws.amazon.com/waf/latest/developerguide/logging-destinations.html
    https://github.com/aws/aws-cdk/issues/35311 and https://github.com/pulumi/pulumi-aws/issues/1214
    """
    arn = parse_arn(destination)
    if (
        arn is None
        or arn.service not in _RESOURCES
        or not arn.resource.startswith(f"{_RESOURCES[arn.service]}{_PREFIX}")
        or arn.region not in {"", context.region}
    ):
        raise invalid_arn(destination, field="LOG_DESTINATION")
