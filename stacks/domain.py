"""Layer `domain`: the DNS zone and the certificates, before anything that serves under them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from cdktf import TerraformOutput

from modules.domain.certificate import Certificate, CertificateNames
from modules.domain.hosted_zone import HostedZone
from stacks.base import LayerStack

if TYPE_CHECKING:
    from constructs import Construct

    from config.environment import Environment

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
VIEWER_REGION: Final = "us-east-1"


class DomainStack(LayerStack):
    """Hosted zone, the balancer's certificate and, where there is CloudFront, the viewers'."""

    layer: ClassVar[str] = "domain"

    def __init__(self, scope: Construct, *, config: Environment) -> None:
        super().__init__(scope, config=config)
        names = CertificateNames(domain_name=config.domain_name, alternative_names=config.domain.alternative_names)
        self.zone = HostedZone(self, "zone", config=config.domain, protect=config.protect_data)
        self.certificate = Certificate(self, "certificate", names=names, region=config.region, zone=self.zone)
        self.viewer_certificate = (
            Certificate(
                self,
                "viewer-certificate",
                names=names,
                region=VIEWER_REGION,
                zone=self.zone,
                records=self.certificate.records,
                provider=self.provider_in(config, VIEWER_REGION),
            )
            if config.edge.enabled
            else None
        )
        if config.domain.create_zone:
            TerraformOutput(self, "name_servers", value=self.zone.name_servers, static_id=True)
        TerraformOutput(self, "next_step", value=self.zone.next_step, static_id=True)
        TerraformOutput(self, "certificate_arn", value=self.certificate.arn, static_id=True)
