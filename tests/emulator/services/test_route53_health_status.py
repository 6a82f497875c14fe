from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from emulator.outages import state
from emulator.releases import domains
from emulator.releases.listeners import LISTENERS
from tests.emulator.https import ask
from tests.emulator.network import make_subnets

if TYPE_CHECKING:
    from emulator import Emulator
    from tests.emulator.conftest import Client

ACCOUNT = "700000000306"
HOME, AWAY = "us-east-1", "us-west-2"
HOME_API = {"Type": "HTTPS", "FullyQualifiedDomainName": f"sqs.{HOME}.amazonaws.com"}
AWAY_API = {"Type": "HTTPS", "FullyQualifiedDomainName": f"sqs.{AWAY}.amazonaws.com"}


pytestmark = pytest.mark.usefixtures("_all_regions_answer")


class Checks:
    """The health checks and records of one account."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.route53 = client("route53", account=ACCOUNT)
        self._number = 0

    def create(self, **config: Any) -> str:
        self._number += 1
        made = self.route53.create_health_check(
            CallerReference=f"{id(self)}-{self._number}", HealthCheckConfig={"Port": 443, **config}
        )
        return str(made["HealthCheck"]["Id"])

    def calculated(self, *children: str, threshold: int, **config: Any) -> str:
        self._number += 1
        made = self.route53.create_health_check(
            CallerReference=f"{id(self)}-{self._number}",
            HealthCheckConfig={
                "Type": "CALCULATED",
                "ChildHealthChecks": list(children),
                "HealthThreshold": threshold,
                **config,
            },
        )
        return str(made["HealthCheck"]["Id"])

    def healthy(self, check: str) -> bool:
        (seen,) = self.route53.get_health_check_status(HealthCheckId=check)["HealthCheckObservations"]
        return str(seen["StatusReport"]["Status"]).startswith("Success")

    def zone(self, name: str, *records: dict[str, Any]) -> None:
        zone = self.route53.create_hosted_zone(Name=name, CallerReference=name)["HostedZone"]["Id"]
        changes = [
            {"Action": "CREATE", "ResourceRecordSet": {"Name": f"www.{name}", "Type": "A", **record}}
            for record in records
        ]
        self.route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})


@pytest.fixture(scope="module")
def checks(client: Client) -> Checks:
    return Checks(client)


def address(number: int, **policy: Any) -> dict[str, Any]:
    return {"TTL": 60, "ResourceRecords": [{"Value": f"192.0.2.{number}"}], **policy}


def test_an_endpoint_of_aws_is_healthy_while_its_region_answers(checks: Checks) -> None:
    check, inverted = checks.create(**AWAY_API), checks.create(**AWAY_API, Inverted=True)
    disabled = checks.create(**AWAY_API, Disabled=True)
    assert (checks.healthy(check), checks.healthy(inverted)) == (True, False)
    state.lose(AWAY)

    assert (checks.healthy(check), checks.healthy(inverted), checks.healthy(disabled)) == (False, True, True)
    assert not checks.healthy(checks.create(Type="TCP", FullyQualifiedDomainName="nothing.example.org"))
    with pytest.raises(ClientError, match=r"NoSuchHealthCheck.*none"):
        checks.healthy("none")


def test_a_calculated_check_counts_its_children(checks: Checks) -> None:
    home, away = checks.create(**HOME_API), checks.create(**AWAY_API)
    one = checks.calculated(home, away, threshold=1)
    both = checks.calculated(home, away, threshold=2)
    state.lose(AWAY)

    assert (checks.healthy(one), checks.healthy(both)) == (True, False)
    assert checks.healthy(checks.calculated(both, threshold=1, Inverted=True))


def test_names_fail_over_to_what_is_healthy(checks: Checks, emulator: Emulator) -> None:
    home, away = checks.create(**HOME_API), checks.create(**AWAY_API)
    checks.zone(
        "failover.example",
        address(1, SetIdentifier="first", Failover="PRIMARY", HealthCheckId=home),
        address(2, SetIdentifier="second", Failover="SECONDARY", HealthCheckId=away),
    )
    assert emulator.resolve("www.failover.example", "A") == {"192.0.2.1"}
    state.lose(HOME)
    assert emulator.resolve("www.failover.example", "A") == {"192.0.2.2"}
    state.lose(AWAY)
    assert emulator.resolve("www.failover.example", "A") == {"192.0.2.1"}


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("latency", {"Region": HOME}, {"Region": AWAY}),
        ("weighted", {"Weight": 90}, {"Weight": 10}),
    ],
)
def test_names_lead_to_one_healthy_place(
    checks: Checks, emulator: Emulator, name: str, first: dict[str, Any], second: dict[str, Any]
) -> None:
    home, away = checks.create(**HOME_API), checks.create(**AWAY_API)
    checks.zone(
        f"{name}.example",
        address(1, SetIdentifier="first", HealthCheckId=home, **first),
        address(2, SetIdentifier="second", HealthCheckId=away, **second),
    )
    assert emulator.resolve(f"www.{name}.example", "A") == {"192.0.2.1"}
    state.lose(HOME)
    assert emulator.resolve(f"www.{name}.example", "A") == {"192.0.2.2"}


def test_an_answer_of_many_values_has_the_healthy_ones(checks: Checks, emulator: Emulator) -> None:
    home, away = checks.create(**HOME_API), checks.create(**AWAY_API)
    checks.zone(
        "many.example",
        address(1, SetIdentifier="first", HealthCheckId=home, MultiValueAnswer=True),
        address(2, SetIdentifier="second", HealthCheckId=away, MultiValueAnswer=True),
    )
    assert emulator.resolve("www.many.example", "A") == {"192.0.2.1", "192.0.2.2"}
    state.lose(AWAY)
    assert emulator.resolve("www.many.example", "A") == {"192.0.2.1"}


def make_balancer(client: Client, region: str) -> dict[str, Any]:
    """A load balancer whose listener says where it is."""
    subnets = make_subnets(client, f"{region}a", f"{region}b", account=ACCOUNT, region=region)
    elb = client("elbv2", account=ACCOUNT, region=region)
    balancer = elb.create_load_balancer(Name="web", Subnets=subnets)["LoadBalancers"][0]
    fixed = {"StatusCode": "200", "ContentType": "text/plain", "MessageBody": region}
    certificate = client("acm", account=ACCOUNT, region=region).request_certificate(DomainName="www.site.example")
    elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": certificate["CertificateArn"]}],
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": fixed}],
    )
    return {
        "DNSName": balancer["DNSName"],
        "HostedZoneId": balancer["CanonicalHostedZoneId"],
        "EvaluateTargetHealth": True,
    }


def test_a_domain_fails_over_to_the_load_balancer_of_the_other_region(checks: Checks) -> None:
    checks.zone(
        "site.example",
        {
            "SetIdentifier": "first",
            "Failover": "PRIMARY",
            "AliasTarget": make_balancer(checks.client, HOME),
        },
        {
            "SetIdentifier": "second",
            "Failover": "SECONDARY",
            "AliasTarget": make_balancer(checks.client, AWAY),
        },
    )
    check = checks.create(Type="HTTPS_STR_MATCH", FullyQualifiedDomainName="www.site.example", SearchString=AWAY)
    domain = domains.find(ACCOUNT, "www.site.example", 443)
    assert domain
    before, port = domain.listener, LISTENERS.port(domain.listener)
    assert (ask(port, "/", host_name="www.site.example"), checks.healthy(check)) == ((200, HOME), False)
    state.lose(HOME)

    domain = domains.find(ACCOUNT, "www.site.example", 443)
    assert domain
    assert domain.listener.split(":")[3] == AWAY
    with pytest.raises(ClientError, match="does not answer"):  # checks go on, and nobody can read them
        checks.healthy(check)
    edge = LISTENERS.port(before, name="www.site.example")
    assert ask(edge, "/", host_name="www.site.example") == (504, "the origin does not answer")
    with pytest.raises(OSError, match=r"EOF|reset"):
        ask(port, "/", host_name="www.site.example")
