"""Commands that pages share, in a form that version 1 and version 2 of the AWS CLI accept.

Version 1 has neither `aws logs tail` nor `--cli-binary-format`, and version 2 takes a payload that is written on the
command line for base64: https://docs.aws.amazon.com/cli/latest/userguide/cliv2-migration-changes.html
"""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def read_log(region: str, group: str, minutes: int, pattern: str = "") -> str:
    """The command that prints the messages of a log group, those of the last `minutes` that match a filter pattern.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
    """
    chosen = f" --filter-pattern {shlex.quote(pattern)}" if pattern else ""
    return (
        f"aws logs filter-log-events --region {region} --log-group-name {group}"
        f" --start-time $(($(date +%s) * 1000 - {minutes * 60_000})){chosen}"
        " --query 'events[].[logStreamName,message]' --output text"
    )


def call_function(region: str, name: str, event: Mapping[str, object]) -> str:
    """The command that calls a Lambda function and prints its answer, with an event of JSON."""
    event_json = shlex.quote(json.dumps(event))
    return (
        f"aws lambda invoke --region {region} --function-name {name}"
        f" --payload fileb:///dev/stdin /dev/stdout <<< {event_json}"
    )
