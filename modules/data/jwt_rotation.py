"""JWT signing secrets that are rotated automatically; the previous secret stays valid for one more period."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.scheduler_schedule import (
    SchedulerSchedule,
    SchedulerScheduleFlexibleTimeWindow,
    SchedulerScheduleTarget,
    SchedulerScheduleTargetDeadLetterConfig,
    SchedulerScheduleTargetRetryPolicy,
)
from constructs import Construct

from modules.data.generated_password import GeneratedPassword
from modules.function import Function
from modules.key import Key, KeyUse
from modules.label import Label, NameLimit
from modules.parameter import Parameter
from modules.policy import Grantable, Statement
from modules.role import Role, ServicePrincipal

if TYPE_CHECKING:
    from modules.topic import Topics

# Terraform writes the first values only; the rotation writes all later ones.
_FIRST: Final = 1
_TIMEOUT_SECONDS: Final = 30
_RETRIES: Final = 5
_RETRY_SECONDS: Final = 3600


class JwtRotation(Construct):
    """The parameters `jwt/current` and `jwt/previous`, and a function that rotates them on a schedule.

    A service signs with `current` and verifies with both. It must read them while it runs, not only when it starts:
    tasks that are older than a rotation need the new secret too.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        rotation_days: int,
        log_retention_days: int,
        label: Label,
        key: Key,
        logs_key: Key,
        topics: Topics,
    ) -> None:
        super().__init__(scope, id_)
        self.current = self._add_secret("current", label, key)
        self.previous = self._add_secret("previous", label, key)
        self.function = Function(
            self,
            "function",
            label=label,
            folder="jwt_rotation",
            description="Replaces the secret that signs JWTs and keeps the one before",
            variables={
                "CURRENT_PARAMETER": self.current.name,
                "PREVIOUS_PARAMETER": self.previous.name,
                "KEY_ID": key.arn,
                # Half a period: longer than any retry takes, shorter than the time between two rotations.
                "MIN_AGE_HOURS": str(rotation_days * 12),
            },
            timeout_seconds=_TIMEOUT_SECONDS,
            key=key,
            logs_key=logs_key,
            log_retention_days=log_retention_days,
            topics=topics,
        )
        self.current.grant_read_write(self.function.role)
        self.previous.grant_read_write(self.function.role)
        self._add_schedule(rotation_days, label, key)

    @property
    def by_name(self) -> dict[str, Parameter]:
        """The two parameters by the last part of their path."""
        return {"current": self.current, "previous": self.previous}

    def grant_read(self, grantee: Grantable) -> None:
        """Allow `grantee` to read both."""
        for parameter in self.by_name.values():
            parameter.grant_read(grantee)

    def _add_secret(self, name: str, label: Label, key: Key) -> Parameter:
        return Parameter.generated(
            self,
            name,
            label=label,
            key=key,
            name=f"jwt/{name}",
            value=GeneratedPassword(self, f"first-{name}").value,
            version=_FIRST,
        )

    def _add_schedule(self, days: int, label: Label, key: Key) -> None:
        role = Role(
            self,
            "scheduler",
            label=label,
            name="jwt-rotation-schedule",
            service=ServicePrincipal.SCHEDULER,
            description="Starts the rotation of the JWT signing secret",
        )
        role.add_to_policy(
            Statement(actions=("lambda:InvokeFunction",), resources=(self.function.arn,)),
            Statement(actions=("sqs:SendMessage",), resources=(self.function.failed_queue_arn,)),
        )
        schedule = label.name("jwt-rotation", limit=NameLimit.SCHEDULE)
        key.grant_decrypt(role, KeyUse.schedule(label.arn("scheduler", f"schedule/default/{schedule}")))
        key.grant_encrypt_decrypt(role, KeyUse.queue())
        SchedulerSchedule(
            self,
            "schedule",
            name=schedule,
            description="Rotation of the JWT signing secret",
            schedule_expression=f"rate({days} {'day' if days == 1 else 'days'})",
            flexible_time_window=SchedulerScheduleFlexibleTimeWindow(mode="OFF"),
            kms_key_arn=key.arn,
            target=SchedulerScheduleTarget(
                arn=self.function.arn,
                role_arn=role.arn,
                input=json.dumps({"action": "rotate"}),
                retry_policy=SchedulerScheduleTargetRetryPolicy(
                    maximum_retry_attempts=_RETRIES, maximum_event_age_in_seconds=_RETRY_SECONDS
                ),
                dead_letter_config=SchedulerScheduleTargetDeadLetterConfig(arn=self.function.failed_queue_arn),
            ),
            depends_on=role.dependables,
        )
