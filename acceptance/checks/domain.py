"""What the zone answers besides addresses, whether it is signed, and who logs its queries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from config.domain import AMAZON_ISSUERS, ROUTE_53_REGION

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

    from config.domain import DomainSettings
    from config.environment import Environment


def check_only_the_authorities_of_the_settings_may_issue_certificates(
    environment: Environment, session: boto3.Session
) -> Iterator[str]:
    """The CAA record at the domain's name."""
    domain = environment.domain
    if domain is None or not (domain.create_zone or domain.name != domain.zone_name):
        return
    wanted = {f'0 issue "{issuer}"' for issuer in (*AMAZON_ISSUERS, *domain.certificate_issuers)}
    found = {
        value["Value"]
        for record in _records(session, find_zone_id(domain, session))
        if (record["Type"], record["Name"].rstrip(".")) == ("CAA", domain.name)
        for value in record["ResourceRecords"]
    }
    if found != wanted:
        yield f"the CAA record of {domain.name}: {sorted(found)}, wanted {sorted(wanted)}"


def check_a_zone_is_signed_if_the_settings_say_so(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """Signed, with an active key-signing key, or not signed and without a key."""
    domain = environment.domain
    if domain is None or not domain.create_zone:
        return
    found = session.client("route53").get_dnssec(HostedZoneId=find_zone_id(domain, session))
    status = (found["Status"]["ServeSignature"], [key["Status"] for key in found["KeySigningKeys"]])
    wanted = ("SIGNING", ["ACTIVE"]) if domain.dnssec else ("NOT_SIGNING", [])
    if status != wanted:
        yield f"DNSSEC of {domain.zone_name}: {status}, wanted {wanted}"


def check_queries_are_logged_if_the_settings_say_so(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """In a log group with retention and key, to which Route 53 may write."""
    domain = environment.domain
    if domain is None or not domain.query_logging:
        return
    zone_id = find_zone_id(domain, session)
    pages = session.client("route53").get_paginator("list_query_logging_configs").paginate()
    configs = [config for page in pages for config in page["QueryLoggingConfigs"]]
    listed = [config for config in configs if config["HostedZoneId"].rpartition("/")[2] == zone_id]
    if not listed:
        yield f"the queries for {domain.zone_name} are not logged"
        return
    arn = listed[0]["CloudWatchLogsLogGroupArn"].removesuffix(":*")
    logs = session.client("logs", region_name=ROUTE_53_REGION)
    name = arn.rpartition(":log-group:")[2]
    groups = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    group: dict[str, Any] = next((one for one in groups if one["logGroupName"] == name), {})
    days = environment.logs.dns_retention_days
    if (group.get("retentionInDays"), bool(group.get("kmsKeyId"))) != (days, True):
        yield f"the log group {name} of {domain.zone_name} is not kept for {days} days with a key"
    documents = [one["policyDocument"] for one in logs.describe_resource_policies()["resourcePolicies"]]
    if not any(_allows_route_53(document, f"{arn}:*") for document in documents):
        yield f"no policy lets Route 53 write to {name}"


def _allows_route_53(document: str, resource: str) -> bool:
    return any(
        statement["Effect"] == "Allow"
        and statement["Principal"] == {"Service": "route53.amazonaws.com"}
        and statement["Resource"] == resource
        and "logs:PutLogEvents" in statement["Action"]
        for statement in json.loads(document)["Statement"]
    )


def find_zone_id(domain: DomainSettings, session: boto3.Session) -> str:
    """The id of the zone of the settings."""
    if domain.zone_id:
        return domain.zone_id
    zones = session.client("route53").list_hosted_zones_by_name(DNSName=domain.zone_name)["HostedZones"]
    return next(str(zone["Id"]).rpartition("/")[2] for zone in zones if zone["Name"].rstrip(".") == domain.zone_name)


def _records(session: boto3.Session, zone_id: str) -> Iterator[Any]:
    pages = session.client("route53").get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone_id)
    return (record for page in pages for record in page["ResourceRecordSets"])
