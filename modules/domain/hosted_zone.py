"""The DNS zone of the environment's name."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf import Fn, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_route53_zone import DataAwsRoute53Zone
from cdktf_cdktf_provider_aws.route53_record import Route53Record
from cdktf_cdktf_provider_aws.route53_zone import Route53Zone
from constructs import Construct

from modules.domain.record_id import record_id

if TYPE_CHECKING:
    from config.domain import DomainSettings

_DELEGATION_TTL_SECONDS: Final = 3600  # a wrong name server is gone after an hour


class HostedZone(Construct):
    """A zone that exists already, or a new one, with NS records for the zones below it.

    Resolvers do not find a new zone until its parent domain has its name servers, and its certificates are not issued
    before: `delegated` of the settings says when.
    """

    def __init__(self, scope: Construct, id_: str, *, config: DomainSettings, protect: bool) -> None:
        super().__init__(scope, id_)
        self.name = config.zone_name
        self._zone: Route53Zone | None = None
        self._existing_id = config.zone_id
        if config.create_zone:
            self._zone = Route53Zone(
                self,
                "Default",
                name=config.zone_name,
                comment=f"Answers for {config.zone_name}",
                force_destroy=not protect,
                lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if protect else None,
            )
        ids: set[str] = set()
        for zone, name_servers in config.delegations.items():
            Route53Record(
                self,
                f"delegation-{record_id(zone, ids)}",
                zone_id=self.id,
                name=zone,
                type="NS",
                records=list(name_servers),
                ttl=_DELEGATION_TTL_SECONDS,
                # Someone may have made it by hand, when this setting did not exist.
                allow_overwrite=True,
            )

    @cached_property
    def id(self) -> str:
        """Id of the zone, for records."""
        return self._zone.zone_id if self._zone else str(self._existing_id)

    @cached_property
    def arn(self) -> str:
        """ARN of the zone, for the policies that let Route 53 act for it."""
        return self._zone.arn if self._zone else f"arn:aws:route53:::hostedzone/{self._existing_id}"

    @property
    def name_servers(self) -> list[str]:
        """The name servers of a new zone; empty for an existing zone, whose parent domain has them already."""
        return self._zone.name_servers if self._zone else []

    @property
    def next_step(self) -> str:
        """What a person must do so that resolvers find a new zone."""
        return (
            f"Once: make an NS record for {self.name} at its parent domain, or, if another environment creates the "
            "zone above it, in [domain.delegations] of that one's file, with these name servers: "
            + Fn.join(" ", self.name_servers)
            + " and then set delegated = true in [domain]."
        )


class FoundZone(HostedZone):
    """The zone of another stack, found by its name: for a stack that must not read that one's state."""

    def __init__(self, scope: Construct, id_: str, *, config: DomainSettings) -> None:
        Construct.__init__(self, scope, id_)
        self.name = config.zone_name
        self._zone = None
        self._existing_id = config.zone_id
        if config.create_zone:
            found = DataAwsRoute53Zone(self, "Default", name=config.zone_name, private_zone=False)
            self._existing_id = found.zone_id
