"""Layer `domain`: the DNS zone and, once resolvers find it, the load balancer's certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from config.edge import VIEWER_REGION
from modules.domain.certificate import Certificate, CertificateNames
from modules.domain.hosted_zone import HostedZone
from modules.errors import WiringError
from stacks.base import LayerStack
from synthesis.manifest import METADATA

if TYPE_CHECKING:
    from constructs import Construct

    from config.domain import DomainSettings
    from config.environment import Environment
    from stacks.state import StateStack


class DomainStack(LayerStack):
    """The hosted zone, and the certificate in the environment's own region if the zone is delegated."""

    layer: ClassVar[str] = "domain"

    def __init__(self, scope: Construct, *, config: Environment, settings: DomainSettings, state: StateStack) -> None:
        super().__init__(scope, config=config, state=state)
        self.names = CertificateNames(domain_name=settings.name, alternative_names=settings.alternative_names)
        self.zone = HostedZone(self, "zone", config=settings, protect=config.protect_data)
        self.add_override(f"{METADATA}.zone_name", settings.zone_name)
        self.add_override(f"{METADATA}.left_out", list(config.left_out_layers))
        if config.edge:
            # Until version 0.2 the viewers' certificate was in this state; Terraform needs its provider to destroy it.
            self._add_provider(f"aws-{VIEWER_REGION}", region=VIEWER_REGION, alias=VIEWER_REGION)
        if settings.create_zone:
            self.output("name_servers", self.zone.name_servers)
        self._certificate: Certificate | None = None
        if settings.is_delegated:
            self._certificate = Certificate(self, "certificate", names=self.names, label=self.label, zone=self.zone)
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
                "in config/environment.py, and leave it out in main.py",
            )
        return self._certificate
