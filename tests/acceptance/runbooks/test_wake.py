"""The commands of the page on sleep put an environment to sleep and wake it, with its function and without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest

from config.names import NameLimit
from tests.acceptance.region_loss.world import HOME
from tests.acceptance.runbooks.commands import ALL, Runbook
from tests.emulator.functions import make_function, sources, zip_code

if TYPE_CHECKING:
    from pathlib import Path

    from config.environment import Environment
    from emulator import Emulator

PREFIX: Final = "user-management-dev"
CLUSTER: Final = f"{PREFIX}-cluster"
POSTGRES, DOCUMENTDB = f"{PREFIX}-postgres", f"{PREFIX}-documentdb"
FUNCTION: Final = f"{PREFIX}-sleep-schedule"
STATE, OVERRIDE = "/user-management/dev/sleep/state", "/user-management/dev/sleep/override"
RIGHTS: Final = tuple(
    f"{one}:*" for one in ("application-autoscaling", "cloudwatch", "ecs", "kms", "logs", "rds", "ssm")
)


@dataclass
class Sleeper:
    """Dev, made without Terraform: its services, its databases, and its function."""

    environment: Environment
    page: Runbook

    def make(self) -> None:
        """Create everything, awake."""
        self._services()
        credentials = {"MasterUsername": "app", "MasterUserPassword": "not-a-secret"}
        rds, ssm = self.page.client("rds"), self.page.client("ssm")
        rds.create_db_instance(
            DBInstanceIdentifier=POSTGRES,
            DBInstanceClass="db.t4g.micro",
            Engine="postgres",
            AllocatedStorage=20,
            **credentials,
        )
        rds.create_db_cluster(DBClusterIdentifier=DOCUMENTDB, Engine="docdb", **credentials)
        rds.create_db_instance(
            DBInstanceIdentifier=f"{DOCUMENTDB}-1",
            DBInstanceClass="db.t3.medium",
            Engine="docdb",
            DBClusterIdentifier=DOCUMENTDB,
        )
        for name in (STATE, OVERRIDE):
            ssm.put_parameter(Name=name, Value="{}", Type="SecureString")
        self._function()

    def _services(self) -> None:
        ecs, scaling = self.page.client("ecs"), self.page.client("application-autoscaling")
        ecs.create_cluster(clusterName=CLUSTER)
        ecs.register_task_definition(
            family="app", containerDefinitions=[{"name": "app", "image": "app", "memory": 512}]
        )
        for name in self.services:
            ecs.create_service(cluster=CLUSTER, serviceName=name, taskDefinition="app", desiredCount=1)
            scaling.register_scalable_target(
                ServiceNamespace="ecs",
                ScalableDimension="ecs:service:DesiredCount",
                ResourceId=f"service/{CLUSTER}/{name}",
                MinCapacity=1,
                MaxCapacity=2,
            )
            ecs.update_service(cluster=CLUSTER, service=name, desiredCount=1)  # moto: they run now

    def _function(self) -> None:
        def client(service: str, **_: object) -> Any:
            return self.page.client(service)

        cost = self.environment.cost
        assert cost
        assert cost.sleep
        files = sources("sleep_schedule") | {"sleep_schedule/settings.json": cost.sleep.schedule()}
        variables = {
            "STATE_PARAMETER": STATE,
            "OVERRIDE_PARAMETER": OVERRIDE,
            "KEY_ID": "alias/aws/ssm",
            "NAMESPACE": f"{PREFIX}/sleep",
            "REGIONS": HOME,
            "CLUSTER": CLUSTER,
            "SERVICES": ",".join(self.services),
            "POSTGRES": POSTGRES,
            "DOCUMENTDB": DOCUMENTDB,
        }
        make_function(
            client,
            FUNCTION,
            zip_code("from sleep_schedule.handler import handler\n", files=files),
            account=self.page.account.id,
            actions=RIGHTS,
            Timeout=60,
            Environment={"Variables": variables},
        )

    @property
    def services(self) -> list[str]:
        """Their names."""
        return [self.environment.names.name(name, limit=NameLimit.ECS) for name in self.environment.services]

    @property
    def databases(self) -> set[str]:
        """What PostgreSQL, DocumentDB and its instance are."""
        rds = self.page.client("rds")
        found = [one["DBInstanceStatus"] for one in rds.describe_db_instances()["DBInstances"]]
        return {*found, *(one["Status"] for one in rds.describe_db_clusters()["DBClusters"])}

    @property
    def counts(self) -> list[int]:
        """How many tasks each service wants."""
        found = self.page.client("ecs").describe_services(cluster=CLUSTER, services=self.services)["services"]
        return [one["desiredCount"] for one in found]

    @property
    def suspended(self) -> set[bool]:
        """Whether parts of the scaling are suspended."""
        client = self.page.client("application-autoscaling")
        targets = client.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
        return {value for one in targets for value in one["SuspendedState"].values()}

    @property
    def is_awake(self) -> bool:
        """Whether everything runs and scales."""
        return (self.databases, self.counts, self.suspended) == ({"available"}, [1, 1], {False})

    @property
    def is_asleep(self) -> bool:
        """Whether nothing does."""
        return (self.databases, self.counts, self.suspended) == ({"stopped"}, [0, 0], {True})


@pytest.fixture
def sleeper(
    environments: dict[str, Environment], emulator: Emulator, account_id: str, output: Path, tmp_path: Path
) -> Sleeper:
    page = Runbook.of(
        "wake",
        output=output,
        emulator=emulator,
        account=account_id,
        region=HOME,
        folder=tmp_path,
        environment="dev",
    )
    made = Sleeper(environments["dev"], page)
    made.make()
    return made


@pytest.mark.seconds(40)
def test_what_sleeps_is_woken_by_its_function_and_by_hand(sleeper: Sleeper) -> None:
    page = sleeper.page
    assert sleeper.is_awake
    page.run(page.section("How to undo"))
    assert sleeper.is_asleep
    assert '"phase": "asleep"' in page.run(page.section("How to tell"))
    page.run(page.step(1))
    assert sleeper.is_awake
    assert "WARNING" not in page.run(page.step(2))
    said = page.run(page.section("How to check"), without=ALL)
    assert '"phase": "awake"' in said
    assert all(f"{name}\t1\t1" in said for name in sleeper.services)
    page.run(page.section("How to undo"))
    page.client("lambda").delete_function(FunctionName=FUNCTION)
    assert sleeper.is_asleep
    page.run(page.step(3), without=ALL)
    assert sleeper.is_awake
