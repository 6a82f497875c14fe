"""Composite alarms: moto can store them, but lacks the operation and what keeps their actions silent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.cloudwatch.models import cloudwatch_backends
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.utils import camelcase_to_underscores

from emulator.errors import AwsError
from emulator.registry import Context, guard
from emulator.services.cloudwatch.actions import action_problems
from emulator.services.cloudwatch.alarm_rules import InvalidRuleError, alarms_in
from emulator.validate import check_call

if TYPE_CHECKING:
    from moto.core.responses import ActionResult

    from emulator.store import Shape

_SUPPRESSOR = ("ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")


def put_composite_alarm(response: CloudWatchResponse) -> ActionResult:
    """Store it: moto's put_metric_alarm reads AlarmRule too, and lacks only the suppressor."""
    result: ActionResult = response.put_metric_alarm()
    alarm = response.cloudwatch_backend.alarms[response._get_param("AlarmName")]  # noqa: SLF001 (moto's own way)
    for name in _SUPPRESSOR:
        setattr(alarm, camelcase_to_underscores(name), response._get_param(name))  # noqa: SLF001
    return result


CloudWatchResponse.put_composite_alarm = put_composite_alarm  # type: ignore[attr-defined]

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
_MOST_ALARMS = 100
_ACTION_SERVICES = ("aiops", "lambda", "sns", "ssm")


@guard("cloudwatch", "PutCompositeAlarm")
def refuse_invalid_alarm(params: Shape, context: Context) -> None:
    """Refuse what the model does not allow, and actions that AWS could not run."""
    check_call(params, context)
    rule, known = params["AlarmRule"], context.backend(cloudwatch_backends).alarms
    try:
        named = alarms_in(rule)
    except InvalidRuleError as error:
        raise AwsError(code="ValidationError", message="AlarmRule is not a valid rule expression") from error
    if len(set(named)) > _MOST_ALARMS:
        message = f"AlarmRule must not contain more than {_MOST_ALARMS} alarms"
        raise AwsError(code="ValidationError", message=message)
    # https://github.com/awsdocs/aws-cloudformation-user-guide/issues/911 has the message.
    if absent := [name for name in dict.fromkeys(named) if name.rpartition(":alarm:")[2] not in known]:
        message = f"Could not save the composite alarm as alarms [{', '.join(absent)}] in the alarm rule do not exist"
        raise AwsError(code="ValidationError", message=message)
    suppressor = params.get("ActionsSuppressor")
    if suppressor and suppressor.rpartition(":alarm:")[2] not in known:
        message = f"ActionsSuppressor {suppressor} must be the name or the ARN of an existing alarm"
        raise AwsError(code="ValidationError", message=message)
    if suppressor and not all(name in params for name in _SUPPRESSOR):
        message = f"{' and '.join(_SUPPRESSOR[1:])} are required with ActionsSuppressor"
        raise AwsError(code="ValidationError", message=message)
    for problem in action_problems(params, context, services=_ACTION_SERVICES):
        raise AwsError(code="ValidationError", message=problem)
