"""What happens around the services: CloudFront, firewall, certificates, DNS, NAT gateways."""

from __future__ import annotations

from typing import Final

from tests.alarms.scenario import Expected, Scenario
from tests.alarms.scenarios_services import START, WITH_CLOUDFRONT, bad
from tests.alarms.world import both, service, world

_DAY: Final = 24 * 60
_CERTIFICATES: Final = {"domain": ("dev", "staging", "prod"), "edge": WITH_CLOUDFRONT, "service": WITH_CLOUDFRONT}
"""The layers with a certificate."""
_ZONES: Final = {"az1": ("dev", "staging", "prod"), "az2": ("staging", "prod")}
"""The zones with a NAT gateway."""


def _expiring(layer: str, only: tuple[str, ...]) -> Scenario:
    """ACM could not renew it: it expires in 40, 30, 20, 7 and 6 days."""
    return Scenario(
        name=f"the certificate of the layer {layer} expires",
        steps=tuple(
            (index * _DAY, world(days_to_expiry={layer: days})) for index, days in enumerate((40, 30, 20, 7, 6))
        ),
        expected=(
            Expected(f"warning: {layer}-certificate-warning", 2 * _DAY),
            Expected(f"critical: {layer}-certificate-critical", 4 * _DAY),
        ),
        minutes=6 * _DAY,
        only=only,
    )


SCENARIOS: Final = (
    bad(
        "CloudFront does not reach the load balancer",
        world(unreached=200),
        Expected("critical: cloudfront-errors", START + 12),
        only=WITH_CLOUDFRONT,
    ),
    bad("CloudFront does not reach the load balancer", world(unreached=200), minutes=4, only=WITH_CLOUDFRONT),
    bad("CloudFront does not reach the load balancer now and then", world(unreached=20), only=WITH_CLOUDFRONT),
    bad(
        "the way from CloudFront to the load balancer is slow",
        world(origin_seconds=2),
        Expected("warning: cloudfront-slow", START + 25),
        only=("staging",),
    ),
    bad("the way from CloudFront to the load balancer is slow", world(origin_seconds=2), minutes=6, only=("staging",)),
    *(
        scenario
        for function in ("pages", "services")
        for scenario in (
            bad(
                f"the function {function} fails",
                world(function_errors={function: 20}),
                Expected(f"warning: cloudfront-function-{function}", START + 8),
                only=WITH_CLOUDFRONT,
            ),
            bad(
                f"the function {function} fails", world(function_errors={function: 20}), minutes=2, only=WITH_CLOUDFRONT
            ),
        )
    ),
    bad(
        "the firewall blocks a quarter of the requests",
        world(blocked=400),
        Expected("warning: firewall-blocks", START + 25),
    ),
    bad("the firewall blocks many requests", world(blocked=2000), minutes=6),
    bad("the firewall blocks few requests", world(blocked=40)),
    Scenario(
        name="the firewall blocks a scan at night",
        always=service(requests=1),
        steps=((START, world(blocked=15)), (START + 60, both())),
        minutes=150,
    ),
    bad(
        "the site does not answer", world(site_answers=False), Expected("critical: site-down", START + 8), only=("dev",)
    ),
    bad("the site does not answer", world(site_answers=False), minutes=2, only=("dev",)),
    *(_expiring(layer, only) for layer, only in _CERTIFICATES.items()),
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
            bad(
                f"the NAT gateway of {zone} drops packets",
                world(dropped_packets={zone: 5000}),
                Expected(f"warning: nat-{zone}-drops", START + 25),
                only=only,
            ),
            bad(f"the NAT gateway of {zone} drops packets", world(dropped_packets={zone: 5000}), minutes=6, only=only),
            bad(f"the NAT gateway of {zone} drops few packets", world(dropped_packets={zone: 50}), only=only),
        )
    ),
    bad(
        "the DNS zone cannot be signed",
        world(unsigned_zone=1),
        Expected("critical: zone-signing-failure", START + 5 * 60),
        minutes=_DAY,
        only=("staging",),
    ),
    bad(
        "the key of the DNS zone cannot be used",
        world(zone_keys_needing_action=1),
        Expected("warning: zone-signing-key", START + 5 * 60),
        minutes=_DAY,
        only=("staging",),
    ),
)
