from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.edge import make_balancer, make_distribution

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator.conftest import Client

CLOUDFRONT = "Z2FDTNDATAQYW2"
OUTSIDE = "alias target name does not lie within the target zone"


class Zone:
    """A zone in which a test puts aliases."""

    def __init__(self, client: Client) -> None:
        self.route53 = client("route53")
        made = self.route53.create_hosted_zone(Name="aliases.example.net", CallerReference="aliases")
        self.id = made["HostedZone"]["Id"]

    def put(self, target: str, zone: str, *, healthy: bool = False, action: str = "UPSERT", **more: Any) -> None:
        alias = {"DNSName": target, "HostedZoneId": zone, "EvaluateTargetHealth": healthy}
        records = {"Name": "www.aliases.example.net", "Type": "A", "AliasTarget": alias, **more}
        self.route53.change_resource_record_sets(
            HostedZoneId=self.id, ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": records}]}
        )


@pytest.fixture
def zone(client: Client) -> Iterator[Zone]:
    made = Zone(client)
    yield made
    made.route53.delete_hosted_zone(Id=made.id)


def domain_of(client: Client, reference: str) -> str:
    identifier, _ = make_distribution(client, reference)
    return str(client("cloudfront").get_distribution(Id=identifier)["Distribution"]["DomainName"])


def test_an_alias_of_a_distribution_is_in_the_zone_of_cloudfront(client: Client, zone: Zone) -> None:
    domain = domain_of(client, "aliased")
    for target, of_zone, message in (
        (domain, "Z35SXDOTRQ7X7K", OUTSIDE),
        ("www.example.com", CLOUDFRONT, OUTSIDE),
        ("dnone.cloudfront.net", CLOUDFRONT, "that target was not found"),
    ):
        with pytest.raises(ClientError, match=f"InvalidChangeBatch.*targets {target}.*{of_zone}.*{message}"):
            zone.put(target, of_zone)
    with pytest.raises(ClientError, match=r"InvalidChangeBatch.*EvaluateTargetHealth must be false"):
        zone.put(domain, CLOUDFRONT, healthy=True)
    zone.put(f"{domain.upper()}.", CLOUDFRONT)
    zone.put(f"{domain.upper()}.", CLOUDFRONT, action="DELETE")


def test_an_alias_of_a_load_balancer_is_in_the_zone_of_its_region(client: Client, zone: Zone) -> None:
    arn, _ = make_balancer(client, "aliased")
    balancer = client("elbv2").describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]
    name, of_zone = balancer["DNSName"], balancer["CanonicalHostedZoneId"]
    with pytest.raises(ClientError, match=OUTSIDE):
        zone.put(f"dualstack.{name}", CLOUDFRONT)
    with pytest.raises(ClientError, match=OUTSIDE):
        zone.put(f"dualstack.{name}", "Z0")
    zone.put(f"dualstack.{name}", of_zone, healthy=True)
    zone.put(f"dualstack.{name}", of_zone, healthy=True, action="DELETE")


def test_a_record_with_an_unknown_health_check_is_refused(client: Client, zone: Zone) -> None:
    domain = domain_of(client, "checked")
    failover: dict[str, Any] = {"SetIdentifier": "primary", "Failover": "PRIMARY"}
    check = "00000000-0000-0000-0000-000000000000"
    with pytest.raises(ClientError, match=f"NoSuchHealthCheck.*{check} does not exist"):
        zone.put(domain, CLOUDFRONT, HealthCheckId=check, **failover)
    config = {"Type": "HTTPS", "FullyQualifiedDomainName": "www.example.com"}
    made = zone.route53.create_health_check(CallerReference="alias", HealthCheckConfig=config)["HealthCheck"]["Id"]
    zone.put(domain, CLOUDFRONT, HealthCheckId=made, **failover)
    zone.put(domain, CLOUDFRONT, HealthCheckId=made, **failover, action="DELETE")
