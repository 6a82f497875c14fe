from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

ACCOUNT = "123456789012"
SERVICE = {"Service": "cloudwatch.amazonaws.com"}


def make_topic(client: Client, name: str, **members: Any) -> str:
    return str(client("sns").create_topic(Name=name, **members)["TopicArn"])


def policy(topic: str, **members: Any) -> str:
    statement = {"Effect": "Allow", "Principal": SERVICE, "Action": "sns:Publish", "Resource": topic, **members}
    given = {name: value for name, value in statement.items() if value is not None}
    return json.dumps({"Version": "2012-10-17", "Statement": [given]})


def set_policy(client: Client, topic: str, document: str) -> None:
    client("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=document)


def attributes(client: Client, subscription: str) -> dict[str, str]:
    found = client("sns").get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]
    return {name: str(value) for name, value in found.items()}


@pytest.mark.parametrize("name", ["", "a" * 257, "bad:name", "bad name", "queue.fifo"])
def test_a_name_that_is_not_valid_is_refused(client: Client, name: str) -> None:
    with pytest.raises(ClientError, match=r"InvalidParameter.*Topic names must be made up of"):
        make_topic(client, name)


def test_the_same_topic_is_returned_again_and_another_of_its_name_refused(client: Client) -> None:
    shown, tags = {"DisplayName": "Alerts"}, [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    topic = make_topic(client, "twice", Attributes=shown, Tags=tags)
    set_policy(client, topic, policy(topic))

    assert make_topic(client, "twice") == topic
    assert make_topic(client, "twice", Attributes={**shown, "Policy": policy(topic)}, Tags=tags[:1]) == topic
    assert make_topic(client, "twice", Attributes={"FifoTopic": "false"}) == topic
    for other in ({"DisplayName": "alerts"}, {**shown, "KmsMasterKeyId": "alias/aws/sns"}):
        with pytest.raises(ClientError, match="Attributes Reason: Topic already exists with different attributes"):
            make_topic(client, "twice", Attributes=other)
    with pytest.raises(ClientError, match="Attributes Reason: Topic already exists with different attributes"):
        make_topic(client, "twice", Attributes={"Policy": policy(topic, Action="sns:Subscribe")})
    for tag in ({"Key": "a", "Value": "2"}, {"Key": "c", "Value": "1"}):
        with pytest.raises(ClientError, match="Tags Reason: Topic already exists with different tags"):
            make_topic(client, "twice", Tags=[tag])


@pytest.mark.parametrize("action", ["sns:Publish", "SNS:publish", ["sns:Subscribe", "SNS:Receive"], "sns:Publish*"])
def test_a_policy_may_name_the_actions_on_a_topic(client: Client, action: Any) -> None:
    topic = make_topic(client, "actions")

    set_policy(client, topic, policy(topic, Action=action))


@pytest.mark.parametrize(
    "principal",
    [
        "*",
        {"AWS": "*"},
        {"AWS": [ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"]},
        {"AWS": "arn:aws:iam::999999999999:role/of-another-account"},
        {"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/session"},
        {"AWS": "AROAEXAMPLEEXAMPLE123"},
        {"Service": ["cloudwatch.amazonaws.com", "events.amazonaws.com"]},
    ],
)
def test_a_policy_may_name_principals_in_several_ways(client: Client, principal: Any) -> None:
    topic = make_topic(client, "principals")

    set_policy(client, topic, policy(topic, Principal=principal))


def test_a_role_or_a_user_may_be_named_once_there_is_one(client: Client) -> None:
    topic, iam = make_topic(client, "roles"), client("iam")
    role = f"arn:aws:iam::{ACCOUNT}:role/publisher"
    with pytest.raises(ClientError, match=r"Policy Error: PrincipalNotFound \(.*role/publisher of statement 1\)"):
        set_policy(client, topic, policy(topic, Principal={"AWS": role}))
    iam.create_role(RoleName="publisher", AssumeRolePolicyDocument=json.dumps({"Statement": []}))
    user = iam.create_user(UserName="publisher")["User"]["Arn"]

    set_policy(client, topic, policy(topic, Principal={"AWS": [role, user]}))


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"Action": "sns:*"}, "Policy statement action out of service scope!"),
        ({"Action": "*"}, "Policy statement action out of service scope!"),
        ({"Action": ["sns:Publish", "sns:CreateTopic"]}, "Policy statement action out of service scope!"),
        ({"Action": "sns:Publsh"}, "Policy statement action out of service scope!"),
        ({"Action": "kms:Decrypt"}, "Policy statement action out of service scope!"),
        ({"Action": "iot:Publish"}, "Policy statement action out of service scope!"),
        ({"Principal": {"Service": "cloudwatch"}}, r"Policy Error: PrincipalNotFound \(cloudwatch of statement 1\)"),
        ({"Principal": {"AWS": "cloudwatch.amazonaws.com"}}, "Policy Error: PrincipalNotFound"),
        ({"Principal": {"AWS": f"arn:aws:s3::{ACCOUNT}:bucket"}}, "Policy Error: PrincipalNotFound"),
        ({"Principal": {"AWS": "arn:aws:iam::12:root"}}, "Policy Error: PrincipalNotFound"),
        ({"Principal": {"Federated": "accounts.google.com"}}, "Policy Error: PrincipalNotFound"),
        ({"Principal": {"AWS": []}}, "Policy Error: null .*the Principal of statement 1 must name at least one"),
        ({"Principal": {"Group": "all"}}, "Policy Error: null .*the Principal of statement 1 must name at least one"),
        ({"Principal": None}, "Policy Error: null .statement 1 must have a value for Principal"),
        ({"Action": None}, "Policy Error: null .statement 1 must have a value for Action"),
        ({"Resource": None}, "Policy Error: null .statement 1 must have a value for Resource"),
        ({"Resource": []}, "Policy Error: null .statement 1 must have a value for Resource"),
        ({"Resource": ["a", "b"]}, "Policy statement must apply to a single resource!"),
        ({"Resource": f"arn:aws:sns:us-east-1:{ACCOUNT}:other"}, ".*the Resource of statement 1 must be the topic arn"),
    ],
)
def test_a_statement_that_is_not_valid_for_the_topic_is_refused(
    client: Client, members: dict[str, Any], words: str
) -> None:
    topic = make_topic(client, "statements")
    with pytest.raises(ClientError, match=rf"\(InvalidParameter\).*Invalid parameter: {words}"):
        set_policy(client, topic, policy(topic, **members))
    with pytest.raises(ClientError, match=rf"\(InvalidParameter\).*Invalid parameter: {words}"):
        make_topic(client, "new", Attributes={"Policy": policy(topic.replace("statements", "new"), **members)})

    assert "__default_policy_ID" in client("sns").get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("", "must be a JSON object with a Statement"),
        ("[]", "must be a JSON object with a Statement"),
        ('{"Version": "2012-10-17"}', "must be a JSON object with a Statement"),
        ('{"Statement": ["Allow"]}', "statement 1 must be a JSON object"),
        (json.dumps({"Statement": [{}] * 101}), "at most 100 statements"),
        (json.dumps({"Statement": [], "Id": "a" * 30720}), "at most 30720 bytes"),
    ],
)
def test_a_policy_that_cannot_be_read_is_refused(client: Client, document: str, words: str) -> None:
    topic = make_topic(client, "documents")

    with pytest.raises(ClientError, match=f"Invalid parameter: Policy Error: null .*{words}"):
        set_policy(client, topic, document)


