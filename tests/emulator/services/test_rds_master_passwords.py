from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

ACCOUNT = "900000000203"


def make(client: Client, name: str, **settings: Any) -> Any:
    settings = settings or {"ManageMasterUserPassword": True}
    return client("rds", account=ACCOUNT).create_db_instance(
        DBInstanceIdentifier=name,
        Engine="postgres",
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        MasterUsername="chief",
        **settings,
    )["DBInstance"]


def describe(client: Client, name: str) -> Any:
    return client("rds", account=ACCOUNT).describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]


def read(client: Client, arn: str) -> Any:
    return json.loads(client("secretsmanager", account=ACCOUNT).get_secret_value(SecretId=arn)["SecretString"])


def test_rds_keeps_the_password_in_a_secret_of_its_own(client: Client) -> None:
    key = client("kms", account=ACCOUNT).create_key()["KeyMetadata"]["Arn"]
    make(client, "kept", ManageMasterUserPassword=True, MasterUserSecretKmsKeyId=key)
    make(client, "other")

    instance = describe(client, "kept")
    managed = instance["MasterUserSecret"]
    secret = client("secretsmanager", account=ACCOUNT).describe_secret(SecretId=managed["SecretArn"])
    value = read(client, managed["SecretArn"])

    assert secret["Name"].startswith("rds!db-")
    assert (secret["OwningService"], managed["KmsKeyId"]) == ("rds", key)
    assert (secret["RotationEnabled"], secret["RotationRules"]) == (True, {"AutomaticallyAfterDays": 7})
    assert "RotationLambdaARN" not in secret
    # https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonRDSServiceRolePolicy.html
    assert {"Key": "aws:rds:primaryDBInstanceArn", "Value": instance["DBInstanceArn"]} in secret["Tags"]
    assert value["username"] == "chief"
    assert value["password"] != read(client, describe(client, "other")["MasterUserSecret"]["SecretArn"])["password"]


def test_others_may_read_and_rotate_it_and_nothing_else(client: Client) -> None:
    make(client, "guarded")
    arn = describe(client, "guarded")["MasterUserSecret"]["SecretArn"]
    before = read(client, arn)
    secrets = client("secretsmanager", account=ACCOUNT)
    changes: dict[str, dict[str, Any]] = {
        "put_secret_value": {"SecretString": "{}"},
        "update_secret": {"Description": "mine"},
        "delete_secret": {},
        "tag_resource": {"Tags": [{"Key": "a", "Value": "b"}]},
        "cancel_rotate_secret": {},
    }
    for name, members in changes.items():
        with pytest.raises(ClientError, match="managed by another service") as refused:
            getattr(secrets, name)(SecretId=arn, **members)
        assert refused.value.response["Error"]["Code"] == "InvalidRequestException"

    secrets.rotate_secret(SecretId=arn)

    after = read(client, arn)
    previous = secrets.get_secret_value(SecretId=arn, VersionStage="AWSPREVIOUS")["SecretString"]
    assert after["username"] == "chief"
    assert after["password"] != before["password"]
    assert json.loads(previous) == before


def test_it_is_turned_on_and_off_and_goes_with_the_instance(client: Client) -> None:
    rds, secrets = client("rds", account=ACCOUNT), client("secretsmanager", account=ACCOUNT)
    make(client, "turned", MasterUserPassword="first-password")

    rds.modify_db_instance(DBInstanceIdentifier="turned", ManageMasterUserPassword=True)
    first = describe(client, "turned")["MasterUserSecret"]["SecretArn"]
    rds.modify_db_instance(DBInstanceIdentifier="turned", ManageMasterUserPassword=True)
    assert describe(client, "turned")["MasterUserSecret"]["SecretArn"] == first
    with pytest.raises(ClientError, match="You must specify MasterUserPassword"):
        rds.modify_db_instance(DBInstanceIdentifier="turned", ManageMasterUserPassword=False)
    rds.modify_db_instance(
        DBInstanceIdentifier="turned", ManageMasterUserPassword=False, MasterUserPassword="second-password"
    )
    assert "MasterUserSecret" not in describe(client, "turned")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        secrets.describe_secret(SecretId=first)

    rds.modify_db_instance(DBInstanceIdentifier="turned", ManageMasterUserPassword=True)
    second = describe(client, "turned")["MasterUserSecret"]["SecretArn"]
    rds.delete_db_instance(DBInstanceIdentifier="turned", SkipFinalSnapshot=True)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        secrets.describe_secret(SecretId=second)


