from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


def test_a_query_log_finds_the_log_group_by_terraforms_arn(client: Client) -> None:
    client("logs").create_log_group(logGroupName="/aws/route53/example.com")
    group = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/route53/example.com"
    route53 = client("route53")
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"]
    made = route53.create_query_logging_config(
        HostedZoneId=zone.removeprefix("/hostedzone/"), CloudWatchLogsLogGroupArn=group
    )

    assert made["QueryLoggingConfig"]["CloudWatchLogsLogGroupArn"] == group


def test_a_zone_leaves_no_reusable_delegation_set(client: Client) -> None:
    route53 = client("route53", account="900000000083")
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"]
    assert route53.list_reusable_delegation_sets()["DelegationSets"] == []
    made = route53.create_reusable_delegation_set(CallerReference="2")["DelegationSet"]["Id"]
    assert [s["Id"] for s in route53.list_reusable_delegation_sets()["DelegationSets"]] == [made]
    route53.delete_hosted_zone(Id=zone)
