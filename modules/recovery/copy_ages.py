"""The watch of the copies: a function in the second region that measures their ages, and an alarm for each store."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.lambda_invocation import LambdaInvocation
from constructs import Construct

from config.copies import MEASURE_MINUTES
from modules.alarm import Alarm, Comparison, MissingData
from modules.function import Function
from modules.function_schedule import add_schedule
from modules.policy import Condition, Statement
from modules.recovery.copy_metrics import copy_age_minutes, recovery_namespace
from modules.recovery.copy_places import copy_places
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdktf import TerraformResource

    from config.copies import CopiedStore
    from modules.key import Key
    from modules.label import Label
    from modules.recovery.copy_places import CopyPlace
    from modules.topic import Topics

_FOLDER: Final = "copy_ages"
# Seven stores, of which each waits for rights that are not there yet: lambdas/copy_ages/handler.py
_TIMEOUT_SECONDS: Final = 180
# The next measurement follows in a quarter of an hour.
_RETRIES: Final = 2
_RETRY_SECONDS: Final = 600
_PERIODS: Final = 2
"""Values that must be too high, or missing: one that is late, or a run that fails once, is no alarm."""


class CopyAges(Construct):
    """A function that publishes the age of each store's newest copy, with the alarms that compare it with its target.

    It is in the second region and asks only that one, so it goes on when the environment's own region is lost. A copy
    that does not exist yet is as old as the first measurement of its store.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        stores: Sequence[CopiedStore],
        key: Key,
        log_retention_days: int,
        topics: Topics,
        after: Sequence[TerraformResource] = (),
    ) -> None:
        """Create the function, its schedule and the alarms.

        Args:
            label: Names them, in the second region.
            stores: What has copies.
            key: The key of the copies, which also encrypts the function's variables and log.
            log_retention_days: Days that its log is kept.
            topics: Those of the second region.
            after: What it asks at its first run, in this apply.
        """
        super().__init__(scope, id_)
        places = copy_places(label)
        self.function = Function(
            self,
            "function",
            label=label,
            folder=_FOLDER,
            description="Publishes how old the newest copies of the data are",
            variables={
                "NAMESPACE": recovery_namespace(label),
                "STORES": json.dumps({store.name: places[store.name].settings for store in stores}),
            },
            timeout_seconds=_TIMEOUT_SECONDS,
            key=key,
            logs_key=key,
            log_retention_days=log_retention_days,
            topics=topics,
            severity=Severity.WARNING,  # what it does not publish sets off the alarms below
            runbook=Runbook.COPY_AGE,
        )
        self._grant(label, [places[store.name] for store in stores])
        # The alarms take a missing value for an old copy, so the first ones must be there before the alarms.
        first = LambdaInvocation(
            self,
            "first",
            function_name=self.function.name,
            input=json.dumps({"code": self.function.code_hash}),
            depends_on=[*self.function.dependables, *after],
        )
        add_schedule(
            self,
            label=label,
            name="copy-ages",
            rate=f"rate({MEASURE_MINUTES} minutes)",
            function=self.function,
            event={},
            key=key,
            retries=_RETRIES,
            retry_seconds=_RETRY_SECONDS,
            descriptions=("Measures how old the newest copies are", "Calls the function copy-ages"),
            depends_on=(first,),
        )
        for store in stores:
            self._add_alarm(store, label=label, topics=topics, first=first)

    def _grant(self, label: Label, places: Sequence[CopyPlace]) -> None:
        publish = Condition(operator="StringEquals", key="cloudwatch:namespace", values=(recovery_namespace(label),))
        self.function.role.add_to_policy(
            Statement(
                sid="PublishMetrics", actions=("cloudwatch:PutMetricData",), resources=("*",), conditions=(publish,)
            ),
            # CloudWatch has no resource for it, and no condition key of its own:
            # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
            Statement(
                sid="ReadFirstMeasurement",
                actions=("cloudwatch:GetMetricStatistics",),
                resources=("*",),
                conditions=(Condition(operator="StringEquals", key="aws:RequestedRegion", values=(label.region,)),),
            ),
            *(statement for place in places for statement in place.statements),
        )

    def _add_alarm(self, store: CopiedStore, *, label: Label, topics: Topics, first: LambdaInvocation) -> None:
        Alarm(
            self,
            f"{store.name}-alarm",
            label=label,
            name=f"{store.name}-copy-age",
            description=f"The newest copy of {store.what} in {label.region} is more than {store.most_minutes} minutes "
            "old, or was not measured",
            metric=copy_age_minutes(label, store, region=label.region),
            threshold=store.most_minutes,
            comparison=Comparison.ABOVE,
            periods=_PERIODS,
            severity=Severity.CRITICAL if store.is_critical else Severity.WARNING,
            missing_data=MissingData.BREACHING,
            runbook=Runbook.COPY_AGE,
            topics=topics,
            depends_on=[first],
        )
