"""The number of tasks: by CPU, memory and requests, and on a schedule where one is set."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.appautoscaling_policy import (
    AppautoscalingPolicy,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfiguration,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecification,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetrics,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetricsMetricStat,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetricsMetricStatMetric,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetricsMetricStatMetricDimensions,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecification,
)
from cdktf_cdktf_provider_aws.appautoscaling_scheduled_action import (
    AppautoscalingScheduledAction,
    AppautoscalingScheduledActionScalableTargetAction,
)
from cdktf_cdktf_provider_aws.appautoscaling_target import AppautoscalingTarget
from constructs import Construct

from modules.label import Label, NameLimit

if TYPE_CHECKING:
    from config.services import ServiceSettings
    from modules.service.target_groups import TargetGroups

_Tracking = AppautoscalingPolicyTargetTrackingScalingPolicyConfiguration
_Predefined = AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecification
_Customized = AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecification
_Metrics = AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetrics
_Stat = AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetricsMetricStat
_Metric = (
    AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetricsMetricStatMetric
)
_Dimension = AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetricsMetricStatMetricDimensions  # noqa: E501

_NAMESPACE: Final = "ecs"
_DIMENSION: Final = "ecs:service:DesiredCount"
# Seconds between steps. Scale out fast, scale in slowly: too many tasks cost little, too few affect users.
_SCALE_OUT_COOLDOWN_SECONDS: Final = 60
_SCALE_IN_COOLDOWN_SECONDS: Final = 300


class AutoScaling(Construct):
    """The number of a service's tasks within its bounds; one metric can scale out, all must agree to scale in."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: ServiceSettings,
        label: Label,
        name: str,
        resource_id: str,
        target: TargetGroups | None,
    ) -> None:
        """Scale a service.

        Args:
            config: Bounds and target values.
            label: Names the policies.
            name: The service.
            resource_id: `service/<cluster>/<service>`.
            target: Its target groups behind the load balancer, whose requests are counted.
        """
        super().__init__(scope, id_)
        self._label = label
        self._name = name
        self._scalable = AppautoscalingTarget(
            self,
            "Default",
            service_namespace=_NAMESPACE,
            scalable_dimension=_DIMENSION,
            resource_id=resource_id,
            min_capacity=config.min_count,
            max_capacity=config.max_count,
        )
        self._add_target_tracking("cpu", "ECSServiceAverageCPUUtilization", config.cpu_target_percent)
        self._add_target_tracking("memory", "ECSServiceAverageMemoryUtilization", config.memory_target_percent)
        if target and config.requests_per_target is not None:
            self._add_policy(
                "requests",
                _Tracking(
                    target_value=config.requests_per_target,
                    scale_in_cooldown=_SCALE_IN_COOLDOWN_SECONDS,
                    scale_out_cooldown=_SCALE_OUT_COOLDOWN_SECONDS,
                    customized_metric_specification=_requests(target),
                ),
            )

    @cached_property
    def arn(self) -> str:
        """ARN of the scalable target."""
        return self._scalable.arn

    def schedule(
        self, scope: Construct, id_: str, *, expression: str, timezone: str, min_count: int, max_count: int
    ) -> None:
        """Set other bounds at a time, like `cron(0 20 ? * MON-FRI *)`; `scope` is the construct that wants them.

        An apply in between does not revert them: Terraform sees the bounds only when the settings change.
        """
        AppautoscalingScheduledAction(
            scope,
            id_,
            name=self._label.name(f"{self._name}-{id_}", limit=NameLimit.SCALING_POLICY),
            service_namespace=_NAMESPACE,
            scalable_dimension=_DIMENSION,
            resource_id=self._scalable.resource_id,
            schedule=expression,
            timezone=timezone,
            scalable_target_action=AppautoscalingScheduledActionScalableTargetAction(
                min_capacity=str(min_count), max_capacity=str(max_count)
            ),
        )

    def _add_target_tracking(self, id_: str, metric: str, percent: int) -> None:
        self._add_policy(
            id_,
            _Tracking(
                target_value=percent,
                scale_in_cooldown=_SCALE_IN_COOLDOWN_SECONDS,
                scale_out_cooldown=_SCALE_OUT_COOLDOWN_SECONDS,
                predefined_metric_specification=_Predefined(predefined_metric_type=metric),
            ),
        )

    def _add_policy(self, id_: str, tracking: _Tracking) -> None:
        AppautoscalingPolicy(
            self,
            id_,
            name=self._label.name(f"{self._name}-{id_}", limit=NameLimit.SCALING_POLICY),
            policy_type="TargetTrackingScaling",
            service_namespace=_NAMESPACE,
            scalable_dimension=_DIMENSION,
            resource_id=self._scalable.resource_id,
            target_tracking_scaling_policy_configuration=tracking,
        )


def _requests(target: TargetGroups) -> _Customized:
    """Requests per task and minute over all target groups.

    The predefined metric covers one target group, and after a blue/green deployment the traffic is in the other. It has
    no FILL: the newest minute would always be 0, and the alarm of the policy needs high values only. So, as with the
    predefined metric, the policy does not scale in while there are no requests at all:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html
    """
    suffixes = target.arn_suffixes
    metrics = [
        _Metrics(
            id=color,
            return_data=False,
            metric_stat=_Stat(
                stat="Sum",
                metric=_Metric(
                    namespace="AWS/ApplicationELB",
                    metric_name="RequestCountPerTarget",
                    dimensions=[
                        _Dimension(name="LoadBalancer", value=target.load_balancer.arn_suffix),
                        _Dimension(name="TargetGroup", value=suffix),
                    ],
                ),
            ),
        )
        for color, suffix in suffixes.items()
    ]
    total = _Metrics(
        id="total",
        label="Requests per task and minute",
        expression=f"SUM([{', '.join(suffixes)}])",
        return_data=True,
    )
    return _Customized(metrics=[*metrics, total])
