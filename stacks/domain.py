"""Layer `domain`: the DNS zone and the load balancer's certificate, before the layers that use them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from config.edge import VIEWER_REGION
from modules.domain.certificate import Certificate, CertificateNames
from modules.domain.hosted_zone import HostedZone
from stacks.base import LayerStack

if TYPE_CHECKING:
    from constructs import Construct

    from config.domain import DomainSettings
    from config.environment import Environment
    from stacks.state import StateStack


class DomainStack(LayerStack):
    """The hosted zone, and the certificate in the environment's own region."""

    layer: ClassVar[str] = "domain"

    def __init__(self, scope: Construct, *, config: Environment, settings: DomainSettings, state: StateStack) -> None:
        super().__init__(scope, config=config, state=state)
        self.names = CertificateNames(domain_name=settings.name, alternative_names=settings.alternative_names)
        self.zone = HostedZone(self, "zone", config=settings, protect=config.protect_data)
        self.certificate = Certificate(self, "certificate", names=self.names, label=self.label, zone=self.zone)
        if config.edge:
            # Until version 0.2 the viewers' certificate was in this state; Terraform needs its provider to destroy it.
            self._add_provider(f"aws-{VIEWER_REGION}", region=VIEWER_REGION, alias=VIEWER_REGION)
        if settings.create_zone:
            self.output("name_servers", self.zone.name_servers)
        self.output("next_step", self.zone.next_step)
        self.output("certificate_arn", self.certificate.arn)
