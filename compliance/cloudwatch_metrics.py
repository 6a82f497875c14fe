"""The metrics of AWS that alarms and dashboards use, as AWS documents them: CloudWatch accepts any name.

An alarm on a metric that does not exist never goes off. To use a metric that is not here, add it with the page that
documents it; `problem_of` compares a metric with the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.cloudwatch_database_metrics import DATABASE_METRICS
from compliance.metric_family import COUNTED, GLOBAL_REGION, SAMPLED, TIMED, MetricFamily

if TYPE_CHECKING:
    from collections.abc import Mapping

_OF_AWS: Final = ("AWS/", "CWAgent", "CloudWatchSynthetics", "ECS/")
"""The beginnings of namespaces of AWS; an application chooses others for its own metrics."""


_BALANCER_PAGE: Final = (
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html"
)
_CLOUDFRONT_PAGE: Final = (
    "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html"
)
_INSIGHTS_PAGE: Final = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html"
)
_LAMBDA_PAGE: Final = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html"
_REPLICATION_PAGE: Final = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html"
_NAT_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html"

METRICS: Final = (
    *DATABASE_METRICS,
    # Of the load balancer's metrics only HealthyHostCount and UnHealthyHostCount are there without requests; the error
    # counts are absent while they are zero.
    MetricFamily(
        namespace="AWS/ApplicationELB",
        names=(
            "ActiveConnectionCount",
            "ClientTLSNegotiationErrorCount",
            "ConsumedLCUs",
            "HTTPCode_ELB_4XX_Count",
            "HTTPCode_ELB_5XX_Count",
            "HTTPCode_ELB_502_Count",
            "HTTPCode_ELB_503_Count",
            "HTTPCode_ELB_504_Count",
            "NewConnectionCount",
            "ProcessedBytes",
            "RejectedConnectionCount",
        ),
        dimensions=(("LoadBalancer",), ("AvailabilityZone", "LoadBalancer")),
        statistics=COUNTED,
        source=_BALANCER_PAGE,
    ),
    MetricFamily(
        namespace="AWS/ApplicationELB",
        names=(
            "HTTPCode_Target_2XX_Count",
            "HTTPCode_Target_3XX_Count",
            "HTTPCode_Target_4XX_Count",
            "HTTPCode_Target_5XX_Count",
            "RequestCount",
            "TargetConnectionErrorCount",
            "TargetTLSNegotiationErrorCount",
        ),
        dimensions=(
            ("LoadBalancer",),
            ("AvailabilityZone", "LoadBalancer"),
            ("LoadBalancer", "TargetGroup"),
            ("AvailabilityZone", "LoadBalancer", "TargetGroup"),
        ),
        statistics=COUNTED,
        source=_BALANCER_PAGE,
    ),
    MetricFamily(
        namespace="AWS/ApplicationELB",
        names=("RequestCountPerTarget",),
        dimensions=(("TargetGroup",), ("LoadBalancer", "TargetGroup")),
        statistics=COUNTED,
        source=_BALANCER_PAGE,
    ),
    MetricFamily(
        namespace="AWS/ApplicationELB",
        names=("HealthyHostCount", "UnHealthyHostCount"),
        dimensions=(("LoadBalancer", "TargetGroup"), ("AvailabilityZone", "LoadBalancer", "TargetGroup")),
        statistics=SAMPLED,
        source=_BALANCER_PAGE,
    ),
    MetricFamily(
        namespace="AWS/ApplicationELB",
        names=("TargetResponseTime",),
        dimensions=(
            ("LoadBalancer",),
            ("AvailabilityZone", "LoadBalancer"),
            ("LoadBalancer", "TargetGroup"),
            ("AvailabilityZone", "LoadBalancer", "TargetGroup"),
        ),
        statistics=TIMED,
        source=_BALANCER_PAGE,
        is_distribution=True,
    ),
    # All of them in us-east-1, several times a day, once the account's preferences have billing alerts on.
    MetricFamily(
        namespace="AWS/Billing",
        names=("EstimatedCharges",),
        dimensions=(("Currency",), ("Currency", "ServiceName"), ("Currency", "LinkedAccount")),
        statistics=("Maximum",),
        source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html",
        values={"Currency": "USD"},
        region=GLOBAL_REGION,
    ),
    # Twice a day, until the certificate expires.
    MetricFamily(
        namespace="AWS/CertificateManager",
        names=("DaysToExpiry",),
        dimensions=(("CertificateArn",),),
        statistics=SAMPLED,
        source="https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html",
    ),
    # All of CloudFront's metrics are in us-east-1.
    MetricFamily(
        namespace="AWS/CloudFront",
        names=("BytesDownloaded", "BytesUploaded", "Requests"),
        dimensions=(("DistributionId", "Region"),),
        statistics=COUNTED,
        source=_CLOUDFRONT_PAGE,
        values={"Region": "Global"},
        region=GLOBAL_REGION,
    ),
    MetricFamily(
        namespace="AWS/CloudFront",
        names=(
            "4xxErrorRate",
            "5xxErrorRate",
            "TotalErrorRate",
            # With a monitoring subscription only:
            "502ErrorRate",
            "503ErrorRate",
            "504ErrorRate",
            "CacheHitRate",
        ),
        dimensions=(("DistributionId", "Region"),),
        statistics=("Average",),
        source=_CLOUDFRONT_PAGE,
        values={"Region": "Global"},
        region=GLOBAL_REGION,
    ),
    # With a monitoring subscription only.
    MetricFamily(
        namespace="AWS/CloudFront",
        names=("OriginLatency",),
        dimensions=(("DistributionId", "Region"),),
        statistics=(),
        source=_CLOUDFRONT_PAGE,
        is_distribution=True,
        values={"Region": "Global"},
        region=GLOBAL_REGION,
    ),
    MetricFamily(
        namespace="AWS/CloudFront",
        names=("FunctionExecutionErrors", "FunctionInvocations", "FunctionThrottles", "FunctionValidationErrors"),
        dimensions=(("FunctionName", "Region"),),
        statistics=COUNTED,
        source=f"{_CLOUDFRONT_PAGE}#cloudfront-metrics-function-values",
        values={"Region": "Global"},
        region=GLOBAL_REGION,
    ),
    # Of pipelines of type V2 only; the whole account has the failed runs without a dimension.
    MetricFamily(
        namespace="AWS/CodePipeline",
        names=("FailedPipelineExecutions",),
        dimensions=((), ("PipelineName",)),
        statistics=COUNTED,
        source="https://docs.aws.amazon.com/codepipeline/latest/userguide/metrics-dimensions.html",
    ),
    MetricFamily(
        namespace="AWS/CodePipeline",
        names=("PipelineDuration",),
        dimensions=(("PipelineName",),),
        statistics=TIMED,
        source="https://docs.aws.amazon.com/codepipeline/latest/userguide/metrics-dimensions.html",
    ),
    # Absent of a stopped cluster or instance. SampleCount is one each minute and instance.
    MetricFamily(
        namespace="AWS/ECS",
        names=("CPUUtilization", "MemoryUtilization"),
        dimensions=(("ClusterName",), ("ClusterName", "ServiceName")),
        statistics=(*SAMPLED, "SampleCount"),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html",
    ),
    # Absent while zero; a bus of one's own has the second set.
    MetricFamily(
        namespace="AWS/Events",
        names=("FailedInvocations", "Invocations", "ThrottledRules", "TriggeredRules"),
        dimensions=(("RuleName",), ("EventBusName", "RuleName")),
        statistics=COUNTED,
        source="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html",
    ),
    MetricFamily(
        namespace="AWS/Lambda",
        names=("DeadLetterErrors", "Errors", "Invocations", "Throttles"),
        dimensions=(("FunctionName",), ("FunctionName", "Resource")),
        statistics=COUNTED,
        source=_LAMBDA_PAGE,
    ),
    MetricFamily(
        namespace="AWS/Lambda",
        names=("Duration",),
        dimensions=(("FunctionName",), ("FunctionName", "Resource")),
        statistics=TIMED,
        source=_LAMBDA_PAGE,
        is_distribution=True,
    ),
    MetricFamily(
        namespace="AWS/NATGateway",
        names=(
            "BytesInFromDestination",
            "BytesInFromSource",
            "BytesOutToDestination",
            "BytesOutToSource",
            "ConnectionAttemptCount",
            "ConnectionEstablishedCount",
            "ErrorPortAllocation",
            "IdleTimeoutCount",
            "PacketsDropCount",
            "PacketsInFromDestination",
            "PacketsInFromSource",
            "PacketsOutToDestination",
            "PacketsOutToSource",
        ),
        dimensions=(("NatGatewayId",),),
        statistics=COUNTED,
        source=_NAT_PAGE,
    ),
    MetricFamily(
        namespace="AWS/NATGateway",
        names=("ActiveConnectionCount",),
        dimensions=(("NatGatewayId",),),
        statistics=("Maximum",),
        source=_NAT_PAGE,
    ),
    # Absent of a stopped instance. SampleCount is one each minute.
    MetricFamily(
        namespace="AWS/Route53",
        names=("DNSSECInternalFailure", "DNSSECKeySigningKeysNeedingAction"),
        dimensions=(("HostedZoneId",),),
        statistics=COUNTED,
        source="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-hosted-zones-with-cloudwatch.html",
        region=GLOBAL_REGION,
    ),
    MetricFamily(
        namespace="AWS/Route53",
        names=("HealthCheckPercentageHealthy", "HealthCheckStatus"),
        dimensions=(("HealthCheckId",),),
        statistics=SAMPLED,
        source="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-health-checks.html",
        region=GLOBAL_REGION,
    ),
    # Of a rule with metrics. Nothing while nothing is copied; the first in the region of the source, the others in that
    # of the copies.
    MetricFamily(
        namespace="AWS/S3",
        names=("OperationsFailedReplication",),
        dimensions=(("DestinationBucket", "RuleId", "SourceBucket"),),
        statistics=COUNTED,
        source=_REPLICATION_PAGE,
    ),
    MetricFamily(
        namespace="AWS/S3",
        names=("BytesPendingReplication", "OperationsPendingReplication", "ReplicationLatency"),
        dimensions=(("DestinationBucket", "RuleId", "SourceBucket"),),
        statistics=("Maximum",),
        source=_REPLICATION_PAGE,
    ),
    # None of a queue that is idle for hours.
    MetricFamily(
        namespace="AWS/SQS",
        names=("ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"),
        dimensions=(("QueueName",),),
        statistics=SAMPLED,
        source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html",
    ),
    # Absent while zero. Of a distribution without the dimension Region, and then in us-east-1.
    MetricFamily(
        namespace="AWS/WAFV2",
        names=("AllowedRequests", "BlockedRequests", "CountedRequests"),
        dimensions=(("Rule", "WebACL"), ("Region", "Rule", "WebACL")),
        statistics=COUNTED,
        source="https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html",
    ),
    # Success in percent, per run; absent while the canary does not run.
    MetricFamily(
        namespace="CloudWatchSynthetics",
        names=("Duration", "Failed", "SuccessPercent"),
        dimensions=(("CanaryName",), ("CanaryName", "StepName")),
        statistics=TIMED,
        source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_metrics.html",
        is_distribution=True,
    ),
    MetricFamily(
        namespace="ECS/ContainerInsights",
        names=("DeploymentCount", "DesiredTaskCount", "PendingTaskCount", "RunningTaskCount", "TaskSetCount"),
        dimensions=(("ClusterName", "ServiceName"),),
        statistics=SAMPLED,
        source=_INSIGHTS_PAGE,
    ),
)
"""Each metric once."""

_BY_NAME: Final = {(family.namespace, name): family for family in METRICS for name in family.names}


def problem_of(*, namespace: str, name: str, dimensions: Mapping[str, object], statistic: str) -> str | None:
    """What is wrong with a metric; None if AWS documents it, or if it is not one of AWS.

    Args:
        namespace: Like `AWS/ECS`.
        name: Like `CPUUtilization`.
        dimensions: The value of each; a reference counts as any value, except where only one is possible.
        statistic: Like `Average`, `p95` or `PR(:0.2)`.
    """
    if not is_of_aws(namespace):
        return None
    family = _BY_NAME.get((namespace, name))
    if family is None:
        known = ", ".join(sorted(other for space, other in _BY_NAME if space == namespace))
        has = f"of that namespace it has {known}" if known else "it has none of that namespace"
        return (
            f"is not in compliance/cloudwatch_metrics.py; {has}: correct it, or add it there with the page that "
            "documents it"
        )
    problem = family.problem_of(dimensions, statistic)
    return f"{problem} ({family.source})" if problem else None


def region_of(namespace: str, name: str) -> str | None:
    """The region in which a metric of a service that is in no region is; None if it is in that of its resource."""
    family = _BY_NAME.get((namespace, name))
    return family.region if family else None


def is_of_aws(namespace: str) -> bool:
    """Whether AWS publishes the metrics of a namespace."""
    return namespace.startswith(_OF_AWS)


def constant_of(namespace: str, name: str, dimension: str) -> str | None:
    """The value that a dimension of a metric of AWS always has; None if it depends on a resource."""
    family = _BY_NAME.get((namespace, name))
    return family.values.get(dimension) if family else None
