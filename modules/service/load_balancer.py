"""The load balancer: TLS from clients, TLS to the tasks, and 404 for paths that no service has."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_ec2_managed_prefix_list import DataAwsEc2ManagedPrefixList
from cdktf_cdktf_provider_aws.lb import Lb, LbAccessLogs, LbConnectionLogs
from cdktf_cdktf_provider_aws.lb_listener import (
    LbListener,
    LbListenerDefaultAction,
    LbListenerDefaultActionFixedResponse,
    LbListenerDefaultActionRedirect,
)
from cdktf_cdktf_provider_aws.lb_listener_certificate import LbListenerCertificate
from constructs import Construct

from modules.alarm import Alarm, MissingData
from modules.bucket import Bucket, BucketConfig
from modules.domain.alias_record import AliasTarget
from modules.label import Label, NameLimit
from modules.metric import LEAST_ERRORS, Metric, MetricExpression
from modules.network.connections import Port, SecurityGroup
from modules.policy import Condition, Principal, Statement
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdktf import TerraformResource

    from config.load_balancer import LoadBalancerSettings
    from modules.network.connections import Connections
    from modules.network.vpc import Vpc
    from modules.service.deployment_strategy import DeploymentStrategy
    from modules.topic import Topics

_ANYWHERE: Final = "0.0.0.0/0"
_ADDRESSES_OF_CLOUDFRONT: Final = "com.amazonaws.global.cloudfront.origin-facing"
_ADDRESSES_OF_HEALTH_CHECKS: Final = "com.amazonaws.{region}.route53-healthchecks"
_HTTP: Final = Port.tcp(80)
_HTTPS: Final = Port.tcp(443)
_NOT_FOUND: Final = LbListenerDefaultAction(
    type="fixed-response",
    fixed_response=LbListenerDefaultActionFixedResponse(
        content_type="text/plain", message_body="Not found", status_code="404"
    ),
)
_BAD_MINUTES: Final = 3
_NONCURRENT_LOG_DAYS: Final = 1  # logs are written once, so a noncurrent version is a deleted log


class LoadBalancer(Construct):
    """An application load balancer that answers 404 until a service adds a rule for its paths.

    - internal: in the private subnets, for a VPC origin of CloudFront.
    - public: in the public subnets, for the internet or for CloudFront.

    Either is closed until `allow_from_internet`, `allow_from_cloudfront` or a rule of its connections opens it.
    TLS 1.2 or newer; invalid headers are dropped and ambiguous requests are refused.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: LoadBalancerSettings,
        label: Label,
        vpc: Vpc,
        internal: bool,
        certificate_arn: str,
        strategy: DeploymentStrategy,
        access_logs: Bucket | str,
        log_retention_days: int,
        protect: bool,
        max_error_percent: int,
        topics: Topics | None,
        has_health_checks: bool = False,
    ) -> None:
        """Create the load balancer.

        Args:
            has_health_checks: Whether Route 53 asks it, beside CloudFront, from the addresses of its health checks.
        """
        super().__init__(scope, id_)
        self._region = label.region
        self._group = SecurityGroup(
            self,
            "security-group",
            label=label,
            vpc=vpc,
            name="load-balancer",
            description="Load balancer",
            port=_HTTPS,
        )
        logs = self._add_log_bucket(label, access_logs, retention_days=log_retention_days, protect=protect)
        self._balancer = Lb(
            self,
            "Default",
            name=label.name(config.name, limit=NameLimit.LOAD_BALANCER),
            load_balancer_type="application",
            internal=internal,
            ip_address_type="ipv4",
            subnets=vpc.private_subnet_ids if internal else vpc.public_subnet_ids,
            security_groups=[self._group.id, *([self._add_checkers(label, vpc)] if has_health_checks else ())],
            enable_deletion_protection=protect,
            drop_invalid_header_fields=True,
            desync_mitigation_mode="strictest",
            idle_timeout=config.idle_timeout_seconds,
            enable_zonal_shift=config.zonal_shift,
            access_logs=LbAccessLogs(bucket=logs.id, prefix="access", enabled=True),
            connection_logs=LbConnectionLogs(bucket=logs.id, prefix="connections", enabled=True),
            lifecycle=_replaced_first(),
            # AWS writes a test file before it enables the logs.
            depends_on=logs.dependables,
        )
        # The same for both kinds; only the internet reaches port 80.
        redirect = LbListener(
            self,
            "http",
            load_balancer_arn=self.arn,
            port=_HTTP.first,
            protocol="HTTP",
            default_action=[
                LbListenerDefaultAction(
                    type="redirect",
                    redirect=LbListenerDefaultActionRedirect(
                        port=str(_HTTPS.first), protocol="HTTPS", status_code="HTTP_301"
                    ),
                )
            ],
            lifecycle=_replaced_first(),
        )

        def https(id_: str, port: int) -> LbListener:
            return LbListener(
                self,
                id_,
                load_balancer_arn=self.arn,
                port=port,
                protocol="HTTPS",
                ssl_policy=config.tls_policy,
                certificate_arn=certificate_arn,
                # Not a forward: unknown paths belong to no service, and CodeDeploy only changes forwards.
                default_action=[_NOT_FOUND],
                lifecycle=_replaced_first(ignored=strategy.ignored_by_listeners),
            )

        self._listeners = {"production": https("https", _HTTPS.first)}
        self.test_port = strategy.test_port
        if strategy.test_port:
            self._listeners["test"] = https("test", strategy.test_port)
        self._all_listeners = [redirect, *self._listeners.values()]
        self.error_alarm: Alarm | None = None
        """The alarm on its own errors, which the deployments of all services watch; None without topics."""
        if topics:
            self.error_alarm = Alarm(
                self,
                "own-errors",
                label=label,
                name="load-balancer-errors",
                description=f"The load balancer itself answers {max_error_percent} % or more of its requests with 5xx",
                metric=self.own_error_percent,
                threshold=max_error_percent,
                severity=Severity.CRITICAL,
                missing_data=MissingData.NOT_BREACHING,
                runbook=Runbook.LOAD_BALANCER_ERRORS,
                topics=topics,
                periods=_BAD_MINUTES,
                fires_asleep=True,  # without tasks, each request gets 503
            )
            Alarm(
                self,
                "rejected",
                label=label,
                name="load-balancer-rejected",
                description="The load balancer had too many connections, and rejected further ones",
                metric=self.rejected_connection_count,
                threshold=1,
                severity=Severity.WARNING,
                missing_data=MissingData.NOT_BREACHING,  # the metric is there only while it is not zero
                runbook=Runbook.LOAD_BALANCER_ERRORS,
                topics=topics,
            )

    def allow_from_internet(self) -> None:
        """Open a public one to the internet on 443, and on 80 for the redirect to 443."""
        for port in (_HTTPS, _HTTP):
            self.connections.allow_from_cidr(_ANYWHERE, name="internet", port=port)

    def allow_from_cloudfront(self) -> None:
        """Open a public one on 443 to the addresses from which CloudFront's locations ask origins.

        The list counts as 55 rules, and a group has up to 60 of one direction without a higher quota, so there is no
        rule for port 80: it would count as 55 more, and CloudFront uses 443 only.
        https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
        https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups
        """
        addresses = DataAwsEc2ManagedPrefixList(self, "cloudfront", name=_ADDRESSES_OF_CLOUDFRONT)
        self.connections.allow_from_prefix_list(addresses.id, name="cloudfront")

    def _add_checkers(self, label: Label, vpc: Vpc) -> str:
        """Open it on 443 to Route 53's health checks, by a group of its own: the list counts as 25 rules, too.

        https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
        """
        group = SecurityGroup(
            self,
            "health-checks-group",
            label=label,
            vpc=vpc,
            name="load-balancer-health-checks",
            description="Health checks of the load balancer",
            port=_HTTPS,
        )
        name = _ADDRESSES_OF_HEALTH_CHECKS.format(region=self._region)
        addresses = DataAwsEc2ManagedPrefixList(self, "health-checks", name=name)
        group.connections.allow_from_prefix_list(addresses.id, name="health-checks")
        return group.id

    def add_certificate(self, id_: str, arn: str) -> None:
        """Show a further certificate to those that ask for a name on it."""
        for name, listener in self._listeners.items():
            LbListenerCertificate(self, f"{id_}-certificate-{name}", listener_arn=listener.arn, certificate_arn=arn)

    @property
    def connections(self) -> Connections:
        """Adds rules to its security group; the services allow it."""
        return self._group.connections

    @cached_property
    def arn(self) -> str:
        """ARN of the load balancer."""
        return self._balancer.arn

    @property
    def arn_suffix(self) -> str:
        """Its name in CloudWatch's dimensions."""
        return self._balancer.arn_suffix

    @property
    def own_error_count(self) -> Metric:
        """Requests that the load balancer itself answered with 5xx: no task was reachable, or none answered in time."""
        return self._metric("HTTPCode_ELB_5XX_Count")

    @property
    def rejected_connection_count(self) -> Metric:
        """Connections that it rejected because it had as many as it can have."""
        return self._metric("RejectedConnectionCount")

    @property
    def own_error_percent(self) -> MetricExpression:
        """Share of the requests that it answered so; 0 in a minute with a few of them only.

        A request for which it found no task is not in RequestCount:
        https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
        """
        return MetricExpression(
            expression=f"IF(FILL(own, 0) >= {LEAST_ERRORS}, "
            "100 * FILL(own, 0) / MAX([FILL(own, 0), FILL(requests, 0)]), 0)",
            metrics={"own": self.own_error_count, "requests": self.request_count},
            label="5xx answers of the load balancer itself in percent",
            late_value=0,
        )

    @property
    def target_error_count(self) -> Metric:
        """Requests that tasks of any service answered with 5xx."""
        return self._metric("HTTPCode_Target_5XX_Count")

    @property
    def request_count(self) -> Metric:
        """Requests for which it found a task, of any service."""
        return self._metric("RequestCount")

    @property
    def capacity_units(self) -> Metric:
        """The capacity units that it used, which AWS bills."""
        return self._metric("ConsumedLCUs")

    def _metric(self, name: str) -> Metric:
        return Metric(
            namespace="AWS/ApplicationELB",
            name=name,
            statistic="Sum",
            dimensions={"LoadBalancer": self.arn_suffix},
            region=self._region,
        )

    @property
    def dns_name(self) -> str:
        """Its DNS name; the environment's name is an alias record for it."""
        return self._balancer.dns_name

    @property
    def alias_target(self) -> AliasTarget:
        """What an alias record for it leads to."""
        return AliasTarget.load_balancer(dns_name=self.dns_name, zone_id=self._balancer.zone_id)

    @property
    def dependables(self) -> list[TerraformResource]:
        """What must exist before CloudFront sends requests to it."""
        return [self._balancer, *self._all_listeners]

    @property
    def listener_arns(self) -> dict[str, str]:
        """`production`, and `test` if the strategy has a test port."""
        return {name: listener.arn for name, listener in self._listeners.items()}

    def _add_log_bucket(self, label: Label, access_logs: Bucket | str, *, retention_days: int, protect: bool) -> Bucket:
        bucket = Bucket(
            self,
            "logs",
            config=BucketConfig(
                noncurrent_version_days=_NONCURRENT_LOG_DAYS, expiration_days=retention_days, protect=protect
            ),
            label=label,
            name=label.bucket_name("load-balancer-logs"),
            key=None,  # the load balancer cannot deliver logs with a customer managed key, see below
            access_logs=access_logs,
        )
        # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
        bucket.add_to_resource_policy(
            Statement(
                sid="AllowLogDelivery",
                principal=Principal.service("logdelivery.elasticloadbalancing.amazonaws.com"),
                actions=("s3:PutObject",),
                resources=tuple(
                    f"{bucket.arn}/{prefix}/AWSLogs/{label.account_id}/*" for prefix in ("access", "connections")
                ),
                conditions=(
                    Condition(
                        operator="ArnLike",
                        key="aws:SourceArn",
                        values=(label.arn("elasticloadbalancing", "loadbalancer/*"),),
                    ),
                ),
            )
        )
        return bucket


def _replaced_first(*, ignored: Sequence[str] = ()) -> TerraformResourceLifecycle:
    """Create the new one before the old one is deleted, with and without a VPC origin, which requires it.

    If only one of the two kinds did so, Terraform could not plan the change from one kind to the other: the deletion of
    the origin would have to wait for the new load balancer, and the new load balancer for that deletion.
    """
    return TerraformResourceLifecycle(create_before_destroy=True, ignore_changes=list(ignored) or None)