def test_a_cluster_of_documentdb_has_one_too(client: Client) -> None:
    docdb = client("docdb", account=ACCOUNT)
    docdb.create_db_cluster(
        DBClusterIdentifier="documents", Engine="docdb", MasterUsername="chief", ManageMasterUserPassword=True
    )

    (cluster,) = docdb.describe_db_clusters(DBClusterIdentifier="documents")["DBClusters"]
    arn = cluster["MasterUserSecret"]["SecretArn"]
    docdb.delete_db_cluster(DBClusterIdentifier="documents", SkipFinalSnapshot=True)

    assert ":secret:rds!cluster-" in arn
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client("secretsmanager", account=ACCOUNT).describe_secret(SecretId=arn)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"ManageMasterUserPassword": True, "MasterUserPassword": "long-enough"},
            "You can't specify MasterUserPassword if ManageMasterUserPassword is turned on",
        ),
        (
            {"MasterUserPassword": "long-enough", "MasterUserSecretKmsKeyId": "alias/aws/secretsmanager"},
            "MasterUserSecretKmsKeyId is valid only when",
        ),
        ({"MasterUserPassword": "short"}, "shorter than 8 characters"),
        ({"MasterUserPassword": "with@forbidden"}, "Only printable ASCII characters besides"),
        ({"MasterUserPassword": "with a space"}, "Only printable ASCII characters besides"),
    ],
)
def test_passwords_that_rds_does_not_take_are_refused(client: Client, settings: Any, message: str) -> None:
    with pytest.raises(ClientError, match=message):
        make(client, "refused", **settings)


def test_changes_that_contradict_who_manages_it_are_refused(client: Client) -> None:
    rds = client("rds", account=ACCOUNT)
    make(client, "managed")
    make(client, "own", MasterUserPassword="first-password")
    rds.create_db_instance_read_replica(DBInstanceIdentifier="copy", SourceDBInstanceIdentifier="own")
    for name, change, message in (
        ("managed", {"MasterUserPassword": "long-enough"}, "You can't specify MasterUserPassword"),
        ("managed", {"MasterUserSecretKmsKeyId": "alias/aws/secretsmanager"}, "valid only when"),
        (
            "own",
            {"RotateMasterUserPassword": True, "ApplyImmediately": True},
            "You can rotate the master user password",
        ),
        ("copy", {"MasterUserPassword": "long-enough"}, "Cannot change master user password on an RDS postgres Read"),
    ):
        with pytest.raises(ClientError, match=message):
            rds.modify_db_instance(DBInstanceIdentifier=name, **change)


def test_an_instance_whose_password_is_managed_has_no_replica(client: Client) -> None:
    make(client, "alone")

    with pytest.raises(ClientError, match="engine postgres where ManageMasterUserPassword is enabled is not supported"):
        client("rds", account=ACCOUNT).create_db_instance_read_replica(
            DBInstanceIdentifier="second", SourceDBInstanceIdentifier="alone"
        )


def test_rds_rotates_it_at_once_or_not_at_all(client: Client) -> None:
    rds = client("rds", account=ACCOUNT)
    make(client, "rotated")
    arn = describe(client, "rotated")["MasterUserSecret"]["SecretArn"]
    before = read(client, arn)

    with pytest.raises(ClientError, match="You must specify apply immediately"):
        rds.modify_db_instance(DBInstanceIdentifier="rotated", RotateMasterUserPassword=True)
    rds.modify_db_instance(DBInstanceIdentifier="rotated", RotateMasterUserPassword=True, ApplyImmediately=True)

    assert read(client, arn)["password"] != before["password"]


def test_a_proxy_has_at_most_two_hundred_secrets_and_each_exists(client: Client) -> None:
    arn = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:none-AbCdEf"
    for count, message in ((201, "at most 200 secrets; 201 were given"), (1, f"The secret {arn} does not exist")):
        with pytest.raises(ClientError, match=message):
            client("rds", account=ACCOUNT).create_db_proxy(
                DBProxyName="wide",
                EngineFamily="POSTGRESQL",
                RoleArn=f"arn:aws:iam::{ACCOUNT}:role/proxy",
                VpcSubnetIds=["subnet-1", "subnet-2"],
                Auth=[{"AuthScheme": "SECRETS", "SecretArn": arn}] * count,
            )
