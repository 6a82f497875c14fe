"""Layer `edge`: CloudFront before the load balancer, in the one region where AWS takes what belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from config.edge import VIEWER_REGION
from config.routing import CATCH_ALL
from config.standby_traffic import nearest_services
from modules.bucket import Bucket, BucketConfig
from modules.domain.alias_record import AliasTarget, add_alias_records
from modules.domain.certificate import Certificate
from modules.domain.health_check import HealthCheck
from modules.edge.access_logs import AccessLogs
from modules.edge.assets_bucket import AssetsBucket
from modules.edge.distribution import Distribution
from modules.edge.error_page import ErrorPage
from modules.edge.origins import Nearest
from modules.edge.response_headers import ResponseHeaders
from modules.edge.site_function import SiteFunction
from modules.edge.web_acl import WebAcl
from modules.errors import WiringError
from modules.recovery.static_copy import static_copy_domain
from modules.state_store import ACCESS_LOGS
from stacks.base import LayerStack
from synthesis.manifest import METADATA

if TYPE_CHECKING:
    from constructs import Construct

    from config.edge import EdgeSettings
    from config.environment import Environment
    from config.firewall import FirewallSettings
    from config.load_balancer import LoadBalancerSettings
    from modules.edge.site_function import Serves
    from stacks.domain import DomainStack
    from stacks.notifications import NotificationsStack
    from stacks.service import ServiceStack
    from stacks.state import StateStack


class EdgeStack(LayerStack):
    """The distribution with its certificate, assets bucket, functions and logs, in us-east-1 in every environment."""

    layer: ClassVar[str] = "edge"

    def __init__(
        self,
        scope: Construct,
        *,
        config: Environment,
        settings: EdgeSettings,
        balancer: LoadBalancerSettings,
        state: StateStack,
        notifications: NotificationsStack | None,
        domain: DomainStack,
        service: ServiceStack,
    ) -> None:
        """Compose the layer.

        Args:
            config: The environment.
            settings: The table [edge].
            balancer: The table [load_balancer], whose timeout CloudFront's are below and above.
            state: Its log bucket receives the access logs of this layer's buckets, if it is in this region.
            notifications: The one in us-east-1, whose topics the alarms notify, and which lets AWS WAF write its log.
            domain: Has the names, and the records that validate the certificate.
            service: Has the load balancer.

        Raises:
            WiringError: The layer `service` has no origin.
        """
        super().__init__(scope, config=config, state=state, region=VIEWER_REGION)
        if service.origin is None:
            raise WiringError(self, f"{service.node.path} has no origin; it must have a load balancer and [edge]")
        # With a public load balancer no value of the layer `service` is in this one, but it must be applied before.
        self.add_dependency(service)
        if notifications:
            self.add_dependency(notifications)
        topics = self._topics = notifications.topics if notifications else None
        # The validation records are the same for both certificates, and they are in the layer `domain`.
        self.certificate = Certificate(
            self,
            "certificate",
            names=domain.names,
            label=self.label,
            zone=domain.zone,
            records=domain.certificate.records,
            topics=topics,
        )
        self.web_acl = self._add_web_acl(config.firewall) if config.firewall else None
        self.add_override(f"{METADATA}.zone_name", domain.zone.name)
        self._access_logs = self._access_log_bucket(state)
        self.assets_key = self.key("assets-key", name="assets", protects="Static files", attach_policy=True)
        self.logs_key = self.key("logs-key", name="edge-logs", protects="Logs of CloudFront")
        self.assets = AssetsBucket(
            self,
            "assets",
            label=self.label,
            key=self.assets_key,
            access_logs=self._access_logs,
            prefix=settings.static_prefix,
            protect=config.protect_data,
        )
        self.distribution = Distribution(
            self,
            "distribution",
            config=settings,
            label=self.label,
            names=domain.names.all,
            certificate_arn=self.certificate.arn,
            origin=service.origin,
            idle_timeout_seconds=balancer.idle_timeout_seconds,
            service_paths=config.service_paths,
            assets=self.assets,
            assets_copy_domain=static_copy_domain(self.label, region=config.standby_region)
            if config.standby_region
            else None,
            nearest=_nearest(config),
            headers=ResponseHeaders(self, "headers", config=settings, label=self.label),
            page_function=self._function("pages", settings),
            service_function=self._function("services", settings),
            web_acl_arn=self.web_acl.arn if self.web_acl else None,
            max_error_percent=config.deployment.max_error_percent,
            topics=topics,
        )
        if self.web_acl:
            self.web_acl.protect(self.distribution.arn)
        self.assets.allow_distribution(self.distribution.arn)
        ErrorPage(self, "error-page", bucket=self.assets)
        self._add_records(domain, region=service.region)
        self.access_logs = AccessLogs(
            self,
            "access-logs",
            label=self.label,
            key=self.logs_key,
            access_logs=self._access_logs,
            distribution_arn=self.distribution.arn,
            retention_days=config.logs.cloudfront_retention_days,
            protect=config.protect_data,
        )
        self.output("certificate_arn", self.certificate.arn)
        self.output("distribution_id", self.distribution.id)
        self.output("distribution_domain_name", self.distribution.domain_name)
        self.output("assets_bucket", self.assets.id)

    def _add_records(self, domain: DomainStack, *, region: str) -> None:
        """Lead all names on the certificate here. They are the records of the region that has the load balancer."""
        health_check = None
        if self.config.domain and self.config.domain.health_check:
            health_check = HealthCheck(
                self,
                "site-check",
                config=self.config.domain.health_check,
                label=self.label,
                name=domain.names.domain_name,
                # During maintenance the site answers with 503 on purpose.
                topics=None if self.config.edge and self.config.edge.maintenance else self._topics,
            )
        target = AliasTarget.distribution(
            domain_name=self.distribution.domain_name, hosted_zone_id=self.distribution.hosted_zone_id
        )
        add_alias_records(
            self, names=domain.names.all, zone=domain.zone, target=target, region=region, health_check=health_check
        )

    def _function(self, serves: Serves, settings: EdgeSettings) -> SiteFunction:
        return SiteFunction(self, serves, config=settings, label=self.label, serves=serves, topics=self._topics)

    def _access_log_bucket(self, state: StateStack) -> Bucket:
        """The bucket that receives the access logs of this layer's buckets: S3 writes them within one region only.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
        """
        if state.region == self.region:
            return state.store.access_logs
        return Bucket(
            self,
            "bucket-access-logs",
            config=BucketConfig(
                noncurrent_version_days=self.config.state.noncurrent_version_days,
                expiration_days=self.config.logs.bucket_access_retention_days,
                protect=self.config.protect_data,
            ),
            label=self.label,
            name=self.label.bucket_name(ACCESS_LOGS),
            key=None,  # the same page: not with a customer managed key
            access_logs=None,
        )

    def _add_web_acl(self, settings: FirewallSettings) -> WebAcl:
        own = settings.web_acl_arn is None
        return WebAcl(
            self,
            "firewall",
            config=settings,
            label=self.label,
            waf_scope="CLOUDFRONT",
            key=self.key("firewall-key", name="firewall", protects="The firewall's log") if own else None,
            log_retention_days=self.config.logs.firewall_retention_days,
            topics=self._topics,
        )


def _nearest(config: Environment) -> Nearest | None:
    """What the nearer region answers: the paths of the services that use no data."""
    if config.nearest_name is None:
        return None
    patterns = {pattern for one in nearest_services(config.services).values() for pattern in one.path_patterns}
    return Nearest(
        host_name=config.nearest_name, paths=frozenset(patterns), has_pages=not patterns.isdisjoint(CATCH_ALL)
    )
