from __future__ import annotations

import contextlib
import json
import ssl
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pg8000.native
import pytest

from tests.emulator.databases import postgres_iam as iam
from tests.emulator.functions import invoke, make_function, make_role, zip_code

if TYPE_CHECKING:
    from emulator import Emulator
    from tests.emulator.conftest import Client

ACCOUNT = "900000000205"
PASSWORD = "first-password"

POSTGRES = """
import os, ssl
import pg8000.native

def handler(event, context):
    trusted = ssl.create_default_context(cafile=os.environ["LAMBDA_TASK_ROOT"] + "/folder/authorities.pem")
    try:
        with_password = {"user": event["user"], "password": event["password"]}
        connection = pg8000.native.Connection(
            host=event["host"], database="users", ssl_context=trusted, timeout=10, **with_password
        )
    except pg8000.Error as error:
        told = error.args[0]
        return told["M"] if isinstance(told, dict) else repr(error.__cause__)
    with connection:
        return connection.run("SELECT current_user")[0][0]
"""
DOCUMENTS = """
import os
from pymongo import MongoClient
from pymongo.errors import PyMongoError

def handler(event, context):
    trusted = os.environ["LAMBDA_TASK_ROOT"] + "/folder/authorities.pem"
    client = MongoClient(
        event["host"], username="chief", password=event["password"], tls=True, tlsCAFile=trusted, replicaSet="rs0",
        retryWrites=False, serverSelectionTimeoutMS=3000,
    )
    try:
        return sorted(user["user"] for user in client.admin.command("usersInfo", 1)["users"])
    except PyMongoError as error:
        return str(error)
    finally:
        client.close()
"""
OTHER_AUTHORITIES = {"folder/authorities.pem": "AWS's, which do not sign here"}


@dataclass(frozen=True)
class Net:
    """A VPC with a group for each of those who talk, and a function in it."""

    client: Client
    subnets: list[str]
    groups: dict[str, str]

    def service(self, name: str) -> Any:
        return self.client(name, account=ACCOUNT)

    def open(self, source: str, target: str, port: int = 5432) -> None:
        """Let one in at the other; all groups let everything out."""
        pair = {"GroupId": self.groups[source]}
        rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": [pair]}
        self.service("ec2").authorize_security_group_ingress(GroupId=self.groups[target], IpPermissions=[rule])

    def function(self, name: str, code: str, *packages: str) -> None:
        config = {"SubnetIds": self.subnets, "SecurityGroupIds": [self.groups["function"]]}
        packed = zip_code(code, *packages, files=OTHER_AUTHORITIES)
        make_function(self.client, name, packed, account=ACCOUNT, Timeout=60, VpcConfig=config)

    def call(self, name: str, host: str, *, password: str = PASSWORD, user: str = "chief") -> Any:
        return invoke(self.client, name, {"host": host, "user": user, "password": password}, account=ACCOUNT)

    def postgres(self, name: str, **settings: Any) -> str:
        rds = self.service("rds")
        rds.create_db_instance(
            DBInstanceIdentifier=name,
            Engine="postgres",
            DBInstanceClass="db.t4g.micro",
            AllocatedStorage=20,
            DBName="users",
            MasterUsername="chief",
            DBSubnetGroupName="databases",
            VpcSecurityGroupIds=[self.groups["database"]],
            **(settings or {"MasterUserPassword": PASSWORD}),
        )
        return self.host(name)

    def host(self, name: str) -> str:
        described = self.service("rds").describe_db_instances(DBInstanceIdentifier=name)
        return str(described["DBInstances"][0]["Endpoint"]["Address"])

    def secret(self, name: str, password: str = PASSWORD, user: str = "chief") -> str:
        text = json.dumps({"username": user, "password": password})
        return str(self.service("secretsmanager").create_secret(Name=name, SecretString=text)["ARN"])

    def proxy(self, name: str, database: str, secret: str, *, iam: str = "DISABLED") -> str:
        rds = self.service("rds")
        role = make_role(self.client, name, account=ACCOUNT, actions=["secretsmanager:GetSecretValue"])
        proxy = rds.create_db_proxy(
            DBProxyName=name,
            EngineFamily="POSTGRESQL",
            Auth=[{"AuthScheme": "SECRETS", "SecretArn": secret, "IAMAuth": iam}],
            RoleArn=role,
            VpcSubnetIds=self.subnets,
            VpcSecurityGroupIds=[self.groups["proxy"]],
            RequireTLS=True,
        )["DBProxy"]
        rds.register_db_proxy_targets(DBProxyName=name, DBInstanceIdentifiers=[database])
        return str(proxy["Endpoint"])


@pytest.fixture(scope="module")
def net(client: Client) -> Net:
    ec2 = client("ec2", account=ACCOUNT)
    vpc = ec2.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.2.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"][
            "SubnetId"
        ]
        for number, zone in enumerate("ab")
    ]
    groups = {
        name: ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        for name in ("function", "database", "closed", "proxy")
    }
    client("rds", account=ACCOUNT).create_db_subnet_group(
        DBSubnetGroupName="databases", DBSubnetGroupDescription="databases", SubnetIds=subnets
    )
    made = Net(client, subnets, groups)
    made.open("function", "database")
    made.open("function", "database", 27017)
    made.function("postgres", POSTGRES, "pg8000", "scramp", "asn1crypto", "dateutil", "six")
    return made


