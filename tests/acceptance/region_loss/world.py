"""A service with a database in two regions of the emulator, made without Terraform: what a marker needs."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from acceptance.account import Account
from acceptance.region_loss.markers import PostgresRows, World
from config.buckets import BACKUPS, copy_name, source_name
from config.names import NameLimit

if TYPE_CHECKING:
    from config.environment import Environment
    from emulator import Emulator

HOME: Final = "us-east-2"
"""Not us-east-1, where the AWS CLI takes an endpoint of its own for RDS whatever its variables say."""
SECOND: Final = "us-west-2"
SERVICE: Final = "backend"
_PREFIX: Final = "user-management-prod"
_DATABASE: Final = f"{_PREFIX}-postgres"
_CLUSTER: Final = f"{_PREFIX}-documentdb"
_MASTER: Final = "chief"
_PASSWORD: Final = "first-password"
_PORT: Final = 5432
_CLASS: Final = "db.t4g.micro"
_URL: Final = "DATABASE_URL"


@dataclass(frozen=True)
class Places:
    """What a test changes in a region: its key, its groups and its role."""

    key: str
    group: str
    task_group: str
    subnet_group: str


class TwoRegions:
    """The service, its url and its database in each region that `serve` was called for."""

    def __init__(self, environment: Environment, emulator: Emulator, account_id: str) -> None:
        own = moved(environment, account_id)
        self.world = World(own, Account(account_id, HOME, emulator))
        self.marker = PostgresRows(self.world, SERVICE, own.services[SERVICE])
        self.places: dict[str, Places] = {}

    def client(self, name: str, region: str) -> Any:
        return self.world.client(name, region)

    def prepare(self, region: str, *, opens: bool = True, decrypts: bool = True) -> Places:
        """Make the network, the key, the role and the service.

        Args:
            region: Where.
            opens: Whether the database's group lets the service in.
            decrypts: Whether the execution role may use the key of the url.
        """
        ec2, account = self.client("ec2", region), self.world.account.id
        vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=f"{region}{zone}")
            for number, zone in enumerate("ab", start=1)
        ]
        ids = [subnet["Subnet"]["SubnetId"] for subnet in subnets]
        group, task_group = (
            ec2.create_security_group(VpcId=vpc, GroupName=name, Description=name)["GroupId"]
            for name in ("database", "tasks")
        )
        if opens:
            pairs = [{"GroupId": task_group}]
            rule = {"IpProtocol": "tcp", "FromPort": _PORT, "ToPort": _PORT, "UserIdGroupPairs": pairs}
            ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
        key = self.client("kms", region).create_key()["KeyMetadata"]["Arn"]
        for name in ("databases", "secrets"):
            self.client("kms", region).create_alias(AliasName=f"alias/{_PREFIX}-{name}", TargetKeyId=key)
        for name in (_DATABASE, _CLUSTER):
            self.client("rds", region).create_db_subnet_group(
                DBSubnetGroupName=name, DBSubnetGroupDescription="databases", SubnetIds=ids
            )
        self._serve(region, account, ids, task_group, key if decrypts else None)
        self.places[region] = Places(key, group, task_group, _DATABASE)
        return self.places[region]

    def create_database(self, region: str, *, protect: bool = False) -> None:
        """Make the database with what the service's role needs, and the url."""
        places = self.places[region]
        self.client("rds", region).create_db_instance(
            DBInstanceIdentifier=_DATABASE,
            Engine="postgres",
            DBInstanceClass=_CLASS,
            AllocatedStorage=20,
            DBName="users",
            MasterUsername=_MASTER,
            MasterUserPassword=_PASSWORD,
            StorageEncrypted=True,
            KmsKeyId=places.key,
            DBSubnetGroupName=places.subnet_group,
            VpcSecurityGroupIds=[places.group],
            DeletionProtection=protect,
        )
        url = self.write_url(region)
        with self.world.task(SERVICE, region).postgres(url) as connection:
            connection.run(f"CREATE SCHEMA {self.marker.settings.postgres_role}")

    def snapshot(self, name: str) -> None:
        """Take a snapshot at home, as a backup is one."""
        self.client("rds", HOME).create_db_snapshot(DBInstanceIdentifier=_DATABASE, DBSnapshotIdentifier=name)

    def restore(self, name: str) -> None:
        """Copy a snapshot to the second region, and make the database there from it."""
        rds, places = self.client("rds", SECOND), self.places[SECOND]
        rds.copy_db_snapshot(
            SourceDBSnapshotIdentifier=f"arn:aws:rds:{HOME}:{self.world.account.id}:snapshot:{name}",
            TargetDBSnapshotIdentifier=name,
            KmsKeyId=places.key,
            SourceRegion=HOME,
        )
        rds.restore_db_instance_from_db_snapshot(
            DBInstanceIdentifier=_DATABASE,
            DBSnapshotIdentifier=name,
            DBSubnetGroupName=places.subnet_group,
            VpcSecurityGroupIds=[places.group],
        )
        self.write_url(SECOND)

    def create_cluster(self, region: str) -> None:
        """Make a protected cluster of DocumentDB with one instance."""
        docdb = self.client("docdb", region)
        docdb.create_db_cluster(
            DBClusterIdentifier=_CLUSTER,
            Engine="docdb",
            MasterUsername=_MASTER,
            MasterUserPassword=_PASSWORD,
            StorageEncrypted=True,
            KmsKeyId=self.places[region].key,
            DBSubnetGroupName=_CLUSTER,
            VpcSecurityGroupIds=[self.places[region].group],
            DeletionProtection=True,
        )
        docdb.create_db_instance(
            DBInstanceIdentifier=f"{_CLUSTER}-1",
            DBInstanceClass="db.t3.medium",
            Engine="docdb",
            DBClusterIdentifier=_CLUSTER,
        )

    def bucket(self, region: str) -> str:
        """The bucket for backups at home, or that with its copies."""
        environment = self.world.environment
        names = replace(environment.names, region=region)
        return source_name(names, BACKUPS) if region == HOME else copy_name(names, BACKUPS)

    def create_bucket(self, region: str, key: str) -> None:
        """Make the bucket, with one file, and the heartbeat that only shows that copies arrive."""
        s3 = self.client("s3", region)
        s3.create_bucket(Bucket=self.bucket(region), CreateBucketConfiguration={"LocationConstraint": region})
        s3.put_object(Bucket=self.bucket(region), Key=key, Body=key.encode())
        if region != HOME:
            s3.put_object(Bucket=self.bucket(region), Key="recovery/heartbeat", Body=b"now")

    def create_api_key(self, region: str, name: str, value: str) -> None:
        """Set a parameter with the value of an API key."""
        self.client("ssm", region).put_parameter(
            Name=name, Value=value, Type="SecureString", KeyId=f"alias/{_PREFIX}-secrets"
        )

    def write_url(self, region: str, *, instance: str = _DATABASE) -> str:
        """Let the service's url lead to an instance."""
        rds, environment = self.client("rds", region), self.world.environment
        host = rds.describe_db_instances(DBInstanceIdentifier=instance)["DBInstances"][0]["Endpoint"]["Address"]
        url = f"postgresql://{_MASTER}:{_PASSWORD}@{host}:{_PORT}/users"
        for role in environment.postgres_roles:
            self.client("ssm", region).put_parameter(
                Name=environment.names.path(role.url_name),
                Value=url,
                Type="SecureString",
                KeyId=self.places[region].key,
                Overwrite=True,
            )
        return url

    def _serve(self, region: str, account: str, subnets: list[str], group: str, key: str | None) -> None:
        environment, ecs = self.world.environment, self.client("ecs", region)
        role = next(one for one in environment.postgres_roles if one.service == SERVICE)
        parameter = f"arn:aws:ssm:{region}:{account}:parameter{environment.names.path(role.url_name)}"
        arn = self._make_role(f"start-{region}", parameter, key)
        task = ecs.register_task_definition(
            family=SERVICE,
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            taskRoleArn=arn,
            executionRoleArn=arn,
            containerDefinitions=[
                {"name": SERVICE, "image": "any", "secrets": [{"name": _URL, "valueFrom": parameter}]}
            ],
        )["taskDefinition"]["taskDefinitionArn"]
        cluster = environment.names.name("cluster", limit=NameLimit.ECS)
        ecs.create_cluster(clusterName=cluster)
        ecs.create_service(
            cluster=cluster,
            serviceName=environment.names.name(SERVICE, limit=NameLimit.ECS),
            taskDefinition=task,
            desiredCount=1,
            networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "securityGroups": [group]}},
        )

    def _make_role(self, name: str, parameter: str, key: str | None) -> str:
        iam = self.client("iam", HOME)
        trust = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
        rights = [{"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": parameter}]
        rights += [{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": key}] if key else []
        created = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document([trust]))
        iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=_document(rights))
        return str(created["Role"]["Arn"])


def moved(environment: Environment, account_id: str) -> Environment:
    """The environment in another region, and in an account that no other test uses."""
    return environment.model_copy(update={"account_id": account_id, "region": HOME})


def _document(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
