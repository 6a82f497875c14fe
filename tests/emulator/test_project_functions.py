"""The functions of this project, as Lambda calls them: their code from a zip, in a process of its own."""

from __future__ import annotations

import json
import ssl
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pg8000.native
import pytest

from config.sleep import SleepSettings
from emulator.functions.asynchronous import BACKGROUND
from tests.emulator.functions import RIGHTS, invoke, make_function, make_role, sources, zip_code

if TYPE_CHECKING:
    from emulator import Emulator
    from tests.emulator.conftest import Client

ACCOUNT = "900000000207"
PASSWORD = "first-password"
KEYS = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey")
DRIVERS = {
    "postgres": ("pg8000", "scramp", "asn1crypto", "dateutil", "six"),
    "documentdb": ("pymongo", "bson"),
}


def make(
    client: Client, name: str, folder: str, *, files: dict[str, str], variables: dict[str, str], **more: Any
) -> None:
    packages = more.pop("packages", ())
    code = zip_code("", *packages, files=sources(folder) | {f"{folder}/{key}": text for key, text in files.items()})
    variables_setting = {"Variables": variables}
    more = {"actions": (*RIGHTS, *KEYS), **more}
    make_function(client, name, code, account=ACCOUNT, Timeout=300, Environment=variables_setting, **more)
    handler = f"{folder}.handler.handler"
    client("lambda", account=ACCOUNT).update_function_configuration(FunctionName=name, Handler=handler)


def test_the_jwt_secret_is_rotated(client: Client) -> None:
    ssm = client("ssm", account=ACCOUNT)
    key = client("kms", account=ACCOUNT).create_key()["KeyMetadata"]["Arn"]
    for name in ("/jwt/current", "/jwt/previous"):
        ssm.put_parameter(Name=name, Value=name, Type="SecureString", KeyId=key)
    variables = {
        "CURRENT_PARAMETER": "/jwt/current",
        "PREVIOUS_PARAMETER": "/jwt/previous",
        "KEY_ID": key,
        "MIN_AGE_HOURS": "0",
    }
    make(client, "jwt", "jwt_rotation", files={}, variables=variables)

    told = invoke(client, "jwt", account=ACCOUNT)

    assert told["outcome"] == "rotated"
    assert ssm.get_parameter(Name="/jwt/previous", WithDecryption=True)["Parameter"]["Value"] == "/jwt/current"


def test_the_sleep_schedule_answers_its_status(client: Client) -> None:
    ssm = client("ssm", account=ACCOUNT)
    for name in ("/sleep/state", "/sleep/override"):
        ssm.put_parameter(Name=name, Value="{}", Type="String")
    variables = {
        "STATE_PARAMETER": "/sleep/state",
        "OVERRIDE_PARAMETER": "/sleep/override",
        "KEY_ID": "alias/aws/ssm",
        "NAMESPACE": "project",
        "REGIONS": "us-east-1",
        "CLUSTER": "project",
        "SERVICES": "",
    }
    schedule = SleepSettings(time_zone="UTC", awake=("mon-fri 07:00-20:00",)).schedule()
    make(client, "sleep", "sleep_schedule", files={"settings.json": schedule}, variables=variables)

    told = invoke(client, "sleep", {"action": "status"}, account=ACCOUNT)

    assert told["phase"] == "awake", told  # it was never run


