"""The alarm that keeps others silent while the environment sleeps."""

from __future__ import annotations

from typing import Final

from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from constructs import Construct

from modules import sleep_metrics
from modules.alarm import Comparison, MissingData
from modules.label import Label, NameLimit
from modules.runbook import Runbook
from modules.suppressor import Suppressor

_ASLEEP: Final = 1


class AsleepAlarm(Construct):
    """In the state ALARM while the sleep schedule says that the environment is not awake; it has no action itself.

    Before the stacks whose alarms it keeps silent, and in the region of those alarms.
    """

    def __init__(self, scope: Construct, id_: str, *, label: Label) -> None:
        super().__init__(scope, id_)
        metric = sleep_metrics.asleep(label)
        self._alarm = CloudwatchMetricAlarm(
            self,
            "Default",
            alarm_name=label.name("asleep", limit=NameLimit.ALARM),
            alarm_description="The environment sleeps; alarms that go off because of that are silent. Not a problem. "
            f"Runbook: {Runbook.SLEEP_SCHEDULE.link}",
            namespace=metric.namespace,
            metric_name=metric.name,
            statistic=metric.statistic,
            period=metric.period_seconds,
            comparison_operator=Comparison.AT_LEAST,
            threshold=_ASLEEP,
            evaluation_periods=1,
            # Every run publishes the metric, so without data the schedule does not run: then it is not known whether
            # the environment sleeps, and silence would hide a failure. CloudWatch looks back some periods before that.
            treat_missing_data=MissingData.NOT_BREACHING,
            tags={"Purpose": "suppressor"},  # by which the rule alarm-has-a-receiver knows it
        )

    @property
    def suppressor(self) -> Suppressor:
        """What alarms of the region notify through."""
        return Suppressor(self._alarm.alarm_name)
