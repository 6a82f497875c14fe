"""The dashboard `service`: traffic, errors, latency and saturation of the services, as their alarms see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs import Construct

from config.burn_rates import BUDGET_DAYS
from modules.observability.dashboard import Dashboard
from modules.observability.widgets import AlarmStates, Graph, Line, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from config.deployment import DeploymentSettings
    from config.objectives import ObjectivesSettings
    from modules.delivery.release_metrics import ReleaseMetrics
    from modules.edge.distribution_alarms import DistributionMetrics
    from modules.edge.web_acl_alarm import WebAclMetrics
    from modules.label import Label
    from modules.metric import Metric, MetricExpression
    from modules.network.nat_gateway_alarms import NatGatewayMetrics
    from modules.observability.canary import Canary
    from modules.observability.objective import Objective
    from modules.observability.widgets import Widget
    from modules.service.fargate_service import FargateService
    from modules.service.load_balancer import LoadBalancer

_PERCENT: Final = "percent"
_MS_PER_SECOND: Final = 1000
_HALF: Final = 12


class ServiceDashboard(Construct):
    """What users notice of the services, how much of the error budget is left, and how full the tasks are."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        deployment: DeploymentSettings,
        services: Mapping[str, FargateService],
        load_balancer: LoadBalancer | None,
        distribution: DistributionMetrics | None,
        firewall: WebAclMetrics | None,
        nat_gateways: Mapping[str, NatGatewayMetrics],
        targets: ObjectivesSettings | None,
        objectives: Mapping[str, Objective],
        canaries: Mapping[str, Canary],
        releases: ReleaseMetrics | None,
        serving: Mapping[str, Metric] | None = None,
    ) -> None:
        """Create the dashboard.

        Args:
            label: Names it.
            deployment: Has the thresholds at which a deployment is rolled back.
            services: By name.
            load_balancer: None if no service takes requests.
            distribution: CloudFront; None if users connect to the load balancer.
            firewall: Its web ACL; None without one, or if the web ACL is not of this platform.
            nat_gateways: By the key of their zone.
            targets: What users can rely on; None without objectives.
            objectives: The objectives by what they are about.
            canaries: By name.
            releases: The pipeline and the images that run; None without a pipeline.
            serving: What says which of two regions serves, by the graph's title; None if there is one.
        """
        super().__init__(scope, id_)
        self._deployment, self._targets, self._objectives = deployment, targets, objectives
        self._services, self._load_balancer, self._canaries = services, load_balancer, canaries
        self._distribution, self._firewall, self._nat_gateways = distribution, firewall, nat_gateways
        self._releases, self._serving = releases, serving
        self._served = {name: service.target for name, service in services.items() if service.target}
        rows = [self._header(label), *self._health(), *self._requests(), list(self._failures()), *self._saturation()]
        rows += self._release_rows()
        Dashboard(self, "Default", label=label, name="service", rows=rows)

    def _header(self, label: Label) -> list[Widget]:
        return [
            Text(
                markdown=f"# Services of {label.prefix}\nMade by Terraform: a change here is lost with the next apply. "
                "What the objectives and alarms mean: docs/observability.md and docs/runbooks.md of the repository."
            )
        ]

    def _health(self) -> Iterator[Sequence[Widget]]:
        composites = [alarm for one in self._objectives.values() for alarm in (one.critical, one.warning)]
        arns = [alarm.arn for alarm in composites]
        if self._load_balancer and self._load_balancer.error_alarm:
            arns.append(self._load_balancer.error_alarm.arn)
        arns += [arn for service in self._services.values() if service.alarms for arn in service.alarms.arns]
        arns += [canary.alarm.arn for canary in self._canaries.values()]
        if arns:
            yield [AlarmStates(title="Alarms", alarm_arns=arns)]
        if self._objectives:
            yield [
                Graph(
                    title=f"Error budget left of the last {BUDGET_DAYS} days, in percent",
                    series={
                        name: one.indicator.budget_left_percent(one.objective_percent)
                        for name, one in self._objectives.items()
                    },
                    view="singleValue",
                    start=f"-P{BUDGET_DAYS}D",
                    width=24,
                    height=3,
                )
            ]

        if self._serving:
            # One graph for each: its metrics must be of one region.
            yield [
                Graph(title=title, series={title: metric}, width=_HALF, height=3)
                for title, metric in self._serving.items()
            ]

    def _requests(self) -> Iterator[Sequence[Widget]]:
        if entrance := list(self._entrance()):
            yield entrance
        if not self._load_balancer:
            return
        errors: dict[str, Metric | MetricExpression] = {
            **{name: target.error_percent for name, target in self._served.items()},
            "load balancer itself": self._load_balancer.own_error_percent,
        }
        yield [
            Graph(
                title="Requests, a minute",
                series={name: target.request_count for name, target in self._served.items()},
            ),
            Graph(
                title="5xx answers",
                series=errors,
                lines=[Line(value=self._deployment.max_error_percent, label="rolls a deployment back")],
                unit=_PERCENT,
            ),
            Graph(
                title="Response time, 95th percentile",
                series={name: target.p95_response_seconds for name, target in self._served.items()},
                lines=list(self._latency_lines()),
                unit="seconds",
            ),
        ]

    def _failures(self) -> Iterator[Widget]:
        """What fails without a 5xx, or only seen from outside."""
        yield Graph(
            title="Error lines in the logs, in five minutes",
            series={name: service.error_log_count for name, service in self._services.items()},
            width=_HALF,
        )
        if self._canaries:
            yield Graph(
                title="Runs of canaries that succeeded",
                series={name: canary.success_percent for name, canary in self._canaries.items()},
                unit=_PERCENT,
                width=_HALF,
            )

    def _entrance(self) -> Iterator[Widget]:
        if self._distribution:
            yield Graph(title="Requests to CloudFront, a minute", series={"requests": self._distribution.request_count})
            yield Graph(
                title="5xx answers of CloudFront", series={"errors": self._distribution.error_percent}, unit=_PERCENT
            )
        if self._firewall:
            yield Graph(title="Requests that the firewall blocked", series={"blocked": self._firewall.blocked_count})

    def _latency_lines(self) -> Iterator[Line]:
        if self._targets:
            yield Line(value=self._targets.latency_ms / _MS_PER_SECOND, label="objective")
        yield Line(value=self._deployment.max_p95_ms / _MS_PER_SECOND, label="rolls a deployment back")

    def _saturation(self) -> Iterator[Sequence[Widget]]:
        yield [
            Graph(
                title="CPU of all tasks",
                series={name: service.cpu_percent for name, service in self._services.items()},
                unit=_PERCENT,
            ),
            Graph(
                title="Memory of all tasks",
                series={name: service.memory_percent for name, service in self._services.items()},
                unit=_PERCENT,
            ),
            *self._tasks(),
        ]
        if self._nat_gateways:
            yield [
                Graph(
                    title="Connections without a port of the NAT gateways",
                    series={zone: gateway.port_error_count for zone, gateway in self._nat_gateways.items()},
                    width=_HALF,
                ),
                Graph(
                    title="Packets that NAT gateways dropped",
                    series={zone: gateway.dropped_percent for zone, gateway in self._nat_gateways.items()},
                    unit=_PERCENT,
                    width=_HALF,
                ),
            ]

    def _release_rows(self) -> Iterator[Sequence[Widget]]:
        if releases := self._releases:
            yield [
                Graph(title="Runs of the pipeline that failed, an hour", series={"failed": releases.failed_runs}),
                Graph(title="Duration of the runs", series={"runs": releases.run_seconds}, unit="seconds"),
                Graph(
                    title="Images that run",
                    series={"days since the oldest was built": releases.oldest_days, "findings": releases.findings},
                    lines=[Line(value=releases.max_age_days, label="days at which they are reported")],
                ),
            ]

    def _tasks(self) -> Iterator[Widget]:
        """The tasks that answer; of a service without requests those that run, if Container Insights counts them."""
        counts: dict[str, Metric | MetricExpression] = {}
        for name, service in self._services.items():
            if service.target:
                counts[name] = service.target.healthy_count
            elif service.metrics.running_count:
                counts[name] = service.metrics.running_count
        if counts:
            yield Graph(title="Tasks that work", series=counts)