@pytest.fixture(scope="module")
def host(net: Net) -> str:
    return net.postgres("main")


def test_a_function_in_the_vpc_signs_in_to_a_real_server_with_rds_password(net: Net, host: str) -> None:
    assert net.call("postgres", host) == "chief"
    assert net.call("postgres", host, password="another-password").startswith("password authentication failed")


def test_a_changed_password_is_that_of_the_server(net: Net) -> None:
    host = net.postgres("changed")
    before = net.call("postgres", host)

    net.service("rds").modify_db_instance(DBInstanceIdentifier="changed", MasterUserPassword="second-password")

    assert before == "chief"
    assert net.call("postgres", host).startswith("password authentication failed")
    assert net.call("postgres", host, password="second-password") == "chief"


def test_a_managed_password_is_that_of_the_server_also_after_its_rotation(net: Net) -> None:
    host = net.postgres("managed", ManageMasterUserPassword=True)
    secrets = net.service("secretsmanager")
    described = net.service("rds").describe_db_instances(DBInstanceIdentifier="managed")["DBInstances"][0]
    arn = described["MasterUserSecret"]["SecretArn"]

    def read() -> str:
        return str(json.loads(secrets.get_secret_value(SecretId=arn)["SecretString"])["password"])

    first = read()
    assert net.call("postgres", host, password=first) == "chief"
    secrets.rotate_secret(SecretId=arn)
    assert net.call("postgres", host, password=first).startswith("password authentication failed")
    assert net.call("postgres", host, password=read()) == "chief"


def test_a_replica_leads_to_the_data_of_its_primary(net: Net, host: str) -> None:
    net.call("postgres", host)
    net.service("rds").create_db_instance_read_replica(
        DBInstanceIdentifier="copy",
        SourceDBInstanceIdentifier="main",
        VpcSecurityGroupIds=[net.groups["database"]],
    )

    assert net.call("postgres", net.host("copy")) == "chief"


def test_whoever_the_groups_do_not_admit_waits_in_vain(net: Net, host: str) -> None:
    net.service("rds").modify_db_instance(DBInstanceIdentifier="main", VpcSecurityGroupIds=[net.groups["closed"]])
    closed = net.call("postgres", host)
    net.service("rds").modify_db_instance(DBInstanceIdentifier="main", VpcSecurityGroupIds=[net.groups["database"]])
    make_function(
        net.client,
        "outside",
        zip_code(POSTGRES, "pg8000", "scramp", "asn1crypto", "dateutil", "six", files=OTHER_AUTHORITIES),
        account=ACCOUNT,
        Timeout=60,
    )

    assert closed == "TimeoutError(110, 'Connection timed out')"
    assert net.call("outside", host) == "TimeoutError(110, 'Connection timed out')"
    assert net.call("postgres", host) == "chief"


def test_what_is_stopped_or_deleted_does_not_answer(net: Net, emulator: Emulator) -> None:
    host = net.postgres("short")
    port, trusted = emulator.database(host, account=ACCOUNT)
    net.service("rds").stop_db_instance(DBInstanceIdentifier="short")
    stopped = net.call("postgres", host)
    net.service("rds").start_db_instance(DBInstanceIdentifier="short")
    started = net.call("postgres", host)

    net.service("rds").delete_db_instance(DBInstanceIdentifier="short", SkipFinalSnapshot=True)

    assert (stopped, started) == ("TimeoutError(110, 'Connection timed out')", "chief")
    with pytest.raises(pg8000.Error, match="Can't create a connection"):
        sign_in(port, trusted)
    assert net.call("postgres", host) == "TimeoutError(110, 'Connection timed out')"


def sign_in(port: int, trusted: str, *, password: str = PASSWORD) -> str:
    """Sign in from outside of a function."""
    context = ssl.create_default_context(cadata=trusted)
    place = {"host": "localhost", "port": port, "database": "users"}
    with pg8000.native.Connection("chief", password=password, ssl_context=context, **place) as connection:
        return str(connection.run("SELECT current_user")[0][0])


def ask(emulator: Emulator, query: str) -> tuple[int, Any]:
    connection = HTTPConnection("127.0.0.1", emulator.port)
    connection.request("GET", f"/emulator/databases?{query}")
    with contextlib.closing(connection), connection.getresponse() as answer:
        return answer.status, json.load(answer)


def test_clients_outside_of_a_function_are_told_where_a_database_is(net: Net, host: str, emulator: Emulator) -> None:
    net.postgres("unused")
    status, all_of_them = ask(emulator, f"account={ACCOUNT}")
    listed = {each["endpoint"]: each for each in all_of_them["databases"]}
    _, told = ask(emulator, f"account={ACCOUNT}&endpoint={host}")

    assert listed[net.host("unused")] == {"endpoint": net.host("unused"), "port": 5432, "stopped": None}
    assert sign_in(told["port"], told["authority"]) == "chief"
    assert (status, ask(emulator, f"account={ACCOUNT}&endpoint=nowhere")[0]) == (200, 404)


