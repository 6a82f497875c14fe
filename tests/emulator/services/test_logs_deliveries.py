from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.edge import make_distribution

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

NUMBERS = itertools.count()
NONE = "arn:aws:cloudfront::123456789012:distribution/ENONE"
PREFIX = "AWSLogs/{account-id}/CloudFront/"
GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:edge"


def make_source(client: Client, name: str) -> str:
    _, arn = make_distribution(client, f"delivery-{next(NUMBERS)}")
    client("logs").put_delivery_source(name=name, resourceArn=arn, logType="ACCESS_LOGS")
    return arn


def make_destination(client: Client, name: str, resource: str, **more: Any) -> str:
    made = client("logs").put_delivery_destination(
        name=name, deliveryDestinationConfiguration={"destinationResourceArn": resource}, **more
    )
    return str(made["deliveryDestination"]["arn"])


def deliver(client: Client, name: str, resource: str, **config: Any) -> Any:
    make_source(client, name)
    arn = make_destination(client, name, resource)
    more = {"s3DeliveryConfiguration": config} if config else {}
    return client("logs").create_delivery(deliverySourceName=name, deliveryDestinationArn=arn, **more)["delivery"]


def test_logs_of_a_distribution_are_delivered_from_one_region(client: Client) -> None:
    _, arn = make_distribution(client, "delivered-west")

    with pytest.raises(ClientError, match=r"ValidationException.*not supported for this LogType in region us-west-2"):
        client("logs", region="us-west-2").put_delivery_source(name="west", resourceArn=arn, logType="ACCESS_LOGS")


def test_a_source_of_an_unknown_distribution_is_refused(client: Client) -> None:
    with pytest.raises(ClientError, match=r"ResourceNotFoundException.*ENONE does not exist"):
        client("logs").put_delivery_source(name="unknown", resourceArn=NONE, logType="ACCESS_LOGS")


def test_a_distribution_has_one_source(client: Client) -> None:
    arn = make_source(client, "one-source")
    logs = client("logs")
    logs.put_delivery_source(name="one-source", resourceArn=arn, logType="ACCESS_LOGS")

    with pytest.raises(ClientError, match=r"ConflictException.*already been used in another Delivery Source"):
        logs.put_delivery_source(name="second-source", resourceArn=arn, logType="ACCESS_LOGS")


def test_parquet_is_for_buckets(client: Client) -> None:
    with pytest.raises(ClientError, match=r"ValidationException.*parquet is supported for Amazon S3"):
        make_destination(client, "parquet", GROUP, outputFormat="parquet")
    make_destination(client, "parquet", "arn:aws:s3:::parquet", outputFormat="parquet")


@pytest.mark.parametrize("policy", ["no JSON", "[]", "{}", '{"Statement": {"Action": "logs:CreateLogStream"}}'])
def test_a_policy_of_a_destination_that_allows_no_delivery_is_refused(client: Client, policy: str) -> None:
    make_destination(client, "with-policy", "arn:aws:s3:::with-policy")
    logs = client("logs")
    with pytest.raises(ClientError, match=r"ValidationException.*Invalid Delivery Destination resource Policy"):
        logs.put_delivery_destination_policy(deliveryDestinationName="with-policy", deliveryDestinationPolicy=policy)
    right = json.dumps({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "logs:CreateDelivery"}})
    logs.put_delivery_destination_policy(deliveryDestinationName="with-policy", deliveryDestinationPolicy=right)


@pytest.mark.parametrize(
    ("resource", "config", "path"),
    [
        ("arn:aws:s3:::edge-logs", {}, PREFIX),
        ("arn:aws:s3:::edge-logs", {"suffixPath": "/{DistributionId}/{yyyy}"}, f"{PREFIX}{{DistributionId}}/{{yyyy}}"),
        ("arn:aws:s3:::edge-logs", {"suffixPath": f"{PREFIX}{{yyyy}}"}, f"{PREFIX}{{yyyy}}"),
        ("arn:aws:s3:::edge-logs/edge", {"suffixPath": "{yyyy}/{MM}/{dd}"}, "{yyyy}/{MM}/{dd}"),
    ],
)
def test_a_delivery_to_a_whole_bucket_gets_a_prefix(client: Client, resource: str, config: Any, path: str) -> None:
    made = deliver(client, "prefixed", resource, **config)
    logs = client("logs")
    found = logs.get_delivery(id=made["id"])["delivery"]["s3DeliveryConfiguration"]
    assert found == {"suffixPath": path, "enableHiveCompatiblePath": False}
    logs.delete_delivery(id=made["id"])
    logs.delete_delivery_source(name="prefixed")
    logs.delete_delivery_destination(name="prefixed")


