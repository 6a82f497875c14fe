"""Where CloudFront gets what it answers: load balancers, the bucket with the static files, and the copy of that."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.cloudfront_distribution import (
    CloudfrontDistributionOrigin,
    CloudfrontDistributionOriginCustomOriginConfig,
    CloudfrontDistributionOriginGroup,
    CloudfrontDistributionOriginGroupFailoverCriteria,
    CloudfrontDistributionOriginGroupMember,
    CloudfrontDistributionOriginVpcOriginConfig,
)

if TYPE_CHECKING:
    from modules.bucket import Bucket
    from modules.service.origin import Origin

BALANCER: Final = "load-balancer"
"""Id of the load balancer that serves."""
NEAREST: Final = "nearest"
"""Id of the one that is nearer to the place of CloudFront that asks."""
ASSETS: Final = "assets"
_COPY: Final = "assets-copy"
_GROUP: Final = "static-files"
_HTTP_PORT: Final = 80
_HTTPS_PORT: Final = 443
# https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CustomOriginConfig.html
_MAX_TIMEOUT_SECONDS: Final = 120
_MARGIN_SECONDS: Final = 5
_LOST: Final = (500, 502, 503, 504)
"""What S3 answers while its region, or KMS there, has an outage; not 403 and 404, which the copy would answer as well.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
"""
_ATTEMPTS: Final = 2
_CONNECT_SECONDS: Final = 3
"""So a viewer waits for six seconds, not thirty, until the copy is asked: the same page."""


@dataclass(frozen=True, kw_only=True)
class Nearest:
    """The load balancers of both regions under one name, for paths that need no database."""

    host_name: str
    """The name, which leads to the nearer region."""
    paths: frozenset[str] = field(default_factory=frozenset)
    """The paths of services that it answers."""
    has_pages: bool = False
    """Whether it answers all other paths, too."""


def origin_timeouts(idle_timeout_seconds: int) -> tuple[int, int]:
    """The seconds that CloudFront waits for an answer, and that it keeps an unused connection.

    The load balancer gives up first, so that its own 504 is in its logs and alarms; and CloudFront closes a connection
    first, so that no request goes into one that the load balancer is closing.
    """
    wait = min(idle_timeout_seconds + _MARGIN_SECONDS, _MAX_TIMEOUT_SECONDS)
    keep = min(idle_timeout_seconds - _MARGIN_SECONDS, _MAX_TIMEOUT_SECONDS)
    return wait, keep


def balancer_origin(origin: Origin, idle_timeout_seconds: int) -> CloudfrontDistributionOrigin:
    """The load balancer that serves, in the VPC or by public addresses."""
    if origin.vpc_origin_id is None:
        return _public(BALANCER, origin.host_name, idle_timeout_seconds)
    wait, keep = origin_timeouts(idle_timeout_seconds)
    # Protocol and ports are those of the VPC origin.
    return CloudfrontDistributionOrigin(
        origin_id=BALANCER,
        domain_name=origin.host_name,
        vpc_origin_config=CloudfrontDistributionOriginVpcOriginConfig(
            vpc_origin_id=origin.vpc_origin_id, origin_read_timeout=wait, origin_keepalive_timeout=keep
        ),
    )


def nearest_origin(nearest: Nearest, idle_timeout_seconds: int) -> CloudfrontDistributionOrigin:
    """The load balancer that is nearer: CloudFront resolves the name where it asks."""
    return _public(NEAREST, nearest.host_name, idle_timeout_seconds)


def file_origins(
    assets: Bucket, *, copy_domain: str | None, access_control_id: str
) -> tuple[list[CloudfrontDistributionOrigin], CloudfrontDistributionOriginGroup | None]:
    """The bucket with the static files; with the domain of its copy, both, as a group that asks the copy second.

    CloudFront asks the second one only for GET, HEAD and OPTIONS, so the paths of services have no such group:
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
    """
    first = CloudfrontDistributionOrigin(
        origin_id=ASSETS,
        domain_name=assets.regional_domain_name,
        origin_access_control_id=access_control_id,
        connection_attempts=_ATTEMPTS if copy_domain else None,
        connection_timeout=_CONNECT_SECONDS if copy_domain else None,
    )
    if copy_domain is None:
        return [first], None
    second = CloudfrontDistributionOrigin(
        origin_id=_COPY, domain_name=copy_domain, origin_access_control_id=access_control_id
    )
    group = CloudfrontDistributionOriginGroup(
        origin_id=_GROUP,
        failover_criteria=CloudfrontDistributionOriginGroupFailoverCriteria(status_codes=list(_LOST)),
        member=[CloudfrontDistributionOriginGroupMember(origin_id=one) for one in (ASSETS, _COPY)],
    )
    return [first, second], group


def files_target(*, has_copy: bool) -> str:
    """Id of what answers the static files."""
    return _GROUP if has_copy else ASSETS


def _public(id_: str, host_name: str, idle_timeout_seconds: int) -> CloudfrontDistributionOrigin:
    wait, keep = origin_timeouts(idle_timeout_seconds)
    return CloudfrontDistributionOrigin(
        origin_id=id_,
        domain_name=host_name,
        custom_origin_config=CloudfrontDistributionOriginCustomOriginConfig(
            http_port=_HTTP_PORT,
            https_port=_HTTPS_PORT,
            origin_protocol_policy="https-only",
            origin_ssl_protocols=["TLSv1.2"],
            origin_read_timeout=wait,
            origin_keepalive_timeout=keep,
        ),
    )
