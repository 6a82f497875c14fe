"""The alarms that roll a deployment back: wrong answers, slow ones, and none at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs import Construct

from modules.alarm import Alarm, Comparison, MissingData
from modules.metric import LEAST_ERRORS
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from config.deployment import DeploymentSettings
    from modules.label import Label
    from modules.metric import MetricExpression
    from modules.service.target_groups import TargetGroups
    from modules.topic import Topics

_PERIODS: Final = 3  # one bad minute can be chance; three are caused by the release
_MS_PER_SECOND: Final = 1000


class RollbackAlarms(Construct):
    """Alarms over all target groups of a service, which a deployment watches; they also notify people.

    - errors and latency: the share of 5xx responses of its tasks, and the 95th percentile of their time. Both need a
      task that answers, so without requests, or without answers, they do not alarm.
    - connections: tasks do not accept connections.
    - absence: no task is healthy, or, for a service that takes no requests, none is running.

    A deployment also watches the load balancer's alarm on its own errors. After CodeDeploy has shifted the traffic, the
    old tasks stay healthy for a while, so absence does not see that the new ones are gone: the load balancer does.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: DeploymentSettings,
        label: Label,
        name: str,
        target: TargetGroups | None,
        working: MetricExpression | None,
        may_be_empty: bool,
        topics: Topics,
    ) -> None:
        """Create the alarms.

        Args:
            config: Thresholds of errors and latency.
            label: Names them.
            name: The service.
            target: Its target groups; None if it takes no requests.
            working: The number of its tasks that work; None if nothing measures it.
            may_be_empty: Whether it may have no task at all, and so no metrics.
            topics: Whom they notify.
        """
        super().__init__(scope, id_)
        self._label, self._name, self._topics = label, name, topics
        self._shared = target.load_balancer.error_alarm if target else None
        self._alarms: list[Alarm] = []
        if target:
            self._add(
                "errors",
                f"answers {config.max_error_percent} % or more of its requests with 5xx",
                metric=target.error_percent,
                threshold=config.max_error_percent,
                runbook=Runbook.SERVICE_ERRORS,
            )
            self._add(
                "latency",
                f"has a 95th percentile response time of {config.max_p95_ms} ms or more",
                metric=target.p95_response_seconds,
                threshold=config.max_p95_ms / _MS_PER_SECOND,
                runbook=Runbook.SERVICE_LATENCY,
            )
            self._add(
                "connections",
                f"does not accept {LEAST_ERRORS} or more connections a minute",
                metric=target.connection_error_count,
                threshold=LEAST_ERRORS,
                runbook=Runbook.SERVICE_ABSENCE,
            )
        if working:
            self._add(
                "absence",
                "has no task that works",
                metric=working,
                threshold=1,
                runbook=Runbook.SERVICE_ABSENCE,
                comparison=Comparison.BELOW,
                # A service without tasks has no metrics either.
                missing_data=MissingData.NOT_BREACHING if may_be_empty else MissingData.BREACHING,
            )

    @property
    def names(self) -> list[str]:
        """The alarms that a deployment watches, with the load balancer's; CodeDeploy and ECS take up to ten."""
        return [alarm.name for alarm in (*self._alarms, *([self._shared] if self._shared else []))]

    def _add(
        self,
        id_: str,
        what: str,
        *,
        metric: MetricExpression,
        threshold: float,
        runbook: Runbook,
        comparison: Comparison = Comparison.AT_LEAST,
        missing_data: MissingData = MissingData.NOT_BREACHING,
    ) -> None:
        self._alarms.append(
            Alarm(
                self,
                id_,
                label=self._label,
                name=f"{self._name}-{id_}",
                description=f"{self._name} {what}",
                metric=metric,
                threshold=threshold,
                severity=Severity.CRITICAL,
                missing_data=missing_data,
                runbook=runbook,
                topics=self._topics,
                comparison=comparison,
                periods=_PERIODS,
                fires_asleep=True,
            )
        )