def test_a_policy_may_name_its_topic_by_a_pattern(client: Client) -> None:
    topic = make_topic(client, "patterns")

    set_policy(client, topic, policy(topic, Resource=f"arn:aws:sns:*:{ACCOUNT}:pattern?"))


def test_a_topic_accepts_any_key_but_publishes_only_with_a_usable_one(client: Client) -> None:
    sns, kms = client("sns"), client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    topic = make_topic(client, "secret", Attributes={"KmsMasterKeyId": key})

    def refuse(code: str) -> None:
        with pytest.raises(ClientError, match=rf"\({code}\).*of topic secret"):
            sns.publish(TopicArn=topic, Message="hello")
        with pytest.raises(ClientError, match=code):
            sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[{"Id": "1", "Message": "hello"}])

    sns.publish(TopicArn=topic, Message="hello")
    kms.disable_key(KeyId=key)
    refuse("KMSDisabled")
    kms.schedule_key_deletion(KeyId=key)
    refuse("KMSInvalidState")
    there = client("kms", region="us-west-2").create_key()["KeyMetadata"]["Arn"]
    for missing in (there, "alias/none", "11111111-2222-3333-4444-555555555555"):
        sns.set_topic_attributes(TopicArn=topic, AttributeName="KmsMasterKeyId", AttributeValue=missing)
        refuse("KMSNotFound")
    sns.set_topic_attributes(TopicArn=topic, AttributeName="KmsMasterKeyId", AttributeValue="alias/aws/sns")
    sns.publish(TopicArn=topic, Message="hello")


def test_another_account_publishes_with_the_key_of_the_topics_owner(client: Client) -> None:
    key = client("kms").create_key()["KeyMetadata"]["KeyId"]
    topic = make_topic(client, "shared", Attributes={"KmsMasterKeyId": key})

    client("sns", account="900000000087").publish(TopicArn=topic, Message="hello")


