"""What S3 refuses in a replication document.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketReplication.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-add-config.html
The messages are those that users of S3 report:
https://github.com/rust-lang/simpleinfra/pull/468
https://github.com/hashicorp/terraform-provider-aws/issues/23578
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.arns import parse_arn
from emulator.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# The only number of minutes that S3 takes for both:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html
_MINUTES: Final = 15
_LONGEST_ID: Final = 255
_MALFORMED: Final = "The XML you provided was not well-formed or did not validate against our published schema"


def problems(document: Mapping[str, Any], source: str) -> Iterator[AwsError]:
    """Find what S3 refuses in a document of the bucket `source`, the first one that it reports first."""
    role = parse_arn(document["Role"])
    if role is None or role.service != "iam" or not role.resource.startswith("role/"):
        yield _argument("Invalid Role specified in replication configuration")
    rules = document["Rules"]
    if not rules:
        yield AwsError(code="MalformedXML", message=_MALFORMED)
    is_first_version = any("Filter" not in rule for rule in rules)
    ids = [rule["ID"] for rule in rules if rule.get("ID")]
    if len(set(ids)) != len(ids):
        yield _argument("Rule Id must be unique")
    priorities = [rule["Priority"] for rule in rules if "Priority" in rule]
    for priority in priorities:
        if priorities.count(priority) > 1:
            yield _request(f"Found duplicate priority {priority}.")
    for rule in rules:
        yield from _of_rule(rule, source, is_first_version=is_first_version)


def _of_rule(rule: Mapping[str, Any], source: str, *, is_first_version: bool) -> Iterator[AwsError]:
    for member in ("Priority", "DeleteMarkerReplication"):
        if (member in rule) == is_first_version:
            verb = "cannot be used" if is_first_version else "must be specified"
            yield _request(
                f"{member} {verb} for this version of Cross Region Replication configuration schema. "
                "Please refer to S3 Developer Guide for more information."
            )
    if "ExistingObjectReplication" in rule or len(rule.get("ID", "")) > _LONGEST_ID:
        yield AwsError(code="MalformedXML", message=_MALFORMED)
    chosen = rule.get("Filter") or {}
    has_tags = "Tag" in chosen or bool((chosen.get("And") or {}).get("Tags"))
    if has_tags and (rule.get("DeleteMarkerReplication") or {}).get("Status") == "Enabled":
        yield _request("Delete marker replication is not supported if any Tag filter is specified.")
    yield from _of_encryption(rule)
    destination = rule["Destination"]
    arn = parse_arn(destination["Bucket"])
    if arn is None or (arn.service, arn.region, arn.account) != ("s3", "", ""):
        yield _argument("Invalid bucket ARN")
    elif arn.resource == source:
        yield _request("Destination bucket cannot be the same as the source bucket.")
    yield from _of_time(destination)


def _of_encryption(rule: Mapping[str, Any]) -> Iterator[AwsError]:
    criteria = rule.get("SourceSelectionCriteria")
    if criteria is not None and not criteria:
        yield _request("SourceSelectionCriteria cannot be empty.")
    selects = "SseKmsEncryptedObjects" in (criteria or {})
    encryption = rule["Destination"].get("EncryptionConfiguration")
    if encryption is not None and not selects:
        yield _request("SseKmsEncryptedObjects must be specified if EncryptionConfiguration is present.")
    key = (encryption or {}).get("ReplicaKmsKeyID")
    if selects and not key:
        yield _request("ReplicaKmsKeyID must be specified if SseKmsEncryptedObjects tag is present.")
    arn = parse_arn(key) if key else None
    if key and (arn is None or arn.service != "kms" or not arn.region):
        yield _argument("Invalid ReplicaKmsKeyID ARN.")


def _of_time(destination: Mapping[str, Any]) -> Iterator[AwsError]:
    metrics, control = destination.get("Metrics"), destination.get("ReplicationTime")
    if control is not None and metrics is None:
        yield _request("Replication destination must contain both ReplicationTime and Metrics or neither.")
    threshold = ((metrics or {}).get("EventThreshold") or {}).get("Minutes")
    if control is None or control["Status"] != "Enabled":
        if threshold is not None:
            yield _argument(
                "Metrics cannot contain an event threshold when ReplicationTime is not specified or Disabled"
            )
        return
    if control["Time"].get("Minutes") != _MINUTES:
        yield _argument("Invalid time minute value")
    if threshold is None:
        yield _argument("ReplicationMetrics must contain an event threshold")
    elif threshold != _MINUTES:
        yield _argument("Invalid event threshold minute value")


def _request(message: str) -> AwsError:
    return AwsError(code="InvalidRequest", message=message)


def _argument(message: str) -> AwsError:
    return AwsError(code="InvalidArgument", message=message)
