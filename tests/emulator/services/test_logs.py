from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

REFUSED = (
    "AccessDeniedException.*The specified KMS key does not exist or is not allowed to be used with Arn "
    "'arn:aws:logs:us-east-1:123456789012:log-group:{}'"
)


def make_key(client: Client, *services: str) -> str:
    allow = [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "kms:*"} for service in services]
    root = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "kms:*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [root, *allow]})
    return str(client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"])


def test_a_log_group_with_an_unknown_key_is_refused(client: Client) -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"

    with pytest.raises(ClientError, match=REFUSED.format("unknown")):
        client("logs").create_log_group(logGroupName="unknown", kmsKeyId=key)


def test_a_log_group_with_a_key_that_does_not_allow_logs_is_refused(client: Client) -> None:
    key = make_key(client, "logs.us-west-2.amazonaws.com")

    with pytest.raises(ClientError, match=REFUSED.format("closed")):
        client("logs").create_log_group(logGroupName="closed", kmsKeyId=key)


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"Service": ["a", "logs.amazonaws.com"]}])
def test_a_key_may_allow_logs_in_several_ways(client: Client, principal: object) -> None:
    policy = json.dumps({"Statement": {"Effect": "Allow", "Principal": principal, "Action": "kms:*"}})
    key = client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"]

    client("logs").create_log_group(logGroupName=f"admitted-{key[-12:]}", kmsKeyId=key)


def test_a_key_that_allows_logs_is_accepted_at_create_and_later(client: Client) -> None:
    key = make_key(client, "logs.us-east-1.amazonaws.com")
    logs = client("logs")
    logs.create_log_group(logGroupName="open", kmsKeyId=key)
    logs.create_log_group(logGroupName="later")
    logs.associate_kms_key(logGroupName="later", kmsKeyId=key)

    assert logs.describe_log_groups(logGroupNamePrefix="later")["logGroups"][0]["kmsKeyId"] == key
    with pytest.raises(ClientError, match=REFUSED.format("later")):
        logs.associate_kms_key(logGroupName="later", kmsKeyId="arn:aws:kms:us-east-1:123456789012:key/none")
    logs.disassociate_kms_key(logGroupName="later")
    assert "kmsKeyId" not in logs.describe_log_groups(logGroupNamePrefix="later")["logGroups"][0]
    with pytest.raises(ClientError, match="The specified log group does not exist"):
        logs.associate_kms_key(logGroupName="none", kmsKeyId=key)


def test_a_query_definition_is_stored_replaced_and_deleted(client: Client) -> None:
    logs = client("logs")
    query = logs.put_query_definition(name="errors", queryString="fields @message")["queryDefinitionId"]
    logs.put_query_definition(queryDefinitionId=query, name="errors", queryString="fields @timestamp")

    found = logs.describe_query_definitions(queryDefinitionNamePrefix="err")["queryDefinitions"]
    assert [one["queryString"] for one in found] == ["fields @timestamp"]
    assert logs.delete_query_definition(queryDefinitionId=query)["success"] is True
    with pytest.raises(ClientError, match="The specified query definition does not exist"):
        logs.delete_query_definition(queryDefinitionId=query)


def test_data_protection_is_stored_and_deleted(client: Client) -> None:
    logs = client("logs")
    logs.create_log_group(logGroupName="masked")
    logs.put_data_protection_policy(logGroupIdentifier="masked", policyDocument="{}")

    assert logs.get_data_protection_policy(logGroupIdentifier="masked")["policyDocument"] == "{}"
    logs.delete_data_protection_policy(logGroupIdentifier="masked")
    assert "policyDocument" not in logs.get_data_protection_policy(logGroupIdentifier="masked")


def test_data_protection_needs_its_log_group_and_is_deleted_with_it(client: Client) -> None:
    logs = client("logs")
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:short"
    for group in ("short", arn):
        with pytest.raises(ClientError, match=r"ResourceNotFoundException.*The specified log group does not exist"):
            logs.put_data_protection_policy(logGroupIdentifier=group, policyDocument="{}")
    logs.create_log_group(logGroupName="short")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        logs.put_data_protection_policy(logGroupIdentifier=arn.replace("east", "west"), policyDocument="{}")
    logs.put_data_protection_policy(logGroupIdentifier=arn, policyDocument="{}")
    assert logs.get_data_protection_policy(logGroupIdentifier="short")["policyDocument"] == "{}"
    logs.delete_log_group(logGroupName="short")
    logs.create_log_group(logGroupName="short")

    assert "policyDocument" not in logs.get_data_protection_policy(logGroupIdentifier="short")