@pytest.mark.usefixtures("host")
def test_a_proxy_signs_in_with_its_secret_and_lets_in_who_knows_it(net: Net) -> None:
    endpoint = net.proxy("front", "main", net.secret("front"))
    net.open("function", "proxy")
    without_way = net.call("postgres", endpoint)
    net.open("proxy", "database")

    assert without_way == "Timed-out waiting to acquire database connection"
    assert net.call("postgres", endpoint) == "chief"
    wrong = net.call("postgres", endpoint, password="another-password")
    assert wrong == "The password that was provided for the role chief is wrong."
    unknown = net.call("postgres", endpoint, user="nobody")
    assert unknown.startswith("This RDS proxy has no credentials for the role nobody.")


@pytest.fixture
def through(net: Net) -> Net:
    """The network with the ways of a proxy; whichever test needs them first opens them."""
    for source, target in (("function", "proxy"), ("proxy", "database")):
        try:
            net.open(source, target)
        except net.service("ec2").exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "InvalidPermission.Duplicate":
                raise
    return net


@pytest.mark.usefixtures("host")
def test_a_secret_with_another_password_than_the_databases_lets_nobody_in(through: Net) -> None:
    endpoint = through.proxy("stale", "main", through.secret("stale", "old-password"))

    told = through.call("postgres", endpoint, password="old-password")

    assert told.startswith("password authentication failed")


@pytest.mark.usefixtures("host")
def test_a_proxy_that_requires_iam_takes_tokens_of_who_may_and_no_passwords(through: Net) -> None:
    endpoint = through.proxy("iam", "main", through.secret("iam"), iam="REQUIRED")
    refused = "The IAM authentication failed for the role chief."
    allowed = iam.make_role(through.client, "proxy-user", "dbuser:prx-*/chief", account=ACCOUNT)
    other = iam.make_role(through.client, "database-user", "dbuser:db-*/chief", account=ACCOUNT)

    assert through.call("postgres", endpoint).startswith(refused)
    token = iam.token(through.client, other, endpoint, "chief", account=ACCOUNT)
    assert through.call("postgres", endpoint, password=token).startswith(refused)
    token = iam.token(through.client, allowed, endpoint, "chief", account=ACCOUNT)
    assert through.call("postgres", endpoint, password=token) == "chief"


def test_a_proxy_of_a_stopped_database_answers_that_it_has_no_connection(through: Net) -> None:
    through.postgres("resting")
    endpoint = through.proxy("resting", "resting", through.secret("resting"))
    through.service("rds").stop_db_instance(DBInstanceIdentifier="resting")

    assert through.call("postgres", endpoint) == "Timed-out waiting to acquire database connection"


@pytest.mark.usefixtures("host")
def test_a_proxy_takes_only_tls_and_reads_its_secrets_with_its_role(through: Net, emulator: Emulator) -> None:
    endpoint = through.proxy("plain", "main", through.secret("plain"))
    port, trusted = emulator.database(endpoint, account=ACCOUNT)
    with pytest.raises(pg8000.Error, match="This RDS Proxy requires TLS connections"):
        pg8000.native.Connection("chief", host="localhost", port=port, password=PASSWORD, ssl_context=False)
    assert sign_in(port, trusted) == "chief"

    through.service("iam").delete_role_policy(RoleName="plain", PolicyName="plain")

    with pytest.raises(pg8000.Error, match="This RDS proxy has no credentials for the role chief"):
        sign_in(port, trusted)


def test_a_cluster_of_documentdb_answers_at_all_its_names(net: Net) -> None:
    docdb = net.service("docdb")
    docdb.create_db_cluster(
        DBClusterIdentifier="documents",
        Engine="docdb",
        MasterUsername="chief",
        MasterUserPassword=PASSWORD,
        DBSubnetGroupName="databases",
        VpcSecurityGroupIds=[net.groups["database"]],
    )
    net.function("documents", DOCUMENTS, "pymongo", "bson", "gridfs")
    (cluster,) = docdb.describe_db_clusters(DBClusterIdentifier="documents")["DBClusters"]
    alone = net.call("documents", cluster["Endpoint"])
    docdb.create_db_instance(
        DBInstanceIdentifier="documents-1",
        DBClusterIdentifier="documents",
        Engine="docdb",
        DBInstanceClass="db.t3.medium",
    )

    names = [cluster["Endpoint"], cluster["ReaderEndpoint"], net.host("documents-1")]
    assert "timed out" in alone.lower()
    assert [net.call("documents", name) for name in names] == [["chief", "serviceadmin"]] * 3

    docdb.modify_db_cluster(DBClusterIdentifier="documents", MasterUserPassword="second-password")
    assert "Authentication failed" in net.call("documents", names[0])
    assert net.call("documents", names[0], password="second-password") == ["chief", "serviceadmin"]
