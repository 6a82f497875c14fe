"""Records that lead a name to a load balancer or a distribution, without an address of either."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from cdktf_cdktf_provider_aws.route53_record import (
    Route53Record,
    Route53RecordAlias,
    Route53RecordLatencyRoutingPolicy,
)
from constructs import Construct

from modules.domain.record_id import record_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modules.domain.hosted_zone import HostedZone


class RecordCheck(Protocol):
    """A health check that decides when a record is answered."""

    @property
    def id(self) -> str:
        """Id of the check."""


@dataclass(frozen=True, kw_only=True)
class AliasTarget:
    """What an alias record leads to."""

    dns_name: str
    zone_id: str
    """The zone of AWS that has `dns_name`."""
    has_ipv6: bool
    """Whether it answers over IPv6 too, so that the name needs an AAAA record."""
    is_evaluated: bool
    """Whether Route 53 takes the health of the target into account."""

    @staticmethod
    def load_balancer(*, dns_name: str, zone_id: str) -> AliasTarget:
        """A load balancer with IPv4 addresses."""
        return AliasTarget(dns_name=dns_name, zone_id=zone_id, has_ipv6=False, is_evaluated=True)

    @staticmethod
    def distribution(*, domain_name: str, hosted_zone_id: str) -> AliasTarget:
        """A distribution of CloudFront, whose health Route 53 does not know.

        https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
        """
        return AliasTarget(dns_name=domain_name, zone_id=hosted_zone_id, has_ipv6=True, is_evaluated=False)

    def by_check_alone(self) -> AliasTarget:
        """The same target, whose own health decides nothing: with records of two regions, a health check does.

        Where no record is healthy, Route 53 takes all of them, so a region that is closed on purpose would answer as
        soon as the other one has no healthy task; and a load balancer with one empty target group is not healthy.
        https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
        https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-alias-common.html
        """
        return replace(self, is_evaluated=False)


class AliasRecord(Construct):
    """A name as an alias of a target: an A record, and an AAAA record if the target has IPv6.

    It is the record of one region from the start: AWS allows no latency record beside a simple one of the same name, so
    a second region could otherwise only be added by replacing this one. With one region, all queries get its target.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-latency.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        zone: HostedZone,
        target: AliasTarget,
        region: str,
        health_check: RecordCheck | None = None,
    ) -> None:
        """Create the records.

        Args:
            name: The name, which can start with `*.`.
            zone: The zone that answers for the name.
            target: What the name leads to.
            region: The region of what answers in the end; the record's identifier among those of the same name.
            health_check: Queries get another region's record while it fails, if there is one.
        """
        super().__init__(scope, id_)
        for type_ in ("A", "AAAA") if target.has_ipv6 else ("A",):
            Route53Record(
                self,
                type_.lower(),
                zone_id=zone.id,
                name=name,
                type=type_,
                set_identifier=region,
                latency_routing_policy=Route53RecordLatencyRoutingPolicy(region=region),
                health_check_id=health_check.id if health_check else None,
                alias=Route53RecordAlias(
                    name=target.dns_name,
                    zone_id=target.zone_id,
                    evaluate_target_health=target.is_evaluated,
                ),
            )


def add_alias_records(
    scope: Construct,
    *,
    names: Sequence[str],
    zone: HostedZone,
    target: AliasTarget,
    region: str,
    health_check: RecordCheck | None,
) -> None:
    """Lead several names to one target: the constructs are called `record-` and what makes the name different."""
    ids: set[str] = set()
    for name in names:
        AliasRecord(
            scope,
            f"record-{record_id(name, ids)}",
            name=name,
            zone=zone,
            target=target,
            region=region,
            health_check=health_check,
        )
