"""The alarms that take a deployment back: users see errors, or wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs import Construct

from modules.alarm import Alarm, MissingData
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from config.deployment import DeploymentSettings
    from modules.label import Label
    from modules.service.target_groups import TargetGroups
    from modules.topic import Topics

_PERIODS: Final = 3  # one bad minute is a hiccup, three are the release
_MS_PER_SECOND: Final = 1000


class RollbackAlarms(Construct):
    """Two alarms over all target groups of a service: the share of 5xx answers, and the 95th percentile of the time.

    No request is no alarm. A deployment watches them, and outside of one they notify people.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: DeploymentSettings,
        label: Label,
        name: str,
        target: TargetGroups,
        topics: Topics,
    ) -> None:
        super().__init__(scope, id_)
        self._alarms = (
            Alarm(
                self,
                "errors",
                label=label,
                name=f"{name}-errors",
                description=f"{name} answers {config.max_error_percent} % of its requests or more with 5xx",
                metric=target.error_percent,
                threshold=config.max_error_percent,
                severity=Severity.CRITICAL,
                missing_data=MissingData.NOT_BREACHING,
                runbook=Runbook.SERVICE_ERRORS,
                topics=topics,
                periods=_PERIODS,
            ),
            Alarm(
                self,
                "latency",
                label=label,
                name=f"{name}-latency",
                description=f"{name} takes {config.max_p95_ms} ms or more for the slowest 5 % of its requests",
                metric=target.slowest_seconds,
                threshold=config.max_p95_ms / _MS_PER_SECOND,
                severity=Severity.CRITICAL,
                missing_data=MissingData.NOT_BREACHING,
                runbook=Runbook.SERVICE_LATENCY,
                topics=topics,
                periods=_PERIODS,
            ),
        )

    @property
    def names(self) -> list[str]:
        """For what watches them during a deployment."""
        return [alarm.name for alarm in self._alarms]
