"""What CloudFront, the firewall, the certificates, DNS and the NAT gateways publish.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-hosted-zones-with-cloudwatch.html
https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.alarms.measure import Measured, counted, gauge, of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.alarms.environment import Environment, Place
    from tests.alarms.world import World
    from tests.cloudwatch.statistics import Samples

GLOBAL: Final = "us-east-1"
"""The region of the metrics of CloudFront, its firewall and Route 53."""
_DAYS: Final = 200
_HALF_A_DAY: Final = 720
_FOUR_HOURS: Final = 240
_PACKETS: Final = 1_000_000
_IN_GLOBAL: Final = {"Region": "Global"}


def measure(environment: Environment, world: World) -> Iterator[Measured]:
    """The metrics of what is around the services."""
    yield from _of_cloudfront(environment, world)
    for acl in environment.all("aws_wafv2_web_acl"):
        yield from _of_firewall(acl, world)
    for certificate in environment.all("aws_acm_certificate"):
        days = world.days_to_expiry.get(certificate.stack.layer, _DAYS)
        dimensions = {"CertificateArn": environment.of(certificate, "arn")}
        samples = () if days is None else gauge(days)
        yield of(certificate, "AWS/CertificateManager", "DaysToExpiry", dimensions, samples, every_minutes=_HALF_A_DAY)
    yield from _of_dns(environment, world)
    for gateway in environment.all("aws_nat_gateway"):
        yield from _of_gateway(environment, gateway, world)


def _of_cloudfront(environment: Environment, world: World) -> Iterator[Measured]:
    monitored = {
        environment.text(one.stack, one.get("distribution_id"))
        for one in environment.all("aws_cloudfront_monitoring_subscription")
    }
    for distribution in environment.all("aws_cloudfront_distribution"):
        id_ = environment.of(distribution, "id")
        dimensions = {"DistributionId": id_, **_IN_GLOBAL}
        share = 100 * world.failed / world.requests if world.requests else 0
        for name, samples in {
            "Requests": counted(world.requests),
            "5xxErrorRate": ((share, world.requests),) if world.requests else (),
            "OriginLatency": _origin_milliseconds(world) if id_ in monitored else (),
        }.items():
            yield of(distribution, "AWS/CloudFront", name, dimensions, samples, region=GLOBAL)
    for function in environment.all("aws_cloudfront_function"):
        dimensions = {"FunctionName": environment.of(function, "name"), **_IN_GLOBAL}
        errors = _named(world.function_errors, function)
        for name, value in {
            "FunctionExecutionErrors": errors / 2,
            "FunctionThrottles": errors / 2,
            "FunctionInvocations": world.requests,
        }.items():
            yield of(function, "AWS/CloudFront", name, dimensions, counted(value), region=GLOBAL)


def _origin_milliseconds(world: World) -> Samples:
    return tuple(
        (1000 * (seconds + world.origin_seconds), count)
        for service in world.services.values()
        for seconds, count in service.times
    )


def _of_firewall(acl: Place, world: World) -> Iterator[Measured]:
    is_regional = acl.get("scope") == "REGIONAL"
    dimensions = {"WebACL": acl.resource.block("visibility_config")["metric_name"], "Rule": "ALL"}
    if is_regional:
        dimensions["Region"] = acl.stack.region
    for name, value in {"AllowedRequests": world.requests, "BlockedRequests": world.blocked}.items():
        yield of(acl, "AWS/WAFV2", name, dimensions, counted(value), region=acl.stack.region if is_regional else GLOBAL)


def _of_dns(environment: Environment, world: World) -> Iterator[Measured]:
    """Of a signed zone every four hours; of the check of the site each minute."""
    for signing in environment.all("aws_route53_hosted_zone_dnssec"):
        (zone,) = environment.all("aws_route53_zone")
        dimensions = {"HostedZoneId": environment.of(zone, "id")}
        for name, value in {
            "DNSSECInternalFailure": world.unsigned_zone,
            "DNSSECKeySigningKeysNeedingAction": world.zone_keys_needing_action,
        }.items():
            samples = () if value is None else gauge(value)
            yield of(signing, "AWS/Route53", name, dimensions, samples, region=GLOBAL, every_minutes=_FOUR_HOURS)
    for check in environment.all("aws_route53_health_check"):
        dimensions = {"HealthCheckId": environment.of(check, "id")}
        samples = gauge(1 if world.site_answers else 0)
        yield of(check, "AWS/Route53", "HealthCheckStatus", dimensions, samples, region=GLOBAL)


def _of_gateway(environment: Environment, gateway: Place, world: World) -> Iterator[Measured]:
    """Each has another number of packets, so that no alarm can use those of another one."""
    dimensions = {"NatGatewayId": environment.of(gateway, "id")}
    packets = _PACKETS * (1 + environment.all("aws_nat_gateway").index(gateway) / 2)
    for name, value in {
        "ErrorPortAllocation": _named(world.port_errors, gateway),
        "PacketsDropCount": _named(world.dropped_percent, gateway) / 100 * 2 * packets,
        "PacketsInFromSource": packets,
        "PacketsInFromDestination": packets,
    }.items():
        yield of(gateway, "AWS/NATGateway", name, dimensions, gauge(value))


def _named(values: Mapping[str, float], place: Place) -> float:
    """The value whose key is in the path of constructs."""
    return sum(value for part, value in values.items() if part in "/".join(place.path))
