from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator.conftest import Client

ACCOUNT = "900000000090"
NAME = "signed.example.net"
SIGN = ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"]
ROOT = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}


def make_key(
    client: Client,
    *,
    actions: Any = SIGN,
    service: str = "dnssec-route53.amazonaws.com",
    spec: str = "ECC_NIST_P256",
    usage: str = "SIGN_VERIFY",
    region: str = "us-east-1",
) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": actions, "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [ROOT, statement]})
    made = client("kms", account=ACCOUNT, region=region).create_key(Policy=policy, KeySpec=spec, KeyUsage=usage)
    return str(made["KeyMetadata"]["Arn"])


class Zone:
    """A zone that a test signs."""

    def __init__(self, client: Client, name: str = NAME) -> None:
        self.route53 = client("route53", account=ACCOUNT, checked=False)
        made = self.route53.create_hosted_zone(Name=name, CallerReference=name)["HostedZone"]["Id"]
        self.id = made.removeprefix("/hostedzone/")

    def add(self, name: str, key: str, status: str = "ACTIVE") -> Any:
        return self.route53.create_key_signing_key(
            CallerReference=name, HostedZoneId=self.id, KeyManagementServiceArn=key, Name=name, Status=status
        )["KeySigningKey"]

    def status(self) -> tuple[str, list[tuple[str, str]]]:
        found = self.route53.get_dnssec(HostedZoneId=self.id)
        return found["Status"]["ServeSignature"], [(key["Name"], key["Status"]) for key in found["KeySigningKeys"]]

    def close(self) -> None:
        keys = self.status()[1]
        if keys:
            self.route53.disable_hosted_zone_dnssec(HostedZoneId=self.id)
        for name, _ in keys:
            self.route53.deactivate_key_signing_key(HostedZoneId=self.id, Name=name)
            self.route53.delete_key_signing_key(HostedZoneId=self.id, Name=name)
        self.route53.delete_hosted_zone(Id=self.id)


@pytest.fixture
def zone(client: Client) -> Iterator[Zone]:
    made = Zone(client)
    yield made
    made.close()


def test_a_zone_is_signed_by_an_active_key(client: Client, zone: Zone) -> None:
    assert zone.status() == ("NOT_SIGNING", [])
    key = zone.add("first", make_key(client))
    zone.route53.enable_hosted_zone_dnssec(HostedZoneId=zone.id)

    assert zone.status() == ("SIGNING", [("first", "ACTIVE")])
    assert key["DSRecord"] == f"{key['KeyTag']} 13 2 {key['DigestValue']}"
    assert key["DNSKEYRecord"] == f"257 3 13 {key['PublicKey']}"
    assert (len(key["DigestValue"]), len(key["PublicKey"])) == (64, 88)


def test_a_zone_without_an_active_key_is_not_signed(client: Client, zone: Zone) -> None:
    with pytest.raises(ClientError, match="KeySigningKeyWithActiveStatusNotFound"):
        zone.route53.enable_hosted_zone_dnssec(HostedZoneId=zone.id)
    zone.add("idle", make_key(client), "INACTIVE")
    with pytest.raises(ClientError, match="KeySigningKeyWithActiveStatusNotFound"):
        zone.route53.enable_hosted_zone_dnssec(HostedZoneId=zone.id)
    zone.route53.activate_key_signing_key(HostedZoneId=zone.id, Name="idle")
    zone.route53.enable_hosted_zone_dnssec(HostedZoneId=zone.id)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"region": "us-west-2"}, r"must be in us-east-1"),
        ({"spec": "ECC_NIST_P384"}, r"key spec ECC_NIST_P256 and the usage SIGN_VERIFY"),
        ({"spec": "SYMMETRIC_DEFAULT", "usage": "ENCRYPT_DECRYPT"}, r"key spec ECC_NIST_P256"),
        ({"actions": ["kms:DescribeKey", "kms:Sign"]}, r"did not grant all required permissions for DNSSEC"),
        ({"service": "route53.amazonaws.com"}, r"did not grant all required permissions for DNSSEC"),
    ],
)
def test_a_key_that_route_53_cannot_use_is_refused(client: Client, zone: Zone, settings: Any, message: str) -> None:
    with pytest.raises(ClientError, match=f"InvalidKMSArn.*{message}"):
        zone.add("unusable", make_key(client, **settings))


