"""CAA records: which authorities may issue certificates for a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.route53_record import Route53Record
from constructs import Construct

from config.domain import AMAZON_ISSUERS

if TYPE_CHECKING:
    from config.domain import DomainSettings
    from modules.domain.hosted_zone import HostedZone

_TTL_SECONDS: Final = 3600


class IssuerRecords(Construct):
    """Amazon's authorities, and those of the settings; all others must refuse a certificate for the name.

    They hold for the names below too, also in a zone of another environment or team that has none of its own.
    https://www.rfc-editor.org/rfc/rfc8659#section-3

    At the top of a zone that exists already there are none: they would be those of everything in that zone.
    """

    def __init__(self, scope: Construct, id_: str, *, config: DomainSettings, zone: HostedZone) -> None:
        super().__init__(scope, id_)
        if not config.create_zone and config.name == config.zone_name:
            return
        Route53Record(
            self,
            "Default",
            zone_id=zone.id,
            name=config.name,
            type="CAA",
            records=[f'0 issue "{issuer}"' for issuer in (*AMAZON_ISSUERS, *config.certificate_issuers)],
            ttl=_TTL_SECONDS,
        )
