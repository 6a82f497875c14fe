"""A certificate is issued when resolvers find its validation records: they follow NS records from the top."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest

from emulator import Emulator
from tests.emulator.edge import delete_distribution, issue_certificate, make_balancer, make_distribution

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator.conftest import Client

PARENT, CHILD = "900000000085", "900000000086"
TOP = "users.example.edu"


class Dns:
    """Zones and certificates of two accounts, deleted after the test."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._zones: list[tuple[str, str]] = []

    def zone(self, account: str, name: str) -> tuple[str, list[str]]:
        """Create a zone; return its id and its name servers."""
        made = self._client("route53", account=account).create_hosted_zone(Name=name, CallerReference=name)
        id_ = made["HostedZone"]["Id"].removeprefix("/hostedzone/")
        self._zones.append((account, id_))
        return id_, made["DelegationSet"]["NameServers"]

    def put(self, account: str, zone: str, name: str, type_: str, values: list[str]) -> None:
        found = {"Name": name, "Type": type_, "TTL": 60, "ResourceRecords": [{"Value": value} for value in values]}
        self._client("route53", account=account).change_resource_record_sets(
            HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": found}]}
        )

    def certificate(self, account: str, zone: str, *names: str, region: str = "us-east-1") -> str:
        """Request a certificate and put its validation records into the zone."""
        acm = self._client("acm", account=account, region=region)
        arn: str = acm.request_certificate(
            DomainName=names[0], SubjectAlternativeNames=list(names), ValidationMethod="DNS"
        )["CertificateArn"]
        for option in self.described(account, arn, region)["DomainValidationOptions"]:
            wanted = option["ResourceRecord"]
            self.put(account, zone, wanted["Name"], wanted["Type"], [wanted["Value"]])
        return arn

    def described(self, account: str, arn: str, region: str = "us-east-1") -> Any:
        return self._client("acm", account=account, region=region).describe_certificate(CertificateArn=arn)[
            "Certificate"
        ]

    def status(self, account: str, arn: str) -> str:
        return str(self.described(account, arn)["Status"])

    def close(self) -> None:
        for account, zone in self._zones:
            route53 = self._client("route53", account=account)
            name = route53.get_hosted_zone(Id=zone)["HostedZone"]["Name"]
            for each in route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]:
                if each["Name"].rstrip(".") != name.rstrip(".") or each["Type"] not in {"NS", "SOA"}:
                    change = {"Action": "DELETE", "ResourceRecordSet": each}
                    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [change]})
            route53.delete_hosted_zone(Id=zone)


@pytest.fixture
def dns(client: Client) -> Iterator[Dns]:
    made = Dns(client)
    yield made
    made.close()


def test_a_certificate_of_a_zone_below_no_other_is_issued(dns: Dns) -> None:
    zone, _ = dns.zone(PARENT, TOP)
    arn = dns.certificate(PARENT, zone, TOP, f"www.{TOP}")
    assert dns.status(PARENT, arn) == "ISSUED"


def test_a_certificate_without_its_records_is_not_issued(dns: Dns, client: Client) -> None:
    dns.zone(PARENT, TOP)
    acm = client("acm", account=PARENT)
    arn = acm.request_certificate(DomainName=TOP, ValidationMethod="DNS")["CertificateArn"]
    assert dns.status(PARENT, arn) == "PENDING_VALIDATION"


def test_a_zone_below_another_is_not_found_without_a_delegation(dns: Dns) -> None:
    parent, _ = dns.zone(PARENT, TOP)
    child, name_servers = dns.zone(CHILD, f"dev.{TOP}")
    arn = dns.certificate(CHILD, child, f"dev.{TOP}")
    assert dns.status(CHILD, arn) == "PENDING_VALIDATION"
    dns.put(PARENT, parent, f"dev.{TOP}", "NS", ["ns-1.awsdns-00.com", "ns-2.awsdns-00.net"])
    assert dns.status(CHILD, arn) == "PENDING_VALIDATION"
    dns.put(PARENT, parent, f"DEV.{TOP}.", "NS", [f"{name.upper()}." for name in name_servers])
    assert dns.status(CHILD, arn) == "ISSUED"


def test_a_record_below_a_delegation_is_not_found_in_the_zone_above(dns: Dns) -> None:
    parent, _ = dns.zone(PARENT, TOP)
    dns.put(PARENT, parent, f"dev.{TOP}", "NS", ["ns-1.example.org", "ns-2.example.org"])
    arn = dns.certificate(PARENT, parent, f"dev.{TOP}")
    assert dns.status(PARENT, arn) == "PENDING_VALIDATION"