def test_what_is_published_reaches_a_queue(client: Client) -> None:
    sqs, topic = client("sqs"), make_topic(client, "fan-out")
    queue = sqs.create_queue(QueueName="events")["QueueUrl"]
    endpoint = f"arn:aws:sqs:us-east-1:{ACCOUNT}:events"
    subscription = client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=endpoint)["SubscriptionArn"]

    client("sns").publish(TopicArn=topic, Message="hello")

    assert json.loads(sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"])["Message"] == "hello"
    assert attributes(client, subscription)["PendingConfirmation"] == "false"
    client("sns").unsubscribe(SubscriptionArn=subscription)
    assert client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []


def test_nothing_is_posted_to_an_https_endpoint(client: Client) -> None:
    topic = make_topic(client, "posted")
    # Nothing listens there, so a delivery would fail.
    made = client("sns").subscribe(TopicArn=topic, Protocol="https", Endpoint="https://localhost:9/alerts")

    assert attributes(client, made["SubscriptionArn"])["PendingConfirmation"] == "false"
    client("sns").publish(TopicArn=topic, Message="hello")


def test_an_email_subscription_is_pending_until_it_is_confirmed(client: Client) -> None:
    sns, topic = client("sns"), make_topic(client, "mail")
    mail = {"TopicArn": topic, "Protocol": "email", "Endpoint": "on-call@example.com"}
    assert sns.subscribe(**mail)["SubscriptionArn"] == "pending confirmation"
    subscription = sns.subscribe(**mail, ReturnSubscriptionArn=True)["SubscriptionArn"]

    found = attributes(client, subscription)
    assert (found["PendingConfirmation"], found["ConfirmationWasAuthenticated"]) == ("true", "false")
    (listed,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert (listed["SubscriptionArn"], listed["Endpoint"]) == ("PendingConfirmation", "on-call@example.com")
    with pytest.raises(ClientError, match="Cannot unsubscribe a subscription that is pending confirmation"):
        sns.unsubscribe(SubscriptionArn=subscription)
    with pytest.raises(ClientError, match="Invalid parameter: Token"):
        sns.confirm_subscription(TopicArn=topic, Token="none")

    token = subscription.removeprefix(f"{topic}:")
    assert sns.confirm_subscription(TopicArn=topic, Token=token)["SubscriptionArn"] == subscription
    assert attributes(client, subscription)["PendingConfirmation"] == "false"
    assert sns.subscribe(**mail)["SubscriptionArn"] == subscription
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"][0]["SubscriptionArn"] == subscription
    sns.unsubscribe(SubscriptionArn=subscription)
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []


def test_pending_subscriptions_are_listed_by_page_and_deleted_with_their_topic(client: Client) -> None:
    sns = client("sns", account="900000000089")
    topic = sns.create_topic(Name="many")["TopicArn"]
    for number in range(101):
        sns.subscribe(TopicArn=topic, Protocol="email-json", Endpoint=f"{number}@example.com")

    pages = list(sns.get_paginator("list_subscriptions").paginate())
    assert [len(page["Subscriptions"]) for page in pages] == [100, 1]
    sns.delete_topic(TopicArn=topic)
    assert sns.list_subscriptions()["Subscriptions"] == []


@pytest.mark.parametrize(
    ("protocol", "endpoint", "words"),
    [
        ("pager", "12", "Invalid parameter: Amazon SNS does not support this protocol string: pager"),
        ("email", "on-call", "Invalid parameter: Email address"),
        ("email", "a@example.com; b@example.com", "Invalid parameter: Email address"),
        ("email-json", "", "Invalid parameter: Email address"),
        ("https", "http://example.com", "Invalid parameter: Endpoint must match the specified protocol"),
        ("http", "https://example.com", "Invalid parameter: Endpoint must match the specified protocol"),
        ("sqs", "alerts", "Invalid parameter: SQS endpoint ARN"),
        ("sqs", f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/alerts", "Invalid parameter: SQS endpoint ARN"),
        ("lambda", "alerts", "Invalid parameter: Lambda endpoint ARN"),
        ("firehose", "alerts", "Invalid parameter: Firehose endpoint ARN"),
        ("application", "alerts", "Invalid parameter: ApplicationEndpoint ARN"),
        ("sms", "alerts", "Invalid SMS endpoint: alerts"),
    ],
)
def test_an_endpoint_that_does_not_match_the_protocol_is_refused(
    client: Client, protocol: str, endpoint: str, words: str
) -> None:
    topic = make_topic(client, "endpoints")
    with pytest.raises(ClientError, match=rf"\(InvalidParameter\).*{words}"):
        client("sns").subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint)

    assert client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []


@pytest.mark.parametrize("topic", ["alerts", f"arn:aws:sns:us-west-2:{ACCOUNT}:alerts"])
def test_a_topic_of_another_region_is_refused(client: Client, topic: str) -> None:
    with pytest.raises(ClientError, match=r"\(InvalidParameter\).*Invalid parameter: TopicArn"):
        client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="on-call@example.com")


def test_the_version_of_the_signature_is_stored_and_can_be_changed(client: Client) -> None:
    topic = make_topic(client, "signed", Attributes={"SignatureVersion": "2"})
    sns = client("sns")
    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["SignatureVersion"] == "2"
    sns.set_topic_attributes(TopicArn=topic, AttributeName="SignatureVersion", AttributeValue="1")
    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["SignatureVersion"] == "1"
    plain = make_topic(client, "plain")
    assert "SignatureVersion" not in sns.get_topic_attributes(TopicArn=plain)["Attributes"]
