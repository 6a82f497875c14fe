"""Alias records: moto accepts any target, in any zone, and any health check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moto.cloudfront.models import cloudfront_backends
from moto.elbv2.models import elbv2_backends
from moto.route53.models import route53_backends

from emulator.dns import CALLED, canonical
from emulator.errors import AwsError
from emulator.registry import Context, guard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.store import Shape

# https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
_ZONE_OF_CLOUDFRONT: Final = "Z2FDTNDATAQYW2"
_DISTRIBUTIONS: Final = ".cloudfront.net"
_BALANCERS: Final = ".elb.amazonaws.com"
_DUAL_STACK: Final = "dualstack."


@guard("route53", "ChangeResourceRecordSets")
def refuse_wrong_targets(params: Shape, context: Context) -> None:
    """Refuse an alias whose target is not in the zone that it names, or does not exist.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
    The messages: https://github.com/kubernetes-sigs/external-dns/issues/2426
    """
    records = [
        change["ResourceRecordSet"] for change in params["ChangeBatch"]["Changes"] if change["Action"] != "DELETE"
    ]
    problems = [problem for record in records for problem in _problems(record)]
    if problems:
        raise AwsError(code="InvalidChangeBatch", message=f"[{', '.join(problems)}]")
    checks = context.backend(route53_backends, "aws").health_checks
    for record in records:
        check = record.get("HealthCheckId")
        if check and check not in checks:
            raise AwsError(code="NoSuchHealthCheck", message=f"A health check with id {check} does not exist.")


def _problems(record: Shape) -> Iterator[str]:
    target = record.get("AliasTarget")
    if target is None:
        return
    name, zone = canonical(target["DNSName"]), target["HostedZoneId"]
    tried = f"Tried to create an alias that targets {name}., type {record['Type']} in zone {zone}, but"
    outside = f"{tried} the alias target name does not lie within the target zone"
    if name.endswith(_DISTRIBUTIONS) or zone == _ZONE_OF_CLOUDFRONT:
        if not name.endswith(_DISTRIBUTIONS) or zone != _ZONE_OF_CLOUDFRONT:
            yield outside
        elif name not in _distributions():
            yield f"{tried} that target was not found"
        elif target.get("EvaluateTargetHealth"):
            yield f"{tried} EvaluateTargetHealth must be false when the target is a CloudFront distribution"
    elif name.endswith(_BALANCERS):
        zones = set(_zones_of_balancer(name.removeprefix(_DUAL_STACK)))
        if zones and zone not in zones:
            yield outside


def _distributions() -> set[str]:
    """Return the domain names of the distributions of all accounts."""
    accounts = {account for account, _, service in CALLED.get() if service == "cloudfront"}
    return {
        canonical(one.domain_name)
        for account in accounts
        for one in list(cloudfront_backends[account]["aws"].distributions.values())
    }


def _zones_of_balancer(name: str) -> Iterator[str]:
    """Iterate over the zones of the load balancers with the name; there may be one in each account."""
    places = {(account, region) for account, region, service in CALLED.get() if service == "elbv2"}
    for account, region in places:
        for balancer in list(elbv2_backends[account][region].load_balancers.values()):
            if canonical(balancer.dns_name) == name:
                yield str(balancer.canonical_hosted_zone_id)
