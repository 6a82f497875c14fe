"""A restore drill as a whole: a plan restores both databases in the other region, functions there count by IAM."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest

from tests.emulator import functions, network, postgres
from tests.emulator.databases import iam, postgres_iam
from tests.emulator.databases.documentdb import MAY_LEAVE_A_CONNECTION, connected
from tests.emulator.services.backup import AWAY, Backups, make

if TYPE_CHECKING:
    from emulator import Emulator
    from tests.emulator.conftest import Client

ACCOUNT = "700000000365"
CODE = """
import os, ssl
import boto3, pg8000.native
from botocore.session import get_session
from pymongo import MongoClient
from iam import sign_in

TRUSTED = os.environ["LAMBDA_TASK_ROOT"] + "/folder/authorities.pem"

def handler(event, context):
    host = event["host"]
    try:
        return tables(host) if event["engine"] == "postgres" else documents(host)
    except Exception as error:
        return f"{error!r} {error.__cause__!r}"

def tables(host):
    token = boto3.client("rds").generate_db_auth_token(host, 5432, "reader")
    trusted = ssl.create_default_context(cafile=TRUSTED)
    with pg8000.native.Connection(
        "reader", host=host, database="users", password=token, ssl_context=trusted, timeout=5
    ) as connection:
        return connection.run("SELECT count(*) FROM kept")[0][0]

def documents(host):
    with MongoClient(
        host, tls=True, tlsCAFile=TRUSTED, directConnection=True, maxPoolSize=1, retryWrites=False,
        serverSelectionTimeoutMS=5000,
    ) as client:
        sign_in(client, get_session().get_credentials())
        return client["users"]["kept"].count_documents({})
