"""Layer `domain` applied in the steps of docs/domain.md, below a zone of another account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import boto3
import pytest

from main import synthesize
from runner import delegation
from runner.__main__ import main as runner
from runner.name_servers import Delegation
from tests.config.examples import present
from tests.fixtures import fixture_environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.emulator, pytest.mark.terraform, pytest.mark.seconds(120)]

REGION: Final = "us-east-1"
PARENT_ACCOUNT: Final = "900000000087"
PARENT, ZONE = "users.example.com", "dev.users.example.com"


@pytest.fixture
def emulated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """The address of an emulator that the environment variables name."""
    from emulator import Emulator  # noqa: PLC0415 - moto is a second to import

    monkeypatch.chdir(tmp_path)
    with Emulator() as running:
        for name, value in running.environment(account=fixture_environment("dev").account_id).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")  # the proxy is for S3 Control only
        yield running.url


def write(folder: Path, *, delegated: bool) -> None:
    dev = fixture_environment("dev")
    domain = present(dev.domain).model_copy(update={"delegated": delegated})
    synthesize([dev.model_copy(update={"domain": domain})], folder / "cdktf.out")


def apply(layer: str = "domain") -> int:
    return runner(["apply", "--env", "dev", "--layer", layer, "--yes"])


def zones() -> list[tuple[str, str]]:
    return [
        (zone["Name"], zone["Id"])
        for zone in boto3.client("route53", region_name=REGION).list_hosted_zones()["HostedZones"]
    ]


def certificates() -> list[str]:
    found = boto3.client("acm", region_name=REGION).list_certificates()["CertificateSummaryList"]
    return [certificate["Status"] for certificate in found]


def name_servers(zone: str, route53: Any, name: str) -> frozenset[str]:
    records = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    found = [record for record in records if (record["Name"], record["Type"]) == (f"{name}.", "NS")]
    return frozenset(value["Value"] for record in found for value in record["ResourceRecords"])


def test_a_zone_first_and_its_certificate_when_the_zone_above_delegates_it(
    emulated: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    above = boto3.client(
        "route53",
        endpoint_url=emulated,
        region_name=REGION,
        aws_access_key_id=PARENT_ACCOUNT,
        aws_secret_access_key="test",
    )
    parent = above.create_hosted_zone(Name=PARENT, CallerReference="1")["HostedZone"]["Id"]
    monkeypatch.setattr(
        delegation, "look_up_delegation", lambda name: Delegation(name_servers=name_servers(parent, above, name))
    )

    write(tmp_path, delegated=False)
    assert runner(["bootstrap", "--env", "dev", "--yes"]) == 0
    assert apply() == 0
    ((name, zone),) = zones()
    own = name_servers(zone, boto3.client("route53", region_name=REGION), ZONE)
    assert (name, len(own), certificates()) == (f"{ZONE}.", 4, [])
    printed = capsys.readouterr().err
    assert "dev-domain: Once: make an NS record for dev.users.example.com" in printed
    assert all(server in printed for server in own)

    write(tmp_path, delegated=True)
    assert apply("notifications") == 0  # of the alarms on the certificate
    assert apply() == 2  # stopped at once, not after the 45 minutes
    printed = capsys.readouterr().err
    assert f"make an NS record {ZONE} with exactly these name servers: {' '.join(sorted(own))}" in printed
    assert certificates() == []

    record = {"Name": ZONE, "Type": "NS", "TTL": 60, "ResourceRecords": [{"Value": server} for server in own]}
    change = {"Action": "CREATE", "ResourceRecordSet": record}
    above.change_resource_record_sets(HostedZoneId=parent, ChangeBatch={"Changes": [change]})
    assert apply() == 0
    assert certificates() == ["ISSUED"]
    assert zones() == [(f"{ZONE}.", zone)]