def test_a_key_that_does_not_exist_or_is_disabled_is_refused(client: Client, zone: Zone) -> None:
    key = make_key(client, actions="kms:*")
    client("kms", account=ACCOUNT).disable_key(KeyId=key.rpartition("/")[2])
    for arn in (key, f"arn:aws:kms:us-east-1:{ACCOUNT}:key/none", "alias/dnssec"):
        with pytest.raises(ClientError, match=r"InvalidKMSArn.*must (exist|be in us-east-1)"):
            zone.add("missing", arn)


def test_keys_of_a_zone_are_two_with_names_and_keys_of_their_own(client: Client, zone: Zone) -> None:
    key = make_key(client)
    with pytest.raises(ClientError, match=r"InvalidKeySigningKeyName.*3 to 128 letters"):
        zone.add("with-dash", key)
    with pytest.raises(ClientError, match=r"InvalidInput.*'Name'.*greater than or equal to 3"):
        zone.add("ab", key)
    with pytest.raises(ClientError, match="InvalidKeySigningKeyStatus"):
        zone.add("state", key, "SIGNING")
    zone.add("first", key)
    with pytest.raises(ClientError, match="KeySigningKeyAlreadyExists"):
        zone.add("first", make_key(client))
    with pytest.raises(ClientError, match=r"InvalidKMSArn.*another key-signing key"):
        zone.add("second", key)
    zone.add("second", make_key(client))
    with pytest.raises(ClientError, match="TooManyKeySigningKeys"):
        zone.add("third", make_key(client))


def test_a_key_in_use_is_neither_deactivated_nor_deleted(client: Client, zone: Zone) -> None:
    place = {"HostedZoneId": zone.id, "Name": "only"}
    with pytest.raises(ClientError, match="NoSuchKeySigningKey"):
        zone.route53.deactivate_key_signing_key(**place)
    zone.add("only", make_key(client))
    zone.route53.enable_hosted_zone_dnssec(HostedZoneId=zone.id)
    with pytest.raises(ClientError, match="KeySigningKeyInUse"):
        zone.route53.deactivate_key_signing_key(**place)
    with pytest.raises(ClientError, match=r"InvalidKeySigningKeyStatus.*only cannot be deleted because"):
        zone.route53.delete_key_signing_key(**place)
    zone.route53.disable_hosted_zone_dnssec(HostedZoneId=zone.id)
    zone.route53.deactivate_key_signing_key(**place)
    zone.route53.delete_key_signing_key(**place)
    with pytest.raises(ClientError, match="DNSSECNotFound"):
        zone.route53.disable_hosted_zone_dnssec(HostedZoneId=zone.id)


def test_a_zone_with_keys_is_not_deleted(client: Client, zone: Zone) -> None:
    zone.add("kept", make_key(client))

    with pytest.raises(ClientError, match=r"HostedZoneNotEmpty.*contains DNSSEC Key Signing Keys"):
        zone.route53.delete_hosted_zone(Id=zone.id)


def test_a_zone_that_the_one_above_vouches_for_stays_signed(client: Client, zone: Zone) -> None:
    key = zone.add("trusted", make_key(client))
    zone.route53.enable_hosted_zone_dnssec(HostedZoneId=zone.id)
    above = Zone(client, "example.net")
    records = {"Name": NAME, "Type": "DS", "TTL": 60, "ResourceRecords": [{"Value": key["DSRecord"]}]}

    def change(action: str) -> None:
        above.route53.change_resource_record_sets(
            HostedZoneId=above.id, ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": records}]}
        )

    change("CREATE")
    with pytest.raises(ClientError, match="KeySigningKeyInParentDSRecord"):
        zone.route53.disable_hosted_zone_dnssec(HostedZoneId=zone.id)
    change("DELETE")
    above.close()
