"""Masks personal data in the logs of statements, which may contain values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.cloudwatch_log_data_protection_policy import CloudwatchLogDataProtectionPolicy

if TYPE_CHECKING:
    from modules.log_group import LogGroup

_ARN: Final = "arn:aws:dataprotection::aws:data-identifier/"
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/protect-sensitive-log-data-types.html
_IDENTIFIERS: Final = ("EmailAddress", "AwsSecretKey")


def mask_personal_data(group: LogGroup) -> None:
    """Show email addresses and AWS keys of a group as asterisks to everyone without `logs:Unmask`.

    The audit has no destination of its own: the number of findings is the metric LogEventsWithFindings.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/mask-sensitive-log-data.html
    """
    identifiers = [f"{_ARN}{name}" for name in _IDENTIFIERS]
    CloudwatchLogDataProtectionPolicy(
        group,
        "mask",
        log_group_name=group.id,
        policy_document=json.dumps(
            {
                "Name": "mask-personal-data",
                "Version": "2021-06-01",
                "Statement": [
                    {
                        "Sid": "Find",
                        "DataIdentifier": identifiers,
                        "Operation": {"Audit": {"FindingsDestination": {}}},
                    },
                    {
                        "Sid": "Mask",
                        "DataIdentifier": identifiers,
                        "Operation": {"Deidentify": {"MaskConfig": {}}},
                    },
                ],
            },
            separators=(",", ":"),
        ),
    )
