"""Composite alarms: moto can store them, but lacks the operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.cloudwatch.responses import CloudWatchResponse

from emulator.errors import AwsError
from emulator.registry import Context, guard
from emulator.services.cloudwatch.actions import action_problems
from emulator.validate import check_call

if TYPE_CHECKING:
    from emulator.store import Shape

# moto's put_metric_alarm reads AlarmRule too; only the operation's name is missing.
CloudWatchResponse.put_composite_alarm = CloudWatchResponse.put_metric_alarm  # type: ignore[attr-defined]

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
_ACTION_SERVICES = ("aiops", "lambda", "sns", "ssm")


@guard("cloudwatch", "PutCompositeAlarm")
def refuse_invalid_alarm(params: Shape, context: Context) -> None:
    """Refuse what the model does not allow, and actions that AWS could not run."""
    check_call(params, context)
    for problem in action_problems(params, context, services=_ACTION_SERVICES):
        raise AwsError(code="ValidationError", message=problem)
