"""A schedule that calls a function."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.scheduler_schedule import (
    SchedulerSchedule,
    SchedulerScheduleFlexibleTimeWindow,
    SchedulerScheduleTarget,
    SchedulerScheduleTargetDeadLetterConfig,
    SchedulerScheduleTargetRetryPolicy,
)

from modules.key import Key, KeyUse
from modules.label import Label, NameLimit
from modules.policy import Statement
from modules.role import Role, ServicePrincipal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cdktf import TerraformResource
    from constructs import Construct

    from modules.function import Function


def schedule_role(name: str) -> str:
    """Component of the name of the role with which a schedule calls its function."""
    return f"{name}-schedule"


def add_schedule(
    scope: Construct,
    *,
    label: Label,
    name: str,
    rate: str,
    function: Function,
    event: Mapping[str, str],
    key: Key,
    retries: int,
    retry_seconds: int,
    descriptions: tuple[str, str],
    time_zone: str | None = None,
    depends_on: Sequence[TerraformResource] = (),
) -> None:
    """Call a function with an event again and again; what cannot be delivered goes to the function's queue.

    Args:
        scope: Gets the schedule, and the role with which Scheduler calls the function.
        label: Names both.
        name: Component of their names.
        rate: How often, like `rate(5 minutes)`, or when, like `cron(0 10 * * ? *)`.
        function: What is called.
        event: What it gets.
        key: Encrypts the event, and the messages in the function's queue.
        retries: How often Scheduler repeats a call that Lambda does not accept.
        retry_seconds: How long it does so.
        descriptions: Of the schedule, and of the role.
        time_zone: On whose clocks the times of a `cron` are; without it in UTC.
        depends_on: What must have happened before the first call.
    """
    role = Role(
        scope,
        "scheduler",
        label=label,
        name=schedule_role(name),
        service=ServicePrincipal.SCHEDULER,
        description=descriptions[1],
    )
    role.add_to_policy(
        Statement(actions=("lambda:InvokeFunction",), resources=(function.arn,)),
        Statement(actions=("sqs:SendMessage",), resources=(function.failed_queue_arn,)),
    )
    full_name = label.name(name, limit=NameLimit.SCHEDULE)
    key.grant_decrypt(role, KeyUse.schedule(label.arn("scheduler", f"schedule/default/{full_name}")))
    key.grant_encrypt_decrypt(role, KeyUse.queue())
    SchedulerSchedule(
        scope,
        "schedule",
        name=full_name,
        description=descriptions[0],
        schedule_expression=rate,
        schedule_expression_timezone=time_zone,
        flexible_time_window=SchedulerScheduleFlexibleTimeWindow(mode="OFF"),
        kms_key_arn=key.arn,
        target=SchedulerScheduleTarget(
            arn=function.arn,
            role_arn=role.arn,
            input=json.dumps(event),
            retry_policy=SchedulerScheduleTargetRetryPolicy(
                maximum_retry_attempts=retries, maximum_event_age_in_seconds=retry_seconds
            ),
            dead_letter_config=SchedulerScheduleTargetDeadLetterConfig(arn=function.failed_queue_arn),
        ),
        depends_on=[*role.dependables, *depends_on],
    )
