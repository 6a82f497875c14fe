"""The actions of an alarm: AWS validates their ARNs when the alarm is written, moto does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.arns import parse_arn

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from emulator.registry import Context
    from emulator.store import Shape

_MEMBERS = ("AlarmActions", "OKActions", "InsufficientDataActions")
_WITHOUT_REGION = "ssm-incidents"


def action_problems(params: Shape, context: Context, *, services: Collection[str]) -> Iterator[str]:
    """Find actions that are not ARNs, of other services than these, or in another region than the alarm.

    Message for an invalid ARN: https://github.com/hashicorp/terraform/issues/19015
    The region: https://github.com/cds-snc/notification-terraform/pull/128
    """
    for member in _MEMBERS:
        for action in params.get(member) or ():
            arn = parse_arn(action)
            if arn is None:
                yield f"Invalid arn syntax in {member}: {action}"
            elif arn.service not in services:
                allowed = ", ".join(services)
                yield f"Invalid action in {member}: {action} is of {arn.service}; an alarm can act on {allowed}."
            elif arn.region != context.region and arn.service != _WITHOUT_REGION:
                yield f"Invalid region {arn.region} specified. Only {context.region} is supported."
