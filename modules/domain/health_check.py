"""Route 53's check of the site, from several parts of the world."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.route53_health_check import Route53HealthCheck
from constructs import Construct

from modules.alarm import Alarm, Comparison, MissingData
from modules.domain.check_status import check_status
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from config.domain import HealthCheckSettings
    from modules.label import Label
    from modules.metric import Metric
    from modules.topic import Topics

_HTTPS: Final = 443
_FAILURES: Final = 3
_DOWN_MINUTES: Final = 3


class HealthCheck(Construct):
    """HTTPS requests to a name, with the name in the TLS handshake; it fails after three failures in a row.

    It does not verify the certificate: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html
    With records of one region only, it changes no answer: where no record is healthy, Route 53 returns all of them.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: HealthCheckSettings,
        label: Label,
        name: str,
        topics: Topics | None = None,
    ) -> None:
        """Create the check.

        Args:
            config: Its path and interval.
            label: Tags and names.
            name: The name that it asks.
            topics: The topics of us-east-1, where its metrics are; None for no alarm.
        """
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

        if topics:
            Alarm(
                self,
                "down",
                label=label,
                name="site-down",
                description=f"{name} does not answer at {config.path} from several parts of the world",
                metric=self.status,
                threshold=1,
                comparison=Comparison.BELOW,
                severity=Severity.CRITICAL,
                # Each minute has a value, but a new check has none at first; a gap says nothing about the site.
                missing_data=MissingData.IGNORE,
                runbook=Runbook.SITE_CHECK,
                topics=topics,
                periods=_DOWN_MINUTES,
                fires_asleep=True,
            )

    @property
    def status(self) -> Metric:
        """1 while it finds the site healthy, else 0."""
        return check_status(self.id)

    @cached_property
    def id(self) -> str:
        """Id of the check, for records."""
        return self._check.id
