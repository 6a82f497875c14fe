"""Route 53's check of the site, from several parts of the world."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.route53_health_check import Route53HealthCheck
from constructs import Construct

if TYPE_CHECKING:
    from config.domain import HealthCheckSettings
    from modules.label import Label

_HTTPS: Final = 443
_FAILURES: Final = 3


class HealthCheck(Construct):
    """HTTPS requests to a name, with the name in the TLS handshake; it fails after three failures in a row.

    It does not verify the certificate: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html
    With records of one region only, it changes no answer: where no record is healthy, Route 53 returns all of them.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
    """

    def __init__(self, scope: Construct, id_: str, *, config: HealthCheckSettings, label: Label, name: str) -> None:
        super().__init__(scope, id_)
        self._check = Route53HealthCheck(
            self,
            "Default",
            type="HTTPS",
            fqdn=name,
            port=_HTTPS,
            enable_sni=True,
            resource_path=config.path,
            request_interval=config.interval_seconds,
            failure_threshold=_FAILURES,
            tags=label.name_tag("site"),
        )

    @cached_property
    def id(self) -> str:
        """Id of the check, for records."""
        return self._check.id
