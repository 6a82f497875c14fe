"""The alarms that roll a deployment back: errors and slow responses."""

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

_PERIODS: Final = 3  # one bad minute can be chance; three are caused by the release
_MS_PER_SECOND: Final = 1000


class RollbackAlarms(Construct):
    """Two alarms over all target groups of a service: the share of 5xx responses, and the 95th percentile of the time.

    Without requests they do not alarm. A deployment watches them; they also notify people.
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
                description=f"{name} answers {config.max_error_percent} % or more of its requests with 5xx",
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
                description=f"{name} has a 95th percentile response time of {config.max_p95_ms} ms or more",
                metric=target.p95_response_seconds,
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
        """Names of the alarms, for a deployment that watches them."""
        return [alarm.name for alarm in self._alarms]
