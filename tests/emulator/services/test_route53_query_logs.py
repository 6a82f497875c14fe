from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

ACCOUNT = "900000000088"
ARN = "arn:aws:logs:us-east-1:{}:log-group:/aws/route53/{}"
BOTH = ["logs:CreateLogStream", "logs:PutLogEvents"]


def allow(resource: str, *, actions: Any = BOTH, service: Any = "route53.amazonaws.com") -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"Service": service}, "Action": actions, "Resource": resource}


def put_policy(client: Client, *statements: Any, region: str = "us-east-1") -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    client("logs", account=ACCOUNT, region=region).put_resource_policy(policyName="dns", policyDocument=document)


def log_queries(client: Client, name: str, arn: str) -> Any:
    route53 = client("route53", account=ACCOUNT)
    zone = route53.create_hosted_zone(Name=name, CallerReference=name)["HostedZone"]["Id"]
    try:
        made = route53.create_query_logging_config(
            HostedZoneId=zone.removeprefix("/hostedzone/"), CloudWatchLogsLogGroupArn=arn
        )["QueryLoggingConfig"]
        route53.delete_query_logging_config(Id=made["Id"])
        return made
    finally:
        route53.delete_hosted_zone(Id=zone)


@pytest.mark.parametrize("resource", ["*", ARN.format(ACCOUNT, "*"), ARN.format(ACCOUNT, "queries.example.net:*")])
def test_a_query_log_finds_the_log_group_by_terraforms_arn(client: Client, resource: str) -> None:
    name = "queries.example.net"
    logs = client("logs", account=ACCOUNT)
    logs.create_log_group(logGroupName=f"/aws/route53/{name}")
    put_policy(client, allow(resource))
    group = ARN.format(ACCOUNT, name)

    assert log_queries(client, name, group)["CloudWatchLogsLogGroupArn"] == group
    logs.delete_log_group(logGroupName=f"/aws/route53/{name}")


@pytest.mark.parametrize(
    "statement",
    [
        allow("*", actions="logs:PutLogEvents"),
        allow("*", service="events.amazonaws.com"),
        allow(ARN.format(ACCOUNT, "other.example.net:*")),
        {**allow("*"), "Effect": "Deny"},
    ],
)
def test_a_log_group_without_a_policy_for_route_53_is_refused(client: Client, statement: Any) -> None:
    put_policy(client, statement)

    with pytest.raises(ClientError, match=r"InsufficientCloudWatchLogsResourcePolicy.*doesn't grant Route 53"):
        log_queries(client, "refused.example.net", ARN.format(ACCOUNT, "refused.example.net"))


def test_a_policy_of_another_region_does_not_count(client: Client) -> None:
    put_policy(client, allow("*", actions="logs:PutLogEvents"))
    put_policy(client, allow("*"), region="us-west-2")

    with pytest.raises(ClientError, match="InsufficientCloudWatchLogsResourcePolicy"):
        log_queries(client, "west.example.net", ARN.format(ACCOUNT, "west.example.net"))


@pytest.mark.parametrize(
    "arn",
    [
        ARN.format(ACCOUNT, "a").replace("us-east-1", "us-west-2"),
        ARN.format("900000000089", "a"),
        "/aws/route53/a",
    ],
)
def test_a_log_group_of_another_region_or_account_is_refused(client: Client, arn: str) -> None:
    put_policy(client, allow("*"))

    with pytest.raises(ClientError, match=r"InvalidInput.*log group is invalid"):
        log_queries(client, "elsewhere.example.net", arn)