def test_a_changed_delivery_has_the_path_that_was_sent(client: Client) -> None:
    made = deliver(client, "changed", "arn:aws:s3:::edge-logs", suffixPath="{yyyy}")
    logs = client("logs")
    logs.update_delivery_configuration(
        id=made["id"],
        recordFields=["date", "time"],
        fieldDelimiter="\t",
        s3DeliveryConfiguration={"suffixPath": "{MM}"},
    )
    found = logs.get_delivery(id=made["id"])["delivery"]
    assert found["s3DeliveryConfiguration"] == {"suffixPath": "{MM}", "enableHiveCompatiblePath": False}
    assert (found["recordFields"], found["fieldDelimiter"]) == (["date", "time"], "\t")
    with pytest.raises(ClientError, match="Provided suffixPath is invalid"):
        logs.update_delivery_configuration(id=made["id"], s3DeliveryConfiguration={"suffixPath": "{week}"})
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        logs.update_delivery_configuration(id="none", recordFields=["date"])


@pytest.mark.parametrize(
    "config", [{"suffixPath": "{country}"}, {"suffixPath": "year={yyyy}", "enableHiveCompatiblePath": True}]
)
def test_a_path_that_cannot_be_filled_in_is_refused(client: Client, config: Any) -> None:
    name = f"path-{len(config)}"
    with pytest.raises(ClientError, match=r"ValidationException.*Provided suffixPath is invalid"):
        deliver(client, name, "arn:aws:s3:::edge-logs", **config)


def test_a_path_is_for_buckets(client: Client) -> None:
    with pytest.raises(ClientError, match=r"ValidationException.*valid for Amazon S3 destinations only"):
        deliver(client, "path-of-group", GROUP, suffixPath="{yyyy}")


def test_a_source_and_a_destination_are_deleted_after_their_delivery(client: Client) -> None:
    made = deliver(client, "kept", GROUP)
    logs = client("logs")
    for delete, what in ((logs.delete_delivery_source, "source"), (logs.delete_delivery_destination, "destination")):
        with pytest.raises(ClientError, match=f"ConflictException.*delivery {what} can't be deleted"):
            delete(name="kept")
    logs.delete_delivery(id=made["id"])
    logs.delete_delivery_source(name="kept")
    logs.delete_delivery_destination(name="kept")


def test_a_missing_permission_is_added_to_the_bucket_policy(client: Client) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="edge-deliveries")
    secure = {"Sid": "TLS", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {}}
    s3.put_bucket_policy(Bucket="edge-deliveries", Policy=json.dumps({"Statement": secure}))
    deliver(client, "extended", "arn:aws:s3:::edge-deliveries/edge")

    found = json.loads(s3.get_bucket_policy(Bucket="edge-deliveries")["Policy"])["Statement"]
    assert [one["Sid"] for one in found] == ["TLS", "AWSLogDeliveryWrite1"]
    assert found[1]["Principal"] == {"Service": "delivery.logs.amazonaws.com"}


def test_a_bucket_policy_with_the_permission_stays_as_it_is(client: Client) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="edge-permitted")
    writer = {
        "Sid": "AllowLogDelivery",
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::edge-permitted/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [writer]})
    s3.put_bucket_policy(Bucket="edge-permitted", Policy=policy)
    deliver(client, "permitted", "arn:aws:s3:::edge-permitted")

    assert s3.get_bucket_policy(Bucket="edge-permitted")["Policy"] == policy
