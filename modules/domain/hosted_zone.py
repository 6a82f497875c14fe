"""The DNS zone of the environment's name."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf import Fn, LocalExecProvisioner, TerraformResourceLifecycle, TerraformSelf, Token
from cdktf_cdktf_provider_aws.route53_zone import Route53Zone
from constructs import Construct

if TYPE_CHECKING:
    from config.domain import DomainSettings

_DELEGATE: Final = "make an NS record for {zone} at its parent domain, with these name servers: "


class HostedZone(Construct):
    """A zone that exists already, or a new one.

    The internet does not find a new zone until its parent domain has its name servers, and its certificates are not
    issued before. Therefore they are printed while the apply waits for that, not only as an output at its end.
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
                provisioners=[
                    LocalExecProvisioner(
                        type="local-exec",
                        command="echo Now "
                        + _DELEGATE.format(zone=config.zone_name)
                        + Fn.join(" ", Token.as_list(TerraformSelf.get_any("name_servers"))),
                    )
                ],
            )

    @cached_property
    def id(self) -> str:
        """Id of the zone, for records."""
        return self._zone.zone_id if self._zone else str(self._existing_id)

    @property
    def name_servers(self) -> list[str]:
        """The name servers of a new zone; empty for an existing zone, whose parent domain has them already."""
        return self._zone.name_servers if self._zone else []

    @property
    def next_step(self) -> str:
        """What a person must do so that the internet finds the zone."""
        if not self._zone:
            return f"Nothing: {self.name} existed already."
        return f"Once: {_DELEGATE.format(zone=self.name)}" + Fn.join(" ", self._zone.name_servers)
