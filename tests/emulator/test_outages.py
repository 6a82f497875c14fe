from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pg8000
import pytest
from botocore.exceptions import ClientError

from emulator.databases.reach import UnreachableError
from emulator.outages import state
from tests.emulator import postgres
from tests.emulator.functions import invoke, make_function, zip_code

if TYPE_CHECKING:
    from emulator import Emulator
    from tests.emulator.conftest import Client

ACCOUNT = "700000000304"
HOME, AWAY = "us-east-1", "us-west-2"


def post(emulator: Emulator, **wanted: Any) -> Any:
    body = json.dumps(wanted).encode()
    request = Request(f"{emulator.url}/emulator/regions", body, method="POST")  # noqa: S310  loopback
    with urlopen(request) as answer:  # noqa: S310  loopback
        return json.load(answer)["lost"]


pytestmark = pytest.mark.usefixtures("_all_regions_answer")


def refused(call: Any, **arguments: Any) -> bool:
    """Whether a call gets the answer of a lost region; any other error is raised."""
    try:
        call(**arguments)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != HTTPStatus.SERVICE_UNAVAILABLE:
            raise
        return "does not answer" in str(error) or error.response["Error"]["Code"] == "503"
    return False


def test_a_lost_region_answers_no_call_until_it_is_back(client: Client, emulator: Emulator) -> None:
    home, away = (client("sqs", account=ACCOUNT, region=region) for region in (HOME, AWAY))
    url = home.create_queue(QueueName="work")["QueueUrl"]
    home.send_message(QueueUrl=url, MessageBody="kept")

    assert post(emulator, region=HOME, lost=True) == [HOME]
    assert refused(home.list_queues)
    assert not refused(away.list_queues)
    assert post(emulator, region=HOME, lost=False) == []
    assert home.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "kept"


@pytest.mark.parametrize("service", ["dynamodb", "ec2", "lambda", "rds", "s3", "sns"])
def test_each_protocol_has_an_answer_that_sdks_understand(client: Client, service: str) -> None:
    state.lose(AWAY)
    called = client(service, account=ACCOUNT, region=AWAY)
    name = {
        "dynamodb": "list_tables",
        "ec2": "describe_vpcs",
        "lambda": "list_functions",
        "rds": "describe_db_instances",
        "s3": "list_buckets",
        "sns": "list_topics",
    }[service]

    assert refused(getattr(called, name))


def test_a_bucket_is_where_it_was_created(client: Client) -> None:
    home, away = (client("s3", account=ACCOUNT, region=region) for region in (HOME, AWAY))
    home.create_bucket(Bucket="outage-home")
    away.create_bucket(Bucket="outage-away", CreateBucketConfiguration={"LocationConstraint": AWAY})
    state.lose(HOME)

    assert refused(away.list_objects_v2, Bucket="outage-home")
    assert not refused(home.list_objects_v2, Bucket="outage-away")


def test_without_us_east_1_services_without_region_are_neither_read_nor_changed(client: Client) -> None:
    iam, route53 = (client(service, account=ACCOUNT, region=AWAY) for service in ("iam", "route53"))
    cloudfront = client("cloudfront", account=ACCOUNT, region=AWAY)
    zone = route53.create_hosted_zone(Name="outage.example", CallerReference="1")["HostedZone"]["Id"]
    state.lose(HOME)

    assert refused(iam.list_roles)
    assert refused(iam.get_role, RoleName="worker")
    assert refused(iam.create_user, UserName="late")
    assert refused(route53.list_resource_record_sets, HostedZoneId=zone)
    assert refused(route53.create_hosted_zone, Name="late.example", CallerReference="2")
    assert refused(cloudfront.list_distributions)
    assert refused(
        cloudfront.create_invalidation,
        DistributionId="E",
        InvalidationBatch={"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": "1"},
    )


def test_without_us_east_1_roles_are_assumed_and_their_rights_hold(client: Client) -> None:
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"}]}
    role = client("iam", account=ACCOUNT).create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps(trust))
    state.lose(HOME)
    sts = client("sts", account=ACCOUNT, region=AWAY)

    assert sts.get_caller_identity()["Account"] == ACCOUNT
    assert sts.assume_role(RoleArn=role["Role"]["Arn"], RoleSessionName="later")["Credentials"]