def test_a_key_for_other_log_groups_is_refused(client: Client) -> None:
    own = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:123456789012:log-group:/acme/*"}}
    logs = {"Effect": "Allow", "Principal": {"Service": "logs.us-east-1.amazonaws.com"}, "Action": "kms:*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{**logs, "Condition": own}]})
    key = client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"]

    client("logs").create_log_group(logGroupName="/acme/api", kmsKeyId=key)
    with pytest.raises(ClientError, match=REFUSED.format("/other/api")):
        client("logs").create_log_group(logGroupName="/other/api", kmsKeyId=key)
    client("logs").create_log_group(logGroupName="/other/api")
    with pytest.raises(ClientError, match=REFUSED.format("/other/api")):
        client("logs").associate_kms_key(logGroupName="/other/api", kmsKeyId=key)


ACCOUNT, COMPANY = "123456789012", "999999999999"
DESTINATION = f"arn:aws:logs:us-east-1:{COMPANY}:destination:company-logs"


def make_destination(client: Client, *, admits: str | None) -> None:
    logs = client("logs", account=COMPANY)
    logs.put_destination(
        destinationName="company-logs",
        targetArn=f"arn:aws:kinesis:us-east-1:{COMPANY}:stream/logs",
        roleArn=f"arn:aws:iam::{COMPANY}:role/logs",
    )
    if admits:
        allow = {"Effect": "Allow", "Principal": {"AWS": admits}, "Action": "logs:PutSubscriptionFilter"}
        document = {"Version": "2012-10-17", "Statement": [{**allow, "Resource": DESTINATION}]}
        logs.put_destination_policy(destinationName="company-logs", accessPolicy=json.dumps(document))


def forward(client: Client, group: str, destination: str = DESTINATION, name: str = "forward") -> None:
    client("logs").put_subscription_filter(
        logGroupName=group, filterName=name, filterPattern="", destinationArn=destination
    )


def test_a_log_group_is_forwarded_to_a_destination_that_admits_the_account(client: Client) -> None:
    make_destination(client, admits=ACCOUNT)
    client("logs").create_log_group(logGroupName="forwarded")
    forward(client, "forwarded")
    (found,) = client("logs").describe_subscription_filters(logGroupName="forwarded")["subscriptionFilters"]
    assert (found["destinationArn"], found["filterPattern"]) == (DESTINATION, "")
    forward(client, "forwarded", name="second")
    with pytest.raises(ClientError, match="LimitExceededException"):
        forward(client, "forwarded", name="third")


def test_events_of_a_group_that_is_forwarded_are_kept(client: Client) -> None:
    make_destination(client, admits=ACCOUNT)
    logs = client("logs", account=ACCOUNT)
    logs.create_log_group(logGroupName="written")
    logs.create_log_stream(logGroupName="written", logStreamName="one")
    forward(client, "written")
    event = {"timestamp": int(time.time() * 1000), "message": "a line"}
    logs.put_log_events(logGroupName="written", logStreamName="one", logEvents=[event])
    assert [each["message"] for each in logs.filter_log_events(logGroupName="written")["events"]] == ["a line"]


def test_a_destination_that_does_not_admit_the_account_is_refused(client: Client) -> None:
    make_destination(client, admits="888888888888")
    client("logs").create_log_group(logGroupName="not-admitted")
    with pytest.raises(ClientError, match=f"AccessDeniedException.*accountId: {ACCOUNT} is not authorized"):
        forward(client, "not-admitted")


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_a_destination_that_is_not_in_the_region_is_refused(client: Client, region: str) -> None:
    make_destination(client, admits=ACCOUNT)
    client("logs").create_log_group(logGroupName=f"misled-{region}")
    missing = DESTINATION.replace("us-east-1", region).replace(
        "company", "other" if region == "us-east-1" else "company"
    )
    with pytest.raises(ClientError, match=r"InvalidParameterException.*The specified destination does not exist\."):
        forward(client, f"misled-{region}", missing)
