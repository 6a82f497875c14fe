"""Reports of unusual costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.ce_anomaly_monitor import CeAnomalyMonitor
from cdktf_cdktf_provider_aws.ce_anomaly_subscription import (
    CeAnomalySubscription,
    CeAnomalySubscriptionSubscriber,
    CeAnomalySubscriptionThresholdExpression,
    CeAnomalySubscriptionThresholdExpressionAnd,
    CeAnomalySubscriptionThresholdExpressionAndDimension,
)
from constructs import Construct

from modules.label import Label, NameLimit
from modules.topic import Severity

if TYPE_CHECKING:
    from config.cost import AnomalyDetectionSettings
    from modules.topic import Topics


class AnomalyDetection(Construct):
    """A monitor of the costs of each AWS service, and a message to the topic of warnings for each anomaly.

    An account can have one monitor of this kind, and AWS creates it in accounts that open Cost Explorer for the first
    time, so an existing one can be used:
    https://docs.aws.amazon.com/cost-management/latest/userguide/getting-started-ad.html
    """

    def __init__(
        self, scope: Construct, id_: str, *, config: AnomalyDetectionSettings, label: Label, topics: Topics
    ) -> None:
        super().__init__(scope, id_)
        topic = topics.by_severity[Severity.WARNING]
        # https://docs.aws.amazon.com/cost-management/latest/userguide/ad-SNS.html
        topic.allow_publisher(
            "costalerts.amazonaws.com",
            sid="AllowCostAnomalyDetection",
            source_arns=[label.arn("ce", "anomalysubscription/*", region="")],
        )
        name = label.name("services", limit=NameLimit.ANOMALY_MONITOR)
        CeAnomalySubscription(
            self,
            "Default",
            name=name,
            frequency="IMMEDIATE",  # the only one with topics: the others send emails once a day or week
            monitor_arn_list=[config.monitor_arn or self._monitor(name)],
            subscriber=[CeAnomalySubscriptionSubscriber(type="SNS", address=topic.arn)],
            threshold_expression=CeAnomalySubscriptionThresholdExpression(
                and_=[
                    _at_least("ANOMALY_TOTAL_IMPACT_ABSOLUTE", config.impact_usd),
                    _at_least("ANOMALY_TOTAL_IMPACT_PERCENTAGE", config.impact_percent),
                ]
            ),
        )

    def _monitor(self, name: str) -> str:
        return CeAnomalyMonitor(self, "monitor", name=name, monitor_type="DIMENSIONAL", monitor_dimension="SERVICE").arn


def _at_least(key: str, value: int) -> CeAnomalySubscriptionThresholdExpressionAnd:
    return CeAnomalySubscriptionThresholdExpressionAnd(
        dimension=CeAnomalySubscriptionThresholdExpressionAndDimension(
            key=key, match_options=["GREATER_THAN_OR_EQUAL"], values=[str(value)]
        )
    )
