"""The switch between the two regions: a parameter in the second one, a function that publishes it, and an alarm."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.lambda_invocation import LambdaInvocation
from constructs import Construct

from modules.alarm import Alarm, Comparison, MissingData
from modules.function import Function
from modules.function_schedule import add_schedule
from modules.parameter import Parameter
from modules.policy import Condition, Statement
from modules.recovery import serving_metric
from modules.recovery.serving_metric import METRIC, NAME, serving_namespace, serving_region_metric
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from modules.key import Key
    from modules.label import Label
    from modules.topic import Topics

PARAMETER: Final = "recovery/serving-region"
_FOLDER: Final = "serving_region"
_TIMEOUT_SECONDS: Final = 30
# The next minute has a run of its own.
_RETRIES: Final = 1
_RETRY_SECONDS: Final = 60
_SILENT_PERIOD_SECONDS: Final = 300
_SILENT_PERIODS: Final = 2


class ServingRegion(Construct):
    """Which of the two regions the names lead to, decided by one call of a function in the second region.

    The call writes the region into a parameter. The function publishes it as a metric, each minute again: Route 53
    decides by the newest values, and AWS advises against its last known status for longer than a few hours:
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html
    The alarm is what the health checks of both regions are about (`modules/domain/serving_check.py`); to people it is
    information. Nothing of it needs the environment's own region.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        key: Key,
        log_retention_days: int,
        is_prepared: bool,
        topics: Topics,
    ) -> None:
        """Create the parameter, the function with its schedule, and the alarms.

        Args:
            label: Names them, in the second region.
            key: Encrypts the parameter, the function's variables and its log.
            log_retention_days: Days that the log is kept.
            is_prepared: Whether the settings say that the second region serves; if not, it is an alarm when it does.
            topics: Those of the second region.
        """
        super().__init__(scope, id_)
        self.parameter = Parameter.by_function(self, "parameter", label=label, key=key, name=PARAMETER)
        self.function = Function(
            self,
            "function",
            label=label,
            folder=_FOLDER,
            description="Publishes which region serves, by which Route 53 decides where the names lead",
            variables={
                "PARAMETER": self.parameter.name,
                "KEY_ID": key.arn,
                "NAMESPACE": serving_namespace(label),
                "METRIC": METRIC,
                "HOME_REGION": label.home_region,
                "SECOND_REGION": label.region,
            },
            timeout_seconds=_TIMEOUT_SECONDS,
            key=key,
            logs_key=key,
            log_retention_days=log_retention_days,
            topics=topics,
            severity=Severity.WARNING,  # the names lead where they led before
            runbook=Runbook.SERVING_REGION,
        )
        self.parameter.grant_read_write(self.function.role)
        own = Condition(operator="StringEquals", key="cloudwatch:namespace", values=(serving_namespace(label),))
        self.function.role.add_to_policy(
            Statement(sid="PublishMetrics", actions=("cloudwatch:PutMetricData",), resources=("*",), conditions=(own,))
        )
        # A check without a known status is healthy, so the first value is there before the alarm that checks are about.
        first = LambdaInvocation(
            self,
            "first",
            function_name=self.function.name,
            input=json.dumps({"code": self.function.code_hash}),
            depends_on=[*self.function.dependables, *self.parameter.dependables],
        )
        add_schedule(
            self,
            label=label,
            name=NAME,
            rate="rate(1 minute)",
            function=self.function,
            event={},
            key=key,
            retries=_RETRIES,
            retry_seconds=_RETRY_SECONDS,
            descriptions=("Publishes which region serves", f"Calls the function {NAME}"),
            depends_on=(first,),
        )
        self._add_alarms(label, topics, first, is_prepared=is_prepared)

    def _add_alarms(self, label: Label, topics: Topics, first: LambdaInvocation, *, is_prepared: bool) -> None:
        self.alarm = Alarm(
            self,
            "alarm",
            label=label,
            name=NAME,
            description=f"{label.region} serves instead of {label.home_region}",
            metric=serving_region_metric(label, region=label.region),
            threshold=serving_metric.SECOND,
            comparison=serving_metric.COMPARISON,
            missing_data=serving_metric.MISSING_DATA,
            severity=Severity.INFO,
            notifies=Severity.INFO in topics.by_severity,
            runbook=Runbook.SERVING_REGION,
            topics=topics,
            depends_on=[first],
        )
        long = serving_region_metric(label, region=label.region, period_seconds=_SILENT_PERIOD_SECONDS)
        Alarm(
            self,
            "silent-alarm",
            label=label,
            name=f"{NAME}-unknown",
            description="Nothing says which region serves: the names lead where they led before, and cannot be "
            "switched",
            metric=long,
            threshold=0,
            comparison=Comparison.BELOW,  # no value is: only missing ones set it off
            periods=_SILENT_PERIODS,
            missing_data=MissingData.BREACHING,
            severity=Severity.WARNING,
            runbook=Runbook.SERVING_REGION,
            topics=topics,
            depends_on=[first],
        )
        if not is_prepared:
            Alarm(
                self,
                "unprepared-alarm",
                label=label,
                name=f"{NAME}-unprepared",
                description=f"The names lead to {label.region}, where no database serves: [recovery.fail_over] is not "
                "set",
                metric=serving_region_metric(label, region=label.region),
                threshold=serving_metric.SECOND,
                comparison=serving_metric.COMPARISON,
                missing_data=MissingData.NOT_BREACHING,  # what is missing has an alarm of its own
                severity=Severity.CRITICAL,
                runbook=Runbook.SERVING_REGION,
                topics=topics,
                depends_on=[first],
            )
