"""The checks of the zone find what is missing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from acceptance.checks import domain as checks
from tests.config.examples import present

if TYPE_CHECKING:
    from acceptance.account import EmulatedSession
    from config.environment import Environment

ZONE: Final = "dev.users.example.com"
GROUP: Final = f"/aws/route53/user-management-dev/{ZONE}"
AMAZON: Final = ("amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com")


@pytest.fixture
def zone(session: EmulatedSession) -> str:
    created = session.client("route53").create_hosted_zone(Name=ZONE, CallerReference="one")
    return str(created["HostedZone"]["Id"]).rpartition("/")[2]


def with_domain(environments: dict[str, Environment], session: EmulatedSession, **changes: Any) -> Environment:
    dev = environments["dev"]
    domain = present(dev.domain).model_copy(update=changes)
    account = session.get_credentials().access_key
    return dev.model_copy(update={"domain": domain, "account_id": account})


def allow_issuers(session: EmulatedSession, zone: str, *names: str) -> None:
    record = {
        "Name": ZONE,
        "Type": "CAA",
        "TTL": 300,
        "ResourceRecords": [{"Value": f'0 issue "{name}"'} for name in names],
    }
    batch = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
    session.client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)


def policy_for(service: str, resource: str = "*") -> str:
    actions = {"route53.amazonaws.com": ["logs:CreateLogStream", "logs:PutLogEvents"]}.get(service, "kms:*")
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": actions, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_other_authorities_than_those_of_the_settings_are_found(
    environments: dict[str, Environment], session: EmulatedSession, zone: str
) -> None:
    dev = with_domain(environments, session)
    check = checks.check_only_the_authorities_of_the_settings_may_issue_certificates
    (line,) = check(dev, session)
    assert line.startswith(f"the CAA record of {ZONE}: [], wanted ['0 issue")
    allow_issuers(session, zone, *AMAZON)
    assert list(check(dev, session)) == []
    allow_issuers(session, zone, *AMAZON, "letsencrypt.org")
    assert len(list(check(dev, session))) == 1
    assert list(check(with_domain(environments, session, certificate_issuers=("letsencrypt.org",)), session)) == []


def test_the_top_of_an_existing_zone_needs_no_authorities(
    environments: dict[str, Environment], session: EmulatedSession, zone: str
) -> None:
    dev = with_domain(environments, session, create_zone=False, zone_id=zone)
    assert list(checks.check_only_the_authorities_of_the_settings_may_issue_certificates(dev, session)) == []


def test_a_zone_that_is_not_signed_is_found(
    environments: dict[str, Environment], session: EmulatedSession, zone: str
) -> None:
    check = checks.check_a_zone_is_signed_if_the_settings_say_so
    assert list(check(with_domain(environments, session), session)) == []
    signed = with_domain(environments, session, dnssec=True)
    assert list(check(signed, session)) == [f"DNSSEC of {ZONE}: ('NOT_SIGNING', []), wanted ('SIGNING', ['ACTIVE'])"]
    policy = policy_for("dnssec-route53.amazonaws.com")
    kms, route53 = session.client("kms"), session.client("route53")
    key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY", Policy=policy)["KeyMetadata"]["Arn"]
    route53.create_key_signing_key(
        CallerReference="one", HostedZoneId=zone, KeyManagementServiceArn=key, Name="zone", Status="ACTIVE"
    )
    route53.enable_hosted_zone_dnssec(HostedZoneId=zone)
    assert list(check(signed, session)) == []
    assert len(list(check(with_domain(environments, session), session))) == 1


def test_queries_that_are_not_logged_are_found(
    environments: dict[str, Environment], session: EmulatedSession, zone: str
) -> None:
    check = checks.check_queries_are_logged_if_the_settings_say_so
    assert list(check(with_domain(environments, session), session)) == []
    dev = with_domain(environments, session, query_logging=True)
    assert list(check(dev, session)) == [f"the queries for {ZONE} are not logged"]
    logs, days = session.client("logs"), dev.logs.dns_retention_days
    logs.create_log_group(logGroupName=GROUP)
    arn = f"arn:aws:logs:us-east-1:{dev.account_id}:log-group:{GROUP}"
    logs.put_resource_policy(policyName="queries", policyDocument=policy_for("route53.amazonaws.com", f"{arn}:*"))
    session.client("route53").create_query_logging_config(HostedZoneId=zone, CloudWatchLogsLogGroupArn=arn)
    assert [line.rpartition(" is not kept ")[2] for line in check(dev, session)] == [f"for {days} days with a key"]
    logs.put_retention_policy(logGroupName=GROUP, retentionInDays=days)
    key = session.client("kms").create_key(Policy=policy_for("logs.us-east-1.amazonaws.com"))["KeyMetadata"]["Arn"]
    logs.associate_kms_key(logGroupName=GROUP, kmsKeyId=key)
    assert list(check(dev, session)) == []
    logs.put_resource_policy(policyName="queries", policyDocument=policy_for("route53.amazonaws.com", f"{arn}-2:*"))
    assert list(check(dev, session)) == [f"no policy lets Route 53 write to {GROUP}"]
