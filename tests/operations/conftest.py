"""A small environment in an account of the emulator, as `terraform apply` would leave it."""

from __future__ import annotations

import itertools
import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pytest
from aws_xray_sdk.core import xray_recorder

from emulator import Emulator
from emulator.registry import REGISTRY
from operations.account import Account
from tests.compliance.samples import stack
from tests.preflight.conftest import session_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from synthesis.manifest import Stack

# moto imports the X-Ray SDK, which opens a socket at import and never closes it.
xray_recorder.emitter._socket.close()  # noqa: SLF001

_NUMBERS: Final = itertools.count(620_000_000_001)
REGION: Final = "us-east-1"
CLUSTER, FAMILY = "acme-test-cluster", "acme-test-tunnel"
LOGS: Final = {"api": "/acme/test/service/api", "web": "/acme/test/service/web"}
POSTGRES, DOCUMENTDB = "acme-test-postgres", "acme-test-documentdb"
_SIZE: Final[dict[str, Any]] = {
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
}


@dataclass
class Small:
    """The environment, and what a test sees of it."""

    id: str
    url: str
    group: str = ""
    """Of the tasks of tunnels."""
    database_groups: dict[str, str] = field(default_factory=dict)
    subnet: str = ""
    said: list[str] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)

    def client(self, service: str) -> Any:
        return session_of(self.id).client(service, region_name=REGION, endpoint_url=self.url)

    def account_of(self, region: str) -> Account:
        self.accounts.append(Account(session_of(self.id), region=region))
        return self.accounts[-1]

    def say(self, text: str) -> None:
        self.said.append(text)

    @property
    def called(self) -> set[str]:
        """The permissions of all calls of the program."""
        return set().union(*(account.called for account in self.accounts))

    def stacks(self, **metadata: Any) -> dict[str, Stack]:
        """What synthesis writes for it."""
        provider = {"aws": [{"allowed_account_ids": [self.id], "region": REGION}]}
        found = stack(_resources(), layer="service", provider=provider)
        found.document["//"]["metadata"] |= {"tunnel": self.tunnel, "name": "service", **metadata}
        return {found.id: found}

    @property
    def tunnel(self) -> dict[str, Any]:
        return {
            "cluster": CLUSTER,
            "family": FAMILY,
            "container": "tunnel",
            "log_group": "/acme/test/service/tunnel",
            "subnets": "acme-test-private-*",
            "databases": {"postgres": POSTGRES, "documentdb": DOCUMENTDB},
        }

    def rules(self, kind: str = "postgres") -> list[dict[str, Any]]:
        """The rules of a database's group for the group of tunnels."""
        by_group = [{"Name": "group-id", "Values": [self.database_groups[kind]]}]
        found = self.client("ec2").describe_security_group_rules(Filters=by_group)["SecurityGroupRules"]
        return [rule for rule in found if not rule["IsEgress"]]

    def tasks(self) -> list[dict[str, Any]]:
        """The tasks of tunnels that run."""
        ecs = self.client("ecs")
        arns = ecs.list_tasks(cluster=CLUSTER, family=FAMILY, desiredStatus="RUNNING")["taskArns"]
        return list(ecs.describe_tasks(cluster=CLUSTER, tasks=arns)["tasks"]) if arns else []

    def apply(self) -> Small:
        """Make everything that Terraform would have made."""
        ec2, ecs, rds = self.client("ec2"), self.client("ecs"), self.client("rds")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{index}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
            for index, zone in enumerate(("us-east-1a", "us-east-1b"))
        ]
        self.subnet = subnets[0]
        ec2.create_tags(Resources=subnets[:1], Tags=[{"Key": "Name", "Value": "acme-test-private-use1-az1"}])
        ec2.create_tags(Resources=subnets[1:], Tags=[{"Key": "Name", "Value": "acme-test-database-use1-az2"}])
        made = {
            name: ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
            for name in ("tunnel", "postgres", "documentdb")
        }
        self.group = made.pop("tunnel")
        self.database_groups = made
        rds.create_db_subnet_group(DBSubnetGroupName="data", DBSubnetGroupDescription="data", SubnetIds=subnets)
        rds.create_db_instance(
            DBInstanceIdentifier=POSTGRES,
            DBInstanceClass="db.t3.medium",
            Engine="postgres",
            DBName="users",
            AllocatedStorage=20,
            MasterUsername="acme",
            MasterUserPassword="p" * 16,
            VpcSecurityGroupIds=[made["postgres"]],
            DBSubnetGroupName="data",
        )
        self.client("docdb").create_db_cluster(
            DBClusterIdentifier=DOCUMENTDB,
            Engine="docdb",
            MasterUsername="acme",
            MasterUserPassword="p" * 16,
            VpcSecurityGroupIds=[made["documentdb"]],
            DBSubnetGroupName="data",
        )
        ecs.create_cluster(clusterName=CLUSTER)
        environment = [{"name": "SECURITY_GROUP", "value": self.group}]
        ecs.register_task_definition(
            family=FAMILY,
            taskRoleArn=f"arn:aws:iam::{self.id}:role/tunnel",
            containerDefinitions=[{"name": "tunnel", "image": "python", "environment": environment}],
            **_SIZE,
        )
        for name, group in LOGS.items():
            self.client("logs").create_log_group(logGroupName=group)
            image = f"{self.id}.dkr.ecr.us-east-1.amazonaws.com/acme-{name}:1f2e3d"
            ecs.register_task_definition(family=name, containerDefinitions=[{"name": name, "image": image}], **_SIZE)
            ecs.create_service(
                cluster=CLUSTER,
                serviceName=f"acme-test-{name}",
                taskDefinition=name,
                desiredCount=2,
                launchType="FARGATE",
                deploymentController={"type": "ECS"},
                networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "securityGroups": [self.group]}},
            )
        return self


def _resources() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {"aws_ecs_cluster.cluster": {"name": CLUSTER}}
    for name, group in LOGS.items():
        container = {"name": name, "logConfiguration": {"options": {"awslogs-group": group}}}
        found[f"aws_ecs_task_definition.{name}"] = {"container_definitions": json.dumps([container])}
        definition = f"${{aws_ecs_task_definition.{name}.arn}}"
        found[f"aws_ecs_service.{name}"] = {"name": f"acme-test-{name}", "task_definition": definition}
    found["aws_cloudwatch_metric_alarm.api"] = {"alarm_name": "acme-test-api-errors"}
    return found


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def small(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Small:
    """The environment, not applied yet."""
    for name in os.environ:
        if name.upper().startswith(("AWS_", "HTTP_PROXY", "HTTPS_PROXY")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.url)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    return Small(id=str(next(_NUMBERS)), url=emulator.url)


@pytest.fixture
def applied(small: Small) -> Small:
    return small.apply()


@pytest.fixture
def deny() -> Iterator[Callable[..., None]]:
    """Refuse operations to every caller, like `deny("ecs:RunTask")`."""

    def refuse(*operations: str) -> None:
        REGISTRY.denied.update((one.partition(":")[0], one.partition(":")[2]) for one in operations)

    yield refuse
    REGISTRY.denied.clear()
