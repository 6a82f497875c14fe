"""What happens around the services: CloudFront, firewall, certificates, DNS, NAT gateways."""

from __future__ import annotations

from typing import Final

from tests.alarms import where
from tests.alarms.faults import START, bad, pair
from tests.alarms.scenario import Expected, Scenario
from tests.alarms.world import both, service, world
from tests.fixtures import ENVIRONMENTS

_DAY: Final = 24 * 60
_CERTIFICATES: Final = {"domain": ENVIRONMENTS, "edge": where.CLOUDFRONT, "service": where.CLOUDFRONT}
"""The layers with a certificate."""
_ZONES: Final = {"az1": where.nat_gateways(1), "az2": where.nat_gateways(2)}
"""The zones with a NAT gateway."""


def _expiring(layer: str, only: tuple[str, ...]) -> Scenario:
    """ACM could not renew it: it expires in 40, 30, 20, 7 and 6 days."""
    return Scenario(
        name=f"the certificate of the layer {layer} expires",
        steps=tuple(
            (index * _DAY, world(days_to_expiry={layer: days})) for index, days in enumerate((40, 30, 20, 7, 6))
        ),
        expected=(
            Expected(f"warning: {layer}-certificate-warning", 2 * _DAY, after=_DAY),
            Expected(f"critical: {layer}-certificate-critical", 4 * _DAY, after=3 * _DAY),
        ),
        minutes=6 * _DAY,
        only=only,
    )


def _unknown(layer: str, only: tuple[str, ...]) -> Scenario:
    """AWS publishes nothing of it: that says nothing about the certificate."""
    return Scenario(
        name=f"no data of the certificate of the layer {layer}",
        steps=((START, world(days_to_expiry={layer: None})), (START + 5 * _DAY, both())),
        minutes=7 * _DAY,
        only=only,
    )


SCENARIOS: Final = (
    bad(
        "CloudFront does not reach the load balancer",
        world(unreached=200),
        Expected("critical: cloudfront-errors", START + 12),
        minutes=5,
        only=where.CLOUDFRONT,
    ),
    bad("CloudFront does not reach the load balancer", world(unreached=200), minutes=4, only=where.CLOUDFRONT),
    bad("CloudFront does not reach the load balancer now and then", world(unreached=20), only=where.CLOUDFRONT),
    bad(
        "the way from CloudFront to the load balancer is slow",
        world(origin_seconds=2),
        Expected("warning: cloudfront-slow", START + 25),
        minutes=11,
        only=where.CLOUDFRONT_METRICS,
    ),
    bad(
        "the way from CloudFront to the load balancer is slow",
        world(origin_seconds=2),
        minutes=6,
        only=where.CLOUDFRONT_METRICS,
    ),
    *(
        scenario
        for function in ("pages", "services")
        for scenario in (
            bad(
                f"the function {function} fails",
                world(function_errors={function: 20}),
                Expected(f"warning: cloudfront-function-{function}", START + 8),
                only=where.CLOUDFRONT,
            ),
            bad(
                f"the function {function} fails",
                world(function_errors={function: 20}),
                minutes=2,
                only=where.CLOUDFRONT,
            ),
        )
    ),
    bad(
        "the firewall blocks a quarter of the requests",
        world(blocked=400),
        Expected("warning: firewall-blocks", START + 25),
        only=where.BLOCKING_FIREWALL,
    ),
    *pair(
        "the firewall blocks many requests",
        world(blocked=2000),
        "warning: firewall-blocks",
        (11, 6),
        where.BLOCKING_FIREWALL,
    ),
    bad("the firewall blocks few requests", world(blocked=40)),
    Scenario(
        name="the firewall blocks a scan at night",
        always=service(requests=1),
        steps=((START, world(blocked=15)), (START + 60, both())),
        minutes=150,
    ),
    bad(
        "the site does not answer",
        world(site_answers=False),
        Expected("critical: site-down", START + 8),
        minutes=4 if where.SLEEP else 3,
        only=where.SITE_CHECK,
    ),
    bad("the site does not answer", world(site_answers=False), minutes=2, only=where.SITE_CHECK),
    *(_expiring(layer, only) for layer, only in _CERTIFICATES.items()),
    *(_unknown(layer, only) for layer, only in _CERTIFICATES.items()),
    *(
        scenario
        for zone, only in _ZONES.items()
        for scenario in (
            bad(
                f"the NAT gateway of {zone} has no port for a connection",
                world(port_errors={zone: 3}),
                Expected(f"warning: nat-{zone}-ports", START + 10),
                minutes=1,
                only=only,
            ),
            *pair(
                f"the NAT gateway of {zone} drops packets",
                world(dropped_percent={zone: 0.0115}),
                f"warning: nat-{zone}-drops",
                (15, 11),
                only,
            ),
            bad(f"the NAT gateway of {zone} drops few packets", world(dropped_percent={zone: 0.0095}), only=only),
        )
    ),
    *(
        scenario
        for canary in ("api", "site")
        for name, interval in where.CANARY_MINUTES.items()
        for scenario in pair(
            f"the canary {canary} of {name} fails",
            world(failing_canaries=frozenset({canary})),
            f"critical: {canary}-canary",
            (interval + 1, interval - 1),
            (name,),
        )
    ),
    bad(
        "no data of the DNS zone",
        world(unsigned_zone=None, zone_keys_needing_action=None),
        minutes=_DAY,
        only=where.DNSSEC,
    ),
    bad(
        "the DNS zone cannot be signed",
        world(unsigned_zone=1),
        Expected("critical: zone-signing-failure", START + 5 * 60),
        minutes=_DAY,
        only=where.DNSSEC,
    ),
    bad(
        "the key of the DNS zone cannot be used",
        world(zone_keys_needing_action=1),
        Expected("warning: zone-signing-key", START + 5 * 60),
        minutes=_DAY,
        only=where.DNSSEC,
    ),
)
