"""Layer `domain`: the DNS zone with its own records and, once resolvers find it, the load balancer's certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from config.domain import ROUTE_53_REGION
from config.edge import VIEWER_REGION
from modules.domain.certificate import Certificate, CertificateNames
from modules.domain.health_check import HealthCheck
from modules.domain.hosted_zone import FoundZone, HostedZone
from modules.domain.issuer_records import IssuerRecords
from modules.domain.query_log import QueryLog
from modules.domain.zone_signing import ZoneSigning
from modules.errors import WiringError
from stacks.base import LayerStack, topics_for
from synthesis.manifest import METADATA

if TYPE_CHECKING:
    from constructs import Construct

    from config.domain import DomainSettings
    from config.environment import Environment
    from stacks.notifications import NotificationsStack
    from stacks.state import StateStack


class DomainStack(LayerStack):
    """The hosted zone, and the certificate in the environment's own region if the zone is delegated."""

    layer: ClassVar[str] = "domain"

    def __init__(
        self,
        scope: Construct,
        *,
        config: Environment,
        settings: DomainSettings,
        state: StateStack,
        notifications: NotificationsStack | None,
    ) -> None:
        super().__init__(scope, config=config, state=state)
        self.names = CertificateNames(domain_name=settings.name, alternative_names=settings.alternative_names)
        """The names that users type."""
        self.zone = HostedZone(self, "zone", config=settings, protect=config.protect_data)
        self.add_override(f"{METADATA}.zone_name", settings.zone_name)
        self.add_override(f"{METADATA}.left_out", list(config.left_out_layers))
        if config.edge:
            # Until version 0.2 the viewers' certificate was in this state; Terraform needs its provider to destroy it.
            self.add_provider(f"aws-{VIEWER_REGION}", region=VIEWER_REGION, alias=VIEWER_REGION)
        IssuerRecords(self, "issuers", config=settings, zone=self.zone)
        if settings.create_zone:
            self.output("name_servers", self.zone.name_servers)
        if self.region == ROUTE_53_REGION:
            _sign_and_log(self, settings, self.zone, notifications)
        self._certificate: Certificate | None = None
        if settings.is_delegated:
            self._certificate = Certificate(
                self,
                "certificate",
                names=self.names,
                label=self.label,
                zone=self.zone,
                topics=notifications.topics if notifications else None,
            )
            self.output("certificate_arn", self._certificate.arn)
        else:
            self.output("next_step", self.zone.next_step)

    @property
    def certificate(self) -> Certificate:
        """The certificate in the environment's own region.

        Raises:
            WiringError: The zone is not delegated, so the stack that asks must be left out.
        """
        if self._certificate is None:
            raise WiringError(
                self,
                "it has no certificate while the zone is not delegated; add the layer that uses it to left_out_layers "
                "in config/environment_regions.py, and leave it out in stacks/compose.py",
            )
        return self._certificate


class Route53Stack(LayerStack):
    """What Route 53 takes from us-east-1 only, for an environment in another region."""

    layer: ClassVar[str] = "domain"

    def __init__(
        self,
        scope: Construct,
        *,
        config: Environment,
        settings: DomainSettings,
        state: StateStack,
        notifications: NotificationsStack | None,
        domain: DomainStack,
    ) -> None:
        """Compose the stack.

        Args:
            config: The environment.
            settings: The table [domain].
            state: Stores all states.
            notifications: The topics of the region of this stack.
            domain: Has the zone.
        """
        name = f"{self.layer}-{ROUTE_53_REGION}"
        super().__init__(scope, config=config, state=state, region=ROUTE_53_REGION, name=name)
        _sign_and_log(self, settings, domain.zone, notifications)
        self.site_check: HealthCheck | None = None
        """The check of a site without CloudFront; here, because its metrics and so its alarm are in this region."""
        if config.checks_site_in_route_53_stack and settings.health_check:
            self.site_check = HealthCheck(
                self,
                "site-check",
                config=settings.health_check,
                label=self.label,
                name=settings.name,
                topics=topics_for(self, notifications),
            )

    @staticmethod
    def is_needed(config: Environment) -> bool:
        """Whether an environment has something for this stack; in us-east-1 it is in `DomainStack`."""
        return config.needs_route_53_stack


class StandbyDomainStack(LayerStack):
    """The certificate in the second region, for the names of the load balancer there; its zone is the environment's."""

    layer: ClassVar[str] = "domain"

    def __init__(
        self,
        scope: Construct,
        *,
        config: Environment,
        settings: DomainSettings,
        state: StateStack,
        notifications: NotificationsStack | None,
        domain: DomainStack,
    ) -> None:
        """Compose the stack.

        Args:
            config: The environment in its second region.
            settings: The table [domain].
            state: Stores all states.
            notifications: The topics of the second region.
            domain: Makes the zone, and the records that validate the certificate; applied before.
        """
        super().__init__(scope, config=config, state=state)
        self.add_dependency(domain)
        self.names = domain.names
        self.zone = FoundZone(self, "zone", config=settings)
        self.add_override(f"{METADATA}.zone_name", settings.zone_name)
        self.certificate = Certificate(
            self,
            "certificate",
            names=self.names,
            label=self.label,
            zone=self.zone,
            is_proven=True,
            topics=notifications.topics if notifications else None,
        )
        self.output("certificate_arn", self.certificate.arn)


def _sign_and_log(
    stack: LayerStack, settings: DomainSettings, zone: HostedZone, notifications: NotificationsStack | None
) -> None:
    config = stack.config
    if settings.dnssec:
        signing = ZoneSigning(
            stack,
            "zone-signing",
            label=stack.label,
            zone=zone,
            protect=config.protect_data,
            topics=topics_for(stack, notifications),
        )
        stack.output("ds_record", signing.ds_record)
    if settings.query_logging:
        QueryLog(
            stack,
            "query-log",
            label=stack.label,
            zone=zone,
            retention_days=config.logs.dns_retention_days,
            key=stack.key("key", name="domain", protects="DNS queries"),
        )
