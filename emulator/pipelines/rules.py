"""The rules of the condition before a stage."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from moto.cloudwatch.models import cloudwatch_backends

from emulator.permissions import role_actions
from emulator.pipelines.errors import StoppedError
from emulator.pipelines.windows import is_in_window
from emulator.registry import REGISTRY
from emulator.releases.clock import CLOCK

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulator.pipelines.execution import Execution
    from emulator.store import Shape

_POLL_SECONDS: Final = 0.02
_READ_ALARMS: Final = "cloudwatch:DescribeAlarms"
_DEFAULT_MINUTES: Final = 7 * 24 * 60
"""How long a rule waits that names no time: longer than AWS's hour, so that a slow machine does not end the wait.

https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
"""


class RuleError(Exception):
    """A rule is not met, with the reason."""


def check(execution: Execution, rule: Mapping[str, Any]) -> None:
    """Wait until a rule is met; the caller must not have the emulator's lock.

    Raises:
        RuleError: It is not met in time.
        StoppedError: The execution was stopped.
    """
    provider = rule["ruleTypeId"]["provider"]
    if provider not in _RULES:
        message = f"The emulator has no rule {provider}; it has {', '.join(sorted(_RULES))}"
        raise RuleError(message)
    _RULES[provider](execution, rule)


def _alarm(execution: Execution, rule: Mapping[str, Any]) -> None:
    """Wait until an alarm has none of the states.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-CloudWatchAlarm.html
    """
    configuration: Shape = rule.get("configuration") or {}
    name = configuration["AlarmName"]
    states = {one.strip() for one in configuration.get("AlarmStates", "ALARM").split(",")}
    if not role_actions(execution.structure["roleArn"], (_READ_ALARMS,)):
        message = f"The role {execution.structure['roleArn']} is not authorized to perform: {_READ_ALARMS}"
        raise RuleError(message)

    def is_quiet() -> bool:
        with REGISTRY.lock:
            alarm = cloudwatch_backends[execution.account][execution.region].alarms.get(name)
            if alarm is None:
                message = f"The alarm {name} does not exist"
                raise RuleError(message)
            return alarm.state_value not in states

    if not _wait(execution, is_quiet, float(configuration.get("WaitTime") or 0)):
        message = f"The alarm {name} is in one of the states {', '.join(sorted(states))}"
        raise RuleError(message)


def _window(execution: Execution, rule: Mapping[str, Any]) -> None:
    """Wait for the window.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-DeploymentWindow.html
    """
    configuration: Shape = rule.get("configuration") or {}
    zone = ZoneInfo(configuration.get("TimeZone") or "UTC")
    cron = str(configuration["Cron"])

    def is_open() -> bool:
        return is_in_window(cron, (CLOCK.moment or dt.datetime.now(dt.UTC)).astimezone(zone))

    if not _wait(execution, is_open, float(rule.get("timeoutInMinutes") or _DEFAULT_MINUTES)):
        message = f"The deployment window {cron} ({zone.key}) did not open in time"
        raise RuleError(message)


def _wait(execution: Execution, is_met: Callable[[], bool], minutes: float) -> bool:
    end = time.monotonic() + CLOCK.seconds(minutes)
    while not is_met():
        if time.monotonic() >= end:
            return False
        if execution.stopped.wait(_POLL_SECONDS):
            raise StoppedError
    return True


_RULES: Final[Mapping[str, Callable[[Execution, Mapping[str, Any]], None]]] = {
    "CloudWatchAlarm": _alarm,
    "DeploymentWindow": _window,
}
