"""The CloudFront distribution: pages, services and static files under one name."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from cdktf_cdktf_provider_aws.cloudfront_distribution import (
    CloudfrontDistribution,
    CloudfrontDistributionCustomErrorResponse,
    CloudfrontDistributionDefaultCacheBehavior,
    CloudfrontDistributionDefaultCacheBehaviorFunctionAssociation,
    CloudfrontDistributionOrderedCacheBehavior,
    CloudfrontDistributionOrderedCacheBehaviorFunctionAssociation,
    CloudfrontDistributionRestrictions,
    CloudfrontDistributionRestrictionsGeoRestriction,
    CloudfrontDistributionViewerCertificate,
)
from cdktf_cdktf_provider_aws.cloudfront_monitoring_subscription import (
    CloudfrontMonitoringSubscription,
    CloudfrontMonitoringSubscriptionMonitoringSubscription,
    CloudfrontMonitoringSubscriptionMonitoringSubscriptionRealtimeMetricsSubscriptionConfig,
)
from cdktf_cdktf_provider_aws.cloudfront_origin_access_control import CloudfrontOriginAccessControl
from constructs import Construct

from modules.edge.distribution_alarms import DistributionAlarms, DistributionMetrics
from modules.edge.error_page import ErrorPage
from modules.edge.origins import BALANCER, NEAREST, balancer_origin, file_origins, files_target, nearest_origin
from modules.label import Label, NameLimit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from config.countries import GeoRestriction
    from config.edge import EdgeSettings
    from modules.bucket import Bucket
    from modules.edge.origins import Nearest
    from modules.edge.response_headers import ResponseHeaders
    from modules.edge.site_function import SiteFunction
    from modules.service.origin import Origin
    from modules.topic import Topics

# AWS's managed policies, whose ids are the same in every account. Of the cache:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
CACHING_OPTIMIZED: Final = "658327ea-f89d-4fab-a63d-7e88639e58f6"
CACHING_DISABLED: Final = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
CACHING_AS_THE_ORIGIN_SAYS: Final = "4cc15a8a-d715-48a4-82b8-cc0b614638fe"  # UseOriginCacheControlHeaders-QueryStrings
# Of requests to the origin; with the Host header, by which the load balancer's certificate is compared too:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
ALL_VIEWER: Final = "216adef6-5c7f-47e4-b989-5492eafa07d3"

_READING: Final = ("GET", "HEAD")
_ALL_METHODS: Final = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
# CloudFront keeps these for ten seconds by default, also for paths that it does not cache:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html#HTTPStatusCodes-cached-errors
_KEPT_ERRORS: Final = (404, 414, 500, 501)
_UNAVAILABLE: Final = (502, 503, 504)


class Distribution(Construct):
    """One name for everything: TLS 1.2 or newer, HTTP/3, IPv6, compression; plain HTTP only redirects.

    - the error page and the static path come from the assets bucket, by an origin access control, and are cached;
    - the paths of services go to the load balancer, and nothing of them is cached;
    - every other path goes there too, and is cached for as long as the answer's `cache-control` says: the pages.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: EdgeSettings,
        label: Label,
        names: Sequence[str],
        certificate_arn: str,
        origin: Origin,
        idle_timeout_seconds: int,
        service_paths: Sequence[str],
        assets: Bucket,
        assets_copy_domain: str | None = None,
        nearest: Nearest | None = None,
        headers: ResponseHeaders,
        page_function: SiteFunction,
        service_function: SiteFunction,
        web_acl_arn: str | None,
        max_error_percent: int,
        topics: Topics | None,
    ) -> None:
        """Create the distribution.

        Args:
            config: What the settings decide.
            label: Names it.
            names: The names that it answers for; the certificate has all of them.
            certificate_arn: A certificate in us-east-1.
            origin: The load balancer.
            idle_timeout_seconds: After this time without data the load balancer closes a connection.
            service_paths: The paths that are never cached, the first that matches counts.
            assets: The bucket with the static files and the error page.
            assets_copy_domain: The domain of its copy in the second region, which answers if it cannot; None for none.
            nearest: What answers the paths that need no database, in the nearer region; None if there is one region.
            headers: Added to all responses.
            page_function: Runs before requests for pages.
            service_function: Runs before requests for the paths of services.
            web_acl_arn: The firewall; None for none.
            max_error_percent: Share of 5xx answers at which the alarm goes off.
            topics: Whom its alarms notify; None for no alarms.
        """
        super().__init__(scope, id_)
        self._headers = headers
        control = CloudfrontOriginAccessControl(
            self,
            "access-control",
            name=label.global_name("assets", limit=NameLimit.CLOUDFRONT),
            description=f"Assets bucket of {label.prefix}",
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
        )
        files, group = file_origins(assets, copy_domain=assets_copy_domain, access_control_id=control.id)
        self._files = files_target(has_copy=group is not None)
        self._distribution = CloudfrontDistribution(
            self,
            "Default",
            enabled=True,
            comment=label.prefix,
            aliases=list(names),
            http_version="http2and3",
            is_ipv6_enabled=True,
            price_class=config.price_class,
            web_acl_id=web_acl_arn,
            # Deployed everywhere before records lead to it, and before the origin that it no longer has is deleted.
            wait_for_deployment=True,
            viewer_certificate=CloudfrontDistributionViewerCertificate(
                acm_certificate_arn=certificate_arn,
                ssl_support_method="sni-only",
                minimum_protocol_version="TLSv1.2_2021",
            ),
            restrictions=CloudfrontDistributionRestrictions(geo_restriction=_geo_restriction(config.geo_restriction)),
            origin=[
                balancer_origin(origin, idle_timeout_seconds),
                *([nearest_origin(nearest, idle_timeout_seconds)] if nearest else ()),
                *files,
            ],
            origin_group=[group] if group else None,
            default_cache_behavior=CloudfrontDistributionDefaultCacheBehavior(
                **self._behavior(NEAREST if nearest and nearest.has_pages else BALANCER, CACHING_AS_THE_ORIGIN_SAYS),
                function_association=[
                    CloudfrontDistributionDefaultCacheBehaviorFunctionAssociation(
                        event_type="viewer-request", function_arn=page_function.arn
                    )
                ],
            ),
            ordered_cache_behavior=[
                *(
                    CloudfrontDistributionOrderedCacheBehavior(
                        path_pattern=path, **self._behavior(self._files, CACHING_OPTIMIZED)
                    )
                    for path in (ErrorPage.path, config.static_path)
                ),
                *(
                    CloudfrontDistributionOrderedCacheBehavior(
                        path_pattern=path,
                        **self._behavior(NEAREST if nearest and path in nearest.paths else BALANCER, CACHING_DISABLED),
                        function_association=[
                            CloudfrontDistributionOrderedCacheBehaviorFunctionAssociation(
                                event_type="viewer-request", function_arn=service_function.arn
                            )
                        ],
                    )
                    for path in service_paths
                ),
            ],
            custom_error_response=list(_error_responses()),
        )
        if config.monitoring:
            self._add_monitoring()
        # During maintenance it answers with 503 on purpose.
        if topics and not config.maintenance:
            DistributionAlarms(
                self,
                "alarms",
                label=label,
                metrics=self.metrics,
                has_latency=config.monitoring,
                max_error_percent=max_error_percent,
                topics=topics,
            )

    @cached_property
    def arn(self) -> str:
        """ARN of the distribution."""
        return self._distribution.arn

    @cached_property
    def id(self) -> str:
        """Id of the distribution, for invalidations."""
        return self._distribution.id

    @property
    def metrics(self) -> DistributionMetrics:
        """What CloudWatch measures of it."""
        return DistributionMetrics(distribution_id=self.id)

    @cached_property
    def domain_name(self) -> str:
        """Its own name at CloudFront, for alias records."""
        return self._distribution.domain_name

    @cached_property
    def hosted_zone_id(self) -> str:
        """Zone of `domain_name`, for alias records."""
        return self._distribution.hosted_zone_id

    def _behavior(self, origin: str, cache_policy: str) -> dict[str, Any]:
        """What the behaviors have in common; the bucket is only read, and gets nothing that a viewer sends."""
        is_bucket = origin == self._files
        return {
            "target_origin_id": origin,
            "viewer_protocol_policy": "redirect-to-https",
            "allowed_methods": list(_READING if is_bucket else _ALL_METHODS),
            "cached_methods": list(_READING),
            "compress": True,
            "cache_policy_id": cache_policy,
            "origin_request_policy_id": None if is_bucket else ALL_VIEWER,
            "response_headers_policy_id": self._headers.id,
        }

    def _add_monitoring(self) -> None:
        enabled = CloudfrontMonitoringSubscriptionMonitoringSubscriptionRealtimeMetricsSubscriptionConfig(
            realtime_metrics_subscription_status="Enabled"
        )
        CloudfrontMonitoringSubscription(
            self,
            "monitoring",
            distribution_id=self.id,
            monitoring_subscription=CloudfrontMonitoringSubscriptionMonitoringSubscription(
                realtime_metrics_subscription_config=enabled
            ),
        )


def _error_responses() -> Iterator[CloudfrontDistributionCustomErrorResponse]:
    """No error is kept: one user's 404 or 500 of an uncached path would be another user's answer.

    The page replaces an answer of the distribution, so also one of an API; the status stays what it was.
    """
    for code in _KEPT_ERRORS:
        yield CloudfrontDistributionCustomErrorResponse(error_code=code, error_caching_min_ttl=0)
    for code in _UNAVAILABLE:
        yield CloudfrontDistributionCustomErrorResponse(
            error_code=code, error_caching_min_ttl=0, response_code=code, response_page_path=ErrorPage.path
        )


def _geo_restriction(config: GeoRestriction | None) -> CloudfrontDistributionRestrictionsGeoRestriction:
    if config is None:
        return CloudfrontDistributionRestrictionsGeoRestriction(restriction_type="none")
    return CloudfrontDistributionRestrictionsGeoRestriction(
        restriction_type="whitelist" if config.allow else "blacklist", locations=sorted(config.allow or config.deny)
    )