def test_a_zone_two_levels_down_is_found_through_the_zones_between(dns: Dns) -> None:
    parent, _ = dns.zone(PARENT, TOP)
    child, child_servers = dns.zone(CHILD, f"dev.{TOP}")
    deepest, deepest_servers = dns.zone(PARENT, f"a.b.dev.{TOP}")
    arn = dns.certificate(PARENT, deepest, f"a.b.dev.{TOP}")
    dns.put(PARENT, parent, f"a.b.dev.{TOP}", "NS", deepest_servers)
    dns.put(PARENT, parent, f"dev.{TOP}", "NS", child_servers)
    assert dns.status(PARENT, arn) == "PENDING_VALIDATION"
    dns.put(CHILD, child, f"a.b.dev.{TOP}", "NS", deepest_servers)
    assert dns.status(PARENT, arn) == "ISSUED"


def test_of_two_zones_of_one_name_the_first_is_found(dns: Dns) -> None:
    first, _ = dns.zone(PARENT, TOP)
    second, _ = dns.zone(CHILD, TOP)
    assert dns.status(CHILD, dns.certificate(CHILD, second, TOP)) == "PENDING_VALIDATION"
    assert dns.status(PARENT, dns.certificate(PARENT, first, TOP)) == "ISSUED"


def test_another_emulator_of_the_process_has_another_dns(dns: Dns) -> None:
    first, _ = dns.zone(PARENT, TOP)
    arn = dns.certificate(PARENT, first, TOP)
    with Emulator() as other:
        acm = boto3.client(
            "acm",
            endpoint_url=other.url,
            region_name="us-east-1",
            aws_access_key_id=PARENT,
            aws_secret_access_key="test",
        )
        assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"] == "PENDING_VALIDATION"
    assert dns.status(PARENT, arn) == "ISSUED"


def test_the_validation_record_depends_on_account_and_name_only(dns: Dns) -> None:
    zone, _ = dns.zone(PARENT, TOP)
    arn = dns.certificate(PARENT, zone, TOP, f"*.{TOP}")
    options = dns.described(PARENT, arn)["DomainValidationOptions"]
    assert len({option["ResourceRecord"]["Name"] for option in options}) == 1
    elsewhere = dns.certificate(PARENT, zone, TOP, region="eu-west-1")
    assert dns.described(PARENT, elsewhere, "eu-west-1")["DomainValidationOptions"][0] in options
    other, _ = dns.zone(CHILD, TOP)
    others = dns.described(CHILD, dns.certificate(CHILD, other, TOP))["DomainValidationOptions"]
    assert others[0]["ResourceRecord"] != options[0]["ResourceRecord"]


@pytest.mark.parametrize(
    ("value", "status"), [('0 issue "letsencrypt.org"', "FAILED"), ('0 issue "amazon.com"', "ISSUED")]
)
def test_a_caa_record_above_decides_who_may_issue(dns: Dns, value: str, status: str) -> None:
    zone, _ = dns.zone(PARENT, TOP)
    dns.put(PARENT, zone, TOP, "CAA", [value])
    arn = dns.certificate(PARENT, zone, f"www.{TOP}")
    found = dns.described(PARENT, arn)
    assert (found["Status"], found.get("FailureReason")) == (status, "CAA_ERROR" if status == "FAILED" else None)


def test_a_certificate_in_use_is_not_deleted(client: Client) -> None:
    account = "900000000088"
    default, added, newer = (
        issue_certificate(client, name, name, account=account) for name in ("a.example.edu", "b.example.edu", TOP)
    )
    balancer, _ = make_balancer(client, "certificates", account=account)
    elb, acm = client("elbv2", account=account), client("acm", account=account)
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    listener = elb.create_listener(
        LoadBalancerArn=balancer,
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": default}],
        DefaultActions=[answer],
    )["Listeners"][0]["ListenerArn"]
    elb.add_listener_certificates(ListenerArn=listener, Certificates=[{"CertificateArn": added}])

    def is_refused(arn: str) -> bool:
        try:
            acm.delete_certificate(CertificateArn=arn)
        except acm.exceptions.ResourceInUseException as error:
            return str(error).endswith(f"Certificate {arn} in account {account} is in use.")
        return False

    assert is_refused(default)
    # Another default certificate leaves those that were added.
    elb.modify_listener(ListenerArn=listener, Certificates=[{"CertificateArn": newer}], DefaultActions=[answer])
    assert not is_refused(default)
    assert is_refused(added)
    elb.remove_listener_certificates(ListenerArn=listener, Certificates=[{"CertificateArn": added}])
    assert not is_refused(added)
    assert is_refused(newer)
    identifier, _ = make_distribution(
        client,
        "certificates",
        account=account,
        certificate={
            "CloudFrontDefaultCertificate": False,
            "ACMCertificateArn": newer,
            "SSLSupportMethod": "sni-only",
            "MinimumProtocolVersion": "TLSv1.2_2021",
        },
    )
    elb.delete_listener(ListenerArn=listener)
    assert is_refused(newer)
    delete_distribution(client, identifier, account=account)
    assert not is_refused(newer)