"""
PACKAGES = ("pg8000", "scramp", "asn1crypto", "dateutil", "six", "pymongo", "bson", "dns", "gridfs")


@pytest.fixture(scope="module")
def backups(client: Client, emulator: Emulator) -> Backups:
    """Copies of both databases in the other region, in which the role of the function is a user of IAM."""
    backups = make(client, emulator, ACCOUNT)
    reader = postgres_iam.make_role(client, "reader", "dbuser:*/reader", account=ACCOUNT, region=AWAY)
    rights = [{"Effect": "Allow", "Action": list(functions.RIGHTS), "Resource": "*"}]
    document = json.dumps({"Version": "2012-10-17", "Statement": rights})
    backups.service("iam").put_role_policy(RoleName="reader", PolicyName="runs", PolicyDocument=document)
    role = backups.role("backups")
    instance, cluster = backups.instance("users"), backups.cluster("documents")
    host = postgres.host(client, "users", account=ACCOUNT)
    for statement in (
        "CREATE TABLE kept AS SELECT 7 AS number",
        "CREATE USER reader",
        "GRANT rds_iam TO reader",
        "GRANT SELECT ON kept TO reader",
    ):
        postgres.run(emulator, host, statement, account=ACCOUNT)
    endpoint = add_instance(backups, "documents")
    server = Reached(*emulator.database(endpoint, account=ACCOUNT))
    with connected(server, "chief", postgres.PASSWORD) as master:
        master["users"]["kept"].insert_many([{"number": 7}, {"number": 8}])
        roles = [{"role": "readAnyDatabase", "db": "admin"}]
        master["$external"].command("createUser", reader, mechanisms=["MONGODB-AWS"], roles=roles)
    for arn in (instance, cluster):
        backups.copy(backups.back_up(arn, role)["RecoveryPointArn"], role)
    return backups


class Reached:
    """A cluster of the emulator, as its clients find it."""

    def __init__(self, port: int, ca_pem: str) -> None:
        self.port, self.ca_pem = port, ca_pem


def add_instance(backups: Backups, cluster: str, region: str = "us-east-1") -> str:
    """Give a cluster its only instance; the endpoint of the cluster."""
    rds = backups.service("rds", region)
    rds.create_db_instance(
        DBInstanceIdentifier=f"{cluster}-1", DBClusterIdentifier=cluster, Engine="docdb", DBInstanceClass="db.t3.medium"
    )
    return str(rds.describe_db_clusters(DBClusterIdentifier=cluster)["DBClusters"][0]["Endpoint"])


def make_network(backups: Backups) -> dict[str, str]:
    """A VPC without any gateway, with a group for the databases and one for the function, which is in it."""
    ec2 = backups.service("ec2", AWAY)
    subnets = network.make_subnets(backups.client, f"{AWAY}a", f"{AWAY}b", account=ACCOUNT, region=AWAY)
    vpc = ec2.describe_subnets(SubnetIds=subnets)["Subnets"][0]["VpcId"]
    groups = {
        name: ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        for name in ("database", "reader")
    }
    backups.service("rds", AWAY).create_db_subnet_group(
        DBSubnetGroupName="drills", DBSubnetGroupDescription="drills", SubnetIds=subnets
    )
    backups.service("lambda", AWAY).create_function(
        FunctionName="reader",
        Runtime="python3.13",
        Handler="code.handler",
        Role=f"arn:aws:iam::{ACCOUNT}:role/reader",
        Timeout=60,
        VpcConfig={"SubnetIds": subnets, "SecurityGroupIds": [groups["reader"]]},
        Code={
            "ZipFile": functions.zip_code(
                CODE,
                *PACKAGES,
                files={"folder/authorities.pem": "AWS's", "iam.py": Path(iam.__file__).read_text(encoding="utf-8")},
            )
        },
    )
    return groups


def create_plan(backups: Backups, group: str) -> None:
    backup, role = backups.service("backup", AWAY), backups.role("restores")
    points = {
        "Algorithm": "LATEST_WITHIN_WINDOW",
        "IncludeVaults": [backups.vault_arn],
        "RecoveryPointTypes": ["SNAPSHOT"],
    }
    plan = {"RestoreTestingPlanName": "drill", "ScheduleExpression": "cron(0 10 ? * 1 *)"}
    backup.create_restore_testing_plan(RestoreTestingPlan={**plan, "RecoveryPointSelection": points})
    place = {"dbSubnetGroupName": "drills", "vpcSecurityGroupIds": json.dumps([group])}
    instance = {"dbInstanceClass": "db.t4g.micro", "enableIamDatabaseAuthentication": "true"}
    for type_, overrides in (("RDS", place | instance), ("DocumentDB", place)):
        selection = {
            "RestoreTestingSelectionName": type_,
            "IamRoleArn": role,
            "ProtectedResourceType": type_,
            "ProtectedResourceArns": ["*"],
            "ValidationWindowHours": 4,
            "RestoreMetadataOverrides": overrides,
        }
        backup.create_restore_testing_selection(RestoreTestingPlanName="drill", RestoreTestingSelection=selection)


@MAY_LEAVE_A_CONNECTION
def test_a_drill_reads_what_it_restored_by_iam_through_the_groups_and_leaves_nothing(backups: Backups) -> None:
    groups = make_network(backups)
    create_plan(backups, groups["database"])
    body = json.dumps({"account": ACCOUNT, "region": AWAY, "plan": "drill"}).encode()
    request = Request(f"{backups.emulator.url}/emulator/restore-tests", body, method="POST")  # noqa: S310  loopback
    with urlopen(request) as answer:  # noqa: S310  loopback
        jobs = {job["resource"].split(":")[5]: job for job in json.load(answer)["restores"]}
    assert {job["state"] for job in jobs.values()} == {"COMPLETED"}, jobs
    rds = backups.service("rds", AWAY)
    name = jobs["db"]["created"].rpartition(":")[2]
    host = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["Endpoint"]["Address"]
    cluster = jobs["cluster"]["created"].rpartition(":")[2]
    endpoint = add_instance(backups, cluster, AWAY)

    def read(engine: str, at: str) -> Any:
        payload = json.dumps({"engine": engine, "host": at})
        return json.load(backups.service("lambda", AWAY).invoke(FunctionName="reader", Payload=payload)["Payload"])

    assert "timed out" in str(read("postgres", host)).lower()
    pair = [{"GroupId": groups["reader"]}]
    for port in (5432, 27017):
        rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": pair}
        backups.service("ec2", AWAY).authorize_security_group_ingress(GroupId=groups["database"], IpPermissions=[rule])
    assert read("postgres", host) == 1
    assert read("documents", endpoint) == 2

    rds.delete_db_instance(DBInstanceIdentifier=f"{cluster}-1", SkipFinalSnapshot=True)
    backup = backups.service("backup", AWAY)
    for job in jobs.values():
        backup.put_restore_validation_result(RestoreJobId=job["id"], ValidationStatus="SUCCESSFUL")
        assert backup.describe_restore_job(RestoreJobId=job["id"])["DeletionStatus"] == "SUCCESSFUL"
    assert rds.describe_db_instances()["DBInstances"] == []
    assert rds.describe_db_clusters()["DBClusters"] == []