def network(client: Client, name: str, port: int) -> tuple[list[str], dict[str, str]]:
    """Subnets with a way to AWS, and groups of which each lets in those that it must."""
    ec2 = client("ec2", account=ACCOUNT)
    vpc = ec2.create_vpc(CidrBlock="10.3.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.3.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"][
            "SubnetId"
        ]
        for number, zone in enumerate("ab")
    ]
    table = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"][0]["RouteTableId"]
    gateway = ec2.create_nat_gateway(SubnetId=subnets[0], ConnectivityType="private")["NatGateway"]["NatGatewayId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=gateway)
    groups = {
        each: ec2.create_security_group(GroupName=each, Description=each, VpcId=vpc)["GroupId"]
        for each in ("function", "proxy", "database")
    }
    for source, target in (("function", "database"), ("proxy", "database"), ("function", "proxy")):
        pair = {"GroupId": groups[source]}
        rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": [pair]}
        ec2.authorize_security_group_ingress(GroupId=groups[target], IpPermissions=[rule])
    client("rds", account=ACCOUNT).create_db_subnet_group(
        DBSubnetGroupName=name, DBSubnetGroupDescription=name, SubnetIds=subnets
    )
    return subnets, groups


def role(name: str, *, engine: str, access: str, secrets: bool, template: str) -> dict[str, Any]:
    kind = "secret" if secrets else "parameter"
    return {
        "name": name,
        "access": access,
        "audit": [],
        "iam": False,
        "proxied": secrets,
        "services": [],
        "stores": {slot: {kind: f"{'' if secrets else '/'}{engine}/{name}/{slot}"} for slot in "ab"},
        "url": {"parameter": f"/{engine}/{name}/url", "template": template},
    }


def settings(engine: str, roles: list[dict[str, Any]], proxy_host: str | None) -> str:
    return json.dumps(
        {
            "engine": engine,
            "prefix": "project-dev",
            "database": "users",
            "rotation_days": 30,
            "cluster": "project-dev",
            "proxy_host": proxy_host,
            "stops": None,
            "authorities": "authorities.pem",
            "roles": roles,
        }
    )


def make_places(client: Client, roles: list[dict[str, Any]]) -> dict[str, str]:
    """The places as Terraform makes them; return the ARNs of the secrets."""
    ssm, arns = client("ssm", account=ACCOUNT), {}
    for each in roles:
        for place in (*each["stores"].values(), each["url"]):
            if "secret" in place:
                made = client("secretsmanager", account=ACCOUNT).create_secret(Name=place["secret"])
                arns[place["secret"]] = made["ARN"]
            else:
                ssm.put_parameter(Name=place["parameter"], Value="unset", Type="SecureString")
    return arns


@pytest.mark.seconds(15)
def test_roles_of_postgresql_are_made_rotated_and_let_in_by_the_proxy(client: Client, emulator: Emulator) -> None:
    rds, ssm = client("rds", account=ACCOUNT), client("ssm", account=ACCOUNT)
    subnets, groups = network(client, "postgres", 5432)
    rds.create_db_instance(
        DBInstanceIdentifier="main",
        Engine="postgres",
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        DBName="users",
        MasterUsername="chief",
        ManageMasterUserPassword=True,
        DBSubnetGroupName="postgres",
        VpcSecurityGroupIds=[groups["database"]],
    )
    instance = rds.describe_db_instances(DBInstanceIdentifier="main")["DBInstances"][0]
    template = "postgresql://{credentials}@{host}:5432/users"
    roles = [
        role("owner", engine="postgres", access="owner", secrets=False, template=template),
        role("backend", engine="postgres", access="read_write", secrets=True, template=template),
    ]
    arns = make_places(client, roles)
    key = client("kms", account=ACCOUNT).create_key()["KeyMetadata"]["Arn"]
    make(
        client,
        "postgres-roles",
        "database_roles",
        files={"settings.json": settings("postgres", roles, "/postgres/host"), "authorities.pem": "AWS's"},
        variables={
            "MASTER_SECRET": instance["MasterUserSecret"]["SecretArn"],
            "HOST": instance["Endpoint"]["Address"],
            "PORT": "5432",
            "KEY_ID": key,
        },
        packages=DRIVERS["postgres"],
        VpcConfig={"SubnetIds": subnets, "SecurityGroupIds": [groups["function"]]},
    )

    prepared = invoke(client, "postgres-roles", {"action": "prepare"}, account=ACCOUNT)
    proxy = rds.create_db_proxy(
        DBProxyName="front",
        EngineFamily="POSTGRESQL",
        Auth=[{"AuthScheme": "SECRETS", "SecretArn": arn, "IAMAuth": "DISABLED"} for arn in arns.values()],
        RoleArn=make_role(client, "front", account=ACCOUNT, actions=[*RIGHTS, "secretsmanager:GetSecretValue"]),
        VpcSubnetIds=subnets,
        VpcSecurityGroupIds=[groups["proxy"]],
        RequireTLS=True,
    )["DBProxy"]["Endpoint"]
    rds.register_db_proxy_targets(DBProxyName="front", DBInstanceIdentifiers=["main"])
    ssm.put_parameter(Name="/postgres/host", Value=proxy, Type="SecureString")
    applied = invoke(client, "postgres-roles", {"action": "apply"}, account=ACCOUNT)
    rotated = invoke(client, "postgres-roles", {"action": "rotate", "role": "backend"}, account=ACCOUNT)

    assert (prepared["outcome"], applied["outcome"]) == ("prepared", "applied"), (prepared, applied)
    assert (applied["roles"]["backend"]["login"], rotated["roles"]["backend"]["login"]) == ("backend_a", "backend_b")
    url = urlsplit(ssm.get_parameter(Name="/postgres/backend/url", WithDecryption=True)["Parameter"]["Value"])
    assert url.hostname == proxy
    port, trusted = emulator.database(proxy, account=ACCOUNT)
    context = ssl.create_default_context(cadata=trusted)
    login: dict[str, Any] = {"user": url.username, "password": url.password, "database": "users"}
    with pg8000.native.Connection(host="localhost", port=port, ssl_context=context, **login) as connection:
        assert connection.run("SELECT current_user") == [["backend_b"]]


@pytest.mark.seconds(10)
def test_users_of_documentdb_are_made(client: Client) -> None:
    docdb, ssm = client("docdb", account=ACCOUNT), client("ssm", account=ACCOUNT)
    subnets, groups = network(client, "documentdb", 27017)
    docdb.create_db_cluster(
        DBClusterIdentifier="documents",
        Engine="docdb",
        MasterUsername="chief",
        MasterUserPassword=PASSWORD,
        DBSubnetGroupName="documentdb",
        VpcSecurityGroupIds=[groups["database"]],
    )
    docdb.create_db_instance(
        DBInstanceIdentifier="documents-1",
        DBClusterIdentifier="documents",
        Engine="docdb",
        DBInstanceClass="db.t3.medium",
    )
    host = docdb.describe_db_clusters(DBClusterIdentifier="documents")["DBClusters"][0]["Endpoint"]
    template = "mongodb://{credentials}@{host}:27017/?tls=true"
    roles = [
        role("owner", engine="documentdb", access="owner", secrets=False, template=template),
        role("backend", engine="documentdb", access="read_write", secrets=False, template=template),
    ]
    make_places(client, roles)
    text = json.dumps({"username": "chief", "password": PASSWORD})
    master = client("secretsmanager", account=ACCOUNT).create_secret(Name="documents", SecretString=text)["ARN"]
    key = client("kms", account=ACCOUNT).create_key()["KeyMetadata"]["Arn"]
    make(
        client,
        "documentdb-roles",
        "database_roles",
        files={"settings.json": settings("documentdb", roles, None), "authorities.pem": "AWS's"},
        variables={"MASTER_SECRET": master, "HOST": host, "PORT": "27017", "KEY_ID": key},
        packages=DRIVERS["documentdb"],
        VpcConfig={"SubnetIds": subnets, "SecurityGroupIds": [groups["function"]]},
    )

    applied = invoke(client, "documentdb-roles", {"action": "apply"}, account=ACCOUNT)

    assert applied.get("outcome") == "applied", applied
    url = ssm.get_parameter(Name="/documentdb/backend/url", WithDecryption=True)["Parameter"]["Value"]
    assert urlsplit(url).username == "backend_a"
    assert urlsplit(url).hostname == host


def test_a_changed_parameter_is_copied_by_its_event_and_all_on_a_call(client: Client) -> None:
    def ssm(region: str) -> Any:
        return client("ssm", account=ACCOUNT, region=region)

    kms = client("kms", account=ACCOUNT, region="us-west-2")
    kms.create_alias(AliasName="alias/copies", TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"])
    names = ("/mirrored/email", "/mirrored/jwt")
    for name in names:
        for region in ("us-east-1", "us-west-2"):
            ssm(region).put_parameter(Name=name, Value="unset", Type="SecureString")
    ssm("us-west-2").put_parameter(Name="/mirrored/marker", Value="unset", Type="SecureString")
    variables = {
        "PARAMETERS": " ".join(names),
        "MARKER_PARAMETER": "/mirrored/marker",
        "COPIES_REGION": "us-west-2",
        "KEY_ID": "alias/copies",
    }
    make(client, "mirror", "parameter_mirror", files={}, variables=variables)
    arn = client("lambda", account=ACCOUNT).get_function(FunctionName="mirror")["Configuration"]["FunctionArn"]
    events = client("events", account=ACCOUNT)
    rule = events.put_rule(Name="mirror", EventPattern=json.dumps({"source": ["aws.ssm"]}))["RuleArn"]
    client("lambda", account=ACCOUNT).add_permission(
        FunctionName="mirror",
        StatementId="events",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=rule,
    )
    events.put_targets(Rule="mirror", Targets=[{"Id": "mirror", "Arn": arn}])

    ssm("us-east-1").put_parameter(Name="/mirrored/email", Value="changed", Overwrite=True)
    BACKGROUND.wait()
    told = invoke(client, "mirror", {"action": "all"}, account=ACCOUNT)

    assert told == {"written": [], "equal": 2}, told  # the event was enough
    copied = ssm("us-west-2").get_parameter(Name="/mirrored/email", WithDecryption=True)["Parameter"]
    assert (copied["Value"], copied["Version"]) == ("changed", 2)
    assert ssm("us-west-2").get_parameter(Name="/mirrored/marker")["Parameter"]["Version"] == 2


def test_an_object_is_written_into_a_locked_bucket_and_its_age_is_published(client: Client) -> None:
    s3 = client("s3", account=ACCOUNT)
    s3.create_bucket(Bucket="heartbeats-of-the-test", ObjectLockEnabledForBucket=True)
    retention = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}
    s3.put_object_lock_configuration(
        Bucket="heartbeats-of-the-test",
        ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": retention},
    )
    buckets = json.dumps({"heartbeats-of-the-test": "us-east-1"})
    make(
        client,
        "heartbeats",
        "copy_heartbeats",
        files={},
        variables={"BUCKETS": buckets, "OBJECT_KEY": "recovery/heartbeat"},
    )
    store = {"way": "objects", "bucket": "heartbeats-of-the-test", "prefix": "recovery/heartbeat"}
    none = {"way": "objects", "bucket": "heartbeats-of-the-test", "prefix": "AWSLogs/{date}/"}
    variables = {"NAMESPACE": "app/recovery", "STORES": json.dumps({"backups": store, "audit": none})}
    make(client, "ages", "copy_ages", files={}, variables=variables)

    written = invoke(client, "heartbeats", account=ACCOUNT)
    ages = invoke(client, "ages", account=ACCOUNT)

    assert written.get("buckets") == 1, written
    assert set(ages) == {"backups", "audit"}, ages
    assert all(0 <= age < 5 for age in ages.values())
    listed = client("cloudwatch", account=ACCOUNT).list_metrics(Namespace="app/recovery")["Metrics"]
    assert {one["Dimensions"][0]["Value"] for one in listed} == {"backups", "audit"}
