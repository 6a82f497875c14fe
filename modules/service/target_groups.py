"""A service's target groups behind the load balancer, and the listener rules for its paths."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.lb_listener_rule import (
    LbListenerRule,
    LbListenerRuleAction,
    LbListenerRuleCondition,
    LbListenerRuleConditionPathPattern,
)
from cdktf_cdktf_provider_aws.lb_target_group import LbTargetGroup, LbTargetGroupHealthCheck
from constructs import Construct

from modules.label import Label, NameLimit
from modules.metric import LEAST_ERRORS, Metric, MetricExpression

if TYPE_CHECKING:
    from cdktf import TerraformResource

    from config.services import ServiceSettings
    from modules.network.vpc import Vpc
    from modules.service.deployment_strategy import DeploymentStrategy
    from modules.service.load_balancer import LoadBalancer

# An unhealthy task is removed after 20 to 30 seconds, a new one is added after as many.
_HEALTH_INTERVAL_SECONDS: Final = 10
_HEALTH_TIMEOUT_SECONDS: Final = 5
_HEALTHY_THRESHOLD: Final = 2
_UNHEALTHY_THRESHOLD: Final = 3

_WARNING_PERIOD_SECONDS: Final = 300
_LEAST_SAMPLES: Final = 200
"""Requests in a period from which its 95th percentile means something: 10 / (1 - 0.95), as CloudWatch counts.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html
"""

# Each forces a new group when it changes, as the VPC, port and protocol do: see _group_name.
_TARGET_TYPE: Final = "ip"
_PROTOCOL_VERSION: Final = "HTTP1"
_FIRST_PROTOCOL: Final = "HTTPS"


class TargetGroups(Construct):
    """One target group per color of the strategy, and one rule per listener that forwards the paths to the first."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: ServiceSettings,
        label: Label,
        name: str,
        vpc: Vpc,
        load_balancer: LoadBalancer,
        strategy: DeploymentStrategy,
    ) -> None:
        super().__init__(scope, id_)
        self.load_balancer = load_balancer
        self._region = label.region
        self._groups = {
            color: LbTargetGroup(
                self,
                color,
                name=label.name(_group_name(name, color, config), limit=NameLimit.TARGET_GROUP),
                target_type=_TARGET_TYPE,
                vpc_id=vpc.id,
                port=config.port,
                protocol=config.protocol,
                protocol_version=_PROTOCOL_VERSION,
                deregistration_delay=str(config.drain_seconds),
                slow_start=config.slow_start_seconds,
                health_check=LbTargetGroupHealthCheck(
                    enabled=True,
                    path=config.health_path,
                    protocol=config.protocol,
                    port="traffic-port",
                    matcher=config.health_codes,
                    interval=_HEALTH_INTERVAL_SECONDS,
                    timeout=_HEALTH_TIMEOUT_SECONDS,
                    healthy_threshold=_HEALTHY_THRESHOLD,
                    unhealthy_threshold=_UNHEALTHY_THRESHOLD,
                ),
                tags=label.name_tag(f"{name}-{color}"),
                lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
            )
            for color in strategy.colors
        }
        self._rules = [
            LbListenerRule(
                self,
                listener,
                listener_arn=arn,
                priority=config.priority,
                action=[LbListenerRuleAction(type="forward", target_group_arn=self.arn)],
                condition=[
                    LbListenerRuleCondition(
                        path_pattern=LbListenerRuleConditionPathPattern(values=list(config.path_patterns))
                    )
                ],
                tags=label.name_tag(f"{name}-{listener}"),
                lifecycle=strategy.rule_lifecycle(self.references),
            )
            for listener, arn in load_balancer.listener_arns.items()
        ]

    @cached_property
    def arn(self) -> str:
        """The target group that receives the traffic initially."""
        return next(iter(self._groups.values())).arn

    @property
    def arns(self) -> list[str]:
        """The target groups, the one that receives the traffic initially first."""
        return [group.arn for group in self._groups.values()]

    @cached_property
    def references(self) -> list[str]:
        """References to their ids, for what must be replaced with them."""
        return [f"{LbTargetGroup.TF_RESOURCE_TYPE}.{group.friendly_unique_id}.id" for group in self._groups.values()]

    @cached_property
    def port_references(self) -> list[str]:
        """References to their ports: another one, or the first one, is a change; a new group with the same is none."""
        return [f"{LbTargetGroup.TF_RESOURCE_TYPE}.{group.friendly_unique_id}.port" for group in self._groups.values()]

    @cached_property
    def rule_references(self) -> list[str]:
        """References to the ids of its rules on all listeners; only a new listener or group makes a rule new."""
        return [f"{LbListenerRule.TF_RESOURCE_TYPE}.{rule.friendly_unique_id}.id" for rule in self._rules]

    @property
    def rule_arns(self) -> list[str]:
        """ARNs of its rules on all listeners, whose actions a deployment changes."""
        return [rule.arn for rule in self._rules]

    @property
    def names(self) -> list[str]:
        """Names of the target groups: the pair of a deployment group."""
        return [group.name for group in self._groups.values()]

    @property
    def arn_suffixes(self) -> dict[str, str]:
        """Names of the target groups in CloudWatch's dimensions, by color."""
        return {color: group.arn_suffix for color, group in self._groups.items()}

    @property
    def error_percent(self) -> MetricExpression:
        """Share of the requests, over all target groups, with a 5xx response; 0 in a minute with a few of them only."""
        errors, requests = self._total("errors"), self._total("requests")
        return MetricExpression(
            expression=f"IF(({errors}) >= {LEAST_ERRORS}, 100 * ({errors}) / ({requests}), 0)",
            metrics={
                **self._by_color("errors", "HTTPCode_Target_5XX_Count", "Sum"),
                **self._by_color("requests", "RequestCount", "Sum"),
            },
            label="5xx answers in percent",
            late_value=0,
        )

    @property
    def p95_response_seconds(self) -> MetricExpression:
        """95th percentile of the response time; of two target groups, the slower one's."""
        return MetricExpression(
            expression=f"MAX([{', '.join(f'FILL(time_{color}, 0)' for color in self._groups)}])",
            metrics=self._by_color("time", "TargetResponseTime", "p95"),
            label="95th percentile of the response time in seconds",
            late_value=0,
        )

    @property
    def significant_p95_seconds(self) -> MetricExpression:
        """The same over five minutes; 0 of a group with too few requests for a percentile, as in a shift of traffic.

        An alarm on an expression has no `evaluate_low_sample_count_percentiles`, so the number of requests is part of
        the expression.
        """
        times = (
            f"IF(FILL(requests_{color}, 0) >= {_LEAST_SAMPLES}, FILL(time_{color}, 0), 0)" for color in self._groups
        )
        period = _WARNING_PERIOD_SECONDS
        return MetricExpression(
            expression=f"MAX([{', '.join(times)}])",
            metrics={
                **self._by_color("time", "TargetResponseTime", "p95", period_seconds=period),
                **self._by_color("requests", "RequestCount", "Sum", period_seconds=period),
            },
            label="95th percentile of the response time in seconds, where there are enough requests",
            late_value=0,
        )

    @property
    def request_count(self) -> MetricExpression:
        """Requests over all target groups."""
        return MetricExpression(
            expression=self._total("requests"),
            metrics=self._by_color("requests", "RequestCount", "Sum"),
            label="requests",
            late_value=0,
        )

    @property
    def response_seconds(self) -> dict[str, Metric]:
        """The response time, of each target group by its color."""
        metrics = self._by_color("time", "TargetResponseTime", "p95").values()
        return dict(zip(self._groups, metrics, strict=True))

    @property
    def healthy_count(self) -> MetricExpression:
        """Healthy tasks in all target groups; a group without tasks reports nothing."""
        return MetricExpression(
            expression=self._total("healthy"),
            metrics=self._by_color("healthy", "HealthyHostCount", "Maximum"),
            label="healthy tasks",
            late_value=0,
        )

    @property
    def healthy_count_of_any(self) -> MetricExpression:
        """The same, but 1 while no task is unhealthy: for a service that may have no task at all."""
        return MetricExpression(
            expression=f"IF(({self._total('unhealthy')}) > 0, {self._total('healthy')}, 1)",
            metrics={
                **self.healthy_count.metrics,
                **self._by_color("unhealthy", "UnHealthyHostCount", "Maximum"),
            },
            label="healthy tasks, if there are any",
            late_value=1,
        )

    @property
    def larger_healthy_count(self) -> MetricExpression:
        """Healthy tasks of the target group that has more of them: a deployment has both for a while."""
        return MetricExpression(
            expression=f"MAX([{', '.join(f'FILL(healthy_{color}, 0)' for color in self._groups)}])",
            metrics=self.healthy_count.metrics,
            label="healthy tasks of the larger target group",
            late_value=0,
        )

    @property
    def unhealthy_count(self) -> MetricExpression:
        """The most unhealthy tasks in five minutes: ECS replaces each, so one that never starts is there in turns."""
        return MetricExpression(
            expression=self._total("unhealthy"),
            metrics=self._by_color(
                "unhealthy", "UnHealthyHostCount", "Maximum", period_seconds=_WARNING_PERIOD_SECONDS
            ),
            label="unhealthy tasks",
            late_value=0,
        )

    @property
    def connection_error_count(self) -> MetricExpression:
        """Connections that tasks did not accept; the answer to the client is the load balancer's own 502 or 504."""
        return MetricExpression(
            expression=self._total("refused"),
            metrics=self._by_color("refused", "TargetConnectionErrorCount", "Sum"),
            label="connections that tasks did not accept",
            late_value=0,
        )

    def _total(self, kind: str) -> str:
        return " + ".join(f"FILL({kind}_{color}, 0)" for color in self._groups)

    def _by_color(self, kind: str, metric: str, statistic: str, *, period_seconds: int = 60) -> dict[str, Metric]:
        return {
            f"{kind}_{color}": Metric(
                namespace="AWS/ApplicationELB",
                name=metric,
                statistic=statistic,
                dimensions={"LoadBalancer": self.load_balancer.arn_suffix, "TargetGroup": suffix},
                region=self._region,
                period_seconds=period_seconds,
            )
            for color, suffix in self.arn_suffixes.items()
        }

    @property
    def dependables(self) -> list[TerraformResource]:
        """What must exist before ECS accepts the target group: a load balancer that uses it."""
        return list(self._rules)


def _group_name(name: str, color: str, config: ServiceSettings) -> str:
    """A name that is new whenever the group must be: the new one is created before the old one is deleted.

    AWS refuses a second group with the name and other settings. Only the VPC is not in the name, because its id is not
    known here: all that is in a VPC is deleted before it is. HTTPS is left out, as the names of existing groups do.
    """
    protocol = "" if config.protocol == _FIRST_PROTOCOL else f"-{config.protocol.lower()}"
    return f"{name}-{color}-{config.port}{protocol}"
