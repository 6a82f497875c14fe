"""A service with a database in two regions of the emulator, made without Terraform: what a marker needs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from acceptance.account import Account
from acceptance.region_loss.databases import Documents, PostgresRows
from acceptance.region_loss.world import World
from config.buckets import BACKUPS, copy_name, source_name
from tests.acceptance.region_loss.serving import SERVICE, parameter_path, serve

if TYPE_CHECKING:
    from config.environment import Environment
    from emulator import Emulator

HOME: Final = "us-east-2"
"""Not us-east-1, where the AWS CLI takes an endpoint of its own for RDS whatever its variables say."""
SECOND: Final = "us-west-2"
_PREFIX: Final = "user-management-prod"
_DATABASE: Final = f"{_PREFIX}-postgres"
_CLUSTER: Final = f"{_PREFIX}-documentdb"
_MASTER: Final = "chief"
_PASSWORD: Final = "first-password"
_PORT: Final = 5432
_DOCUMENTDB_PORT: Final = 27017
_CLASS: Final = "db.t4g.micro"


@dataclass(frozen=True)
class Places:
    """What a test changes in a region: its key, its groups and its role."""

    key: str
    group: str
    task_group: str
    subnet_group: str


class TwoRegions:
    """The service, its urls and its databases in each region that `prepare` was called for."""

    def __init__(self, environment: Environment, emulator: Emulator, account_id: str) -> None:
        own = moved(environment, account_id)
        self.world = World(own, Account(account_id, HOME, emulator))
        self.marker = PostgresRows(self.world, SERVICE, own.services[SERVICE])
        self.documents = Documents(self.world, SERVICE, own.services[SERVICE])
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
        ec2 = self.client("ec2", region)
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
            for port in (_PORT, _DOCUMENTDB_PORT):
                rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": pairs}
                ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
        key = self.client("kms", region).create_key()["KeyMetadata"]["Arn"]
        for name in ("databases", "secrets"):
            self.client("kms", region).create_alias(AliasName=f"alias/{_PREFIX}-{name}", TargetKeyId=key)
        for name in (_DATABASE, _CLUSTER):
            self.client("rds", region).create_db_subnet_group(
                DBSubnetGroupName=name, DBSubnetGroupDescription="databases", SubnetIds=ids
            )
        serve(
            self.world,
            region,
            subnets=ids,
            group=task_group,
            key=key if decrypts else None,
            bucket=self.bucket(region),
        )
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
        self.client("rds", SECOND).copy_db_snapshot(
            SourceDBSnapshotIdentifier=f"arn:aws:rds:{HOME}:{self.world.account.id}:snapshot:{name}",
            TargetDBSnapshotIdentifier=name,
            KmsKeyId=self.places[SECOND].key,
            SourceRegion=HOME,
        )
        self.restore_from(name)

    def restore_from(self, snapshot: str) -> None:
        """Make the database of the second region from a snapshot that is there, by its name or ARN."""
        places = self.places[SECOND]
        self.client("rds", SECOND).restore_db_instance_from_db_snapshot(
            DBInstanceIdentifier=_DATABASE,
            DBSnapshotIdentifier=snapshot,
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
        self._complete_cluster(region)

    def snapshot_cluster(self, name: str) -> None:
        """Take a snapshot of the cluster at home, as a backup is one."""
        self.client("docdb", HOME).create_db_cluster_snapshot(
            DBClusterIdentifier=_CLUSTER, DBClusterSnapshotIdentifier=name
        )

    def restore_cluster(self, name: str) -> None:
        """Copy a snapshot to the second region, and make the cluster there from it."""
        docdb, places = self.client("docdb", SECOND), self.places[SECOND]
        docdb.copy_db_cluster_snapshot(
            SourceDBClusterSnapshotIdentifier=f"arn:aws:rds:{HOME}:{self.world.account.id}:cluster-snapshot:{name}",
            TargetDBClusterSnapshotIdentifier=name,
            KmsKeyId=places.key,
            SourceRegion=HOME,
        )
        docdb.restore_db_cluster_from_snapshot(
            DBClusterIdentifier=_CLUSTER,
            SnapshotIdentifier=name,
            Engine="docdb",
            DBSubnetGroupName=_CLUSTER,
            VpcSecurityGroupIds=[places.group],
        )
        self._complete_cluster(SECOND)

    def _complete_cluster(self, region: str) -> None:
        """Add the instance, and the url that leads to it."""
        docdb = self.client("docdb", region)
        docdb.create_db_instance(
            DBInstanceIdentifier=f"{_CLUSTER}-1",
            DBInstanceClass="db.t3.medium",
            Engine="docdb",
            DBClusterIdentifier=_CLUSTER,
        )
        host = docdb.describe_db_clusters(DBClusterIdentifier=_CLUSTER)["DBClusters"][0]["Endpoint"]
        self.put_parameter(
            region,
            parameter_path(self.world, "documentdb/url"),
            f"mongodb://{_MASTER}:{_PASSWORD}@{host}:{_DOCUMENTDB_PORT}/users",
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

    def put_parameter(self, region: str, name: str, value: str) -> None:
        """Set a secret parameter, with the region's key."""
        self.client("ssm", region).put_parameter(
            Name=name, Value=value, Type="SecureString", KeyId=self.places[region].key, Overwrite=True
        )

    def write_url(self, region: str, *, instance: str = _DATABASE) -> str:
        """Let the service's url lead to an instance."""
        rds, environment = self.client("rds", region), self.world.environment
        host = rds.describe_db_instances(DBInstanceIdentifier=instance)["DBInstances"][0]["Endpoint"]["Address"]
        url = f"postgresql://{_MASTER}:{_PASSWORD}@{host}:{_PORT}/users"
        for role in environment.postgres_roles:
            self.put_parameter(region, environment.names.path(role.url_name), url)
        return url


def moved(environment: Environment, account_id: str) -> Environment:
    """The environment in another region, and in an account that no other test uses."""
    return environment.model_copy(update={"account_id": account_id, "region": HOME})