def test_without_us_east_1_a_bucket_elsewhere_is_used_and_read_and_not_configured(client: Client) -> None:
    s3 = client("s3", account=ACCOUNT, region=AWAY)
    s3.create_bucket(Bucket="outage-used", CreateBucketConfiguration={"LocationConstraint": AWAY})
    state.lose(HOME)

    assert not refused(s3.put_object, Bucket="outage-used", Key="file", Body=b"x")
    assert not refused(s3.get_bucket_versioning, Bucket="outage-used")
    assert not refused(s3.delete_object, Bucket="outage-used", Key="file")
    on = {"Status": "Enabled"}
    assert refused(s3.put_bucket_versioning, Bucket="outage-used", VersioningConfiguration=on)
    there = {"LocationConstraint": AWAY}
    assert refused(s3.create_bucket, Bucket="outage-late", CreateBucketConfiguration=there)
    assert refused(s3.delete_bucket, Bucket="outage-used")


def test_another_lost_region_leaves_them_as_they_are(client: Client) -> None:
    state.lose(AWAY)

    assert not refused(client("iam", account=ACCOUNT).create_user, UserName="anybody")


def test_a_database_of_a_lost_region_comes_back_with_its_data(client: Client, emulator: Emulator) -> None:
    postgres.create(client, "lost", account=ACCOUNT)
    host = postgres.host(client, "lost", account=ACCOUNT)
    postgres.run(emulator, host, "CREATE TABLE kept AS SELECT 1 AS number", account=ACCOUNT)
    post(emulator, region=HOME, lost=True)

    with pytest.raises(UnreachableError, match="the region us-east-1 does not answer"):
        emulator.database(host, account=ACCOUNT)
    post(emulator, region=HOME, lost=False)
    assert postgres.run(emulator, host, "SELECT number FROM kept", account=ACCOUNT) == [[1]]


def test_a_function_of_a_lost_region_is_not_called(client: Client, emulator: Emulator) -> None:
    make_function(client, "worker", zip_code("def handler(event, context):\n    return 1\n"), account=ACCOUNT)
    assert invoke(client, "worker", {}, account=ACCOUNT) == 1
    post(emulator, region=HOME, lost=True)

    assert refused(client("lambda", account=ACCOUNT).invoke, FunctionName="worker")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b'{"region": "us-east-1"}', "the body must be"),
        (b'{"region": "us-east-1", "lost": "yes"}', "the body must be"),
        (b"no JSON", "the body must be"),
        (b'{"region": "mars-1", "lost": true}', "'mars-1' is not a region of AWS"),
    ],
)
def test_a_request_that_is_not_valid_says_what_is_wrong(emulator: Emulator, body: bytes, problem: str) -> None:
    request = Request(f"{emulator.url}/emulator/regions", body, method="POST")  # noqa: S310  loopback
    with pytest.raises(HTTPError) as answered, urlopen(request):  # noqa: S310  loopback
        pass

    with answered.value as answer:
        assert problem in json.load(answer)["error"]


def test_a_replica_elsewhere_is_read_while_its_primary_is_lost_and_can_be_promoted(
    client: Client, emulator: Emulator
) -> None:
    arn = postgres.create(client, "leader", account=ACCOUNT)
    away = client("rds", account=ACCOUNT, region=AWAY)
    for name in ("follower", "heir"):
        away.create_db_instance_read_replica(DBInstanceIdentifier=name, SourceDBInstanceIdentifier=arn)
    hosts = [postgres.host(client, name, account=ACCOUNT, region=AWAY) for name in ("follower", "heir")]
    leader = postgres.host(client, "leader", account=ACCOUNT)
    postgres.run(emulator, leader, "CREATE TABLE kept AS SELECT 1 AS number", account=ACCOUNT)
    with pytest.raises(ClientError, match=r"InvalidDBInstanceState.*leader is not a read replica"):
        client("rds", account=ACCOUNT).promote_read_replica(DBInstanceIdentifier="leader")
    post(emulator, region=HOME, lost=True)

    for name in hosts:
        assert postgres.run(emulator, name, "SELECT number FROM kept", account=ACCOUNT) == [[1]]
        with pytest.raises(pg8000.Error, match="read-only transaction"):
            postgres.run(emulator, name, "INSERT INTO kept VALUES (2)", account=ACCOUNT)
    away.promote_read_replica(DBInstanceIdentifier="heir")
    postgres.run(emulator, hosts[1], "INSERT INTO kept VALUES (2)", account=ACCOUNT)
    post(emulator, region=HOME, lost=False)

    postgres.run(emulator, leader, "INSERT INTO kept VALUES (3)", account=ACCOUNT)
    read = "SELECT number FROM kept ORDER BY number"
    assert postgres.run(emulator, hosts[0], read, account=ACCOUNT) == [[1], [3]]
    assert postgres.run(emulator, hosts[1], read, account=ACCOUNT) == [[1], [2]]
    (found,) = client("rds", account=ACCOUNT).describe_db_instances(DBInstanceIdentifier="leader")["DBInstances"]
    assert found["ReadReplicaDBInstanceIdentifiers"] == [f"arn:aws:rds:{AWAY}:{ACCOUNT}:db:follower"]
