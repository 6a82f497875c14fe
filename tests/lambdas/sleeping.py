"""An environment on the emulator that the sleep schedule stops and starts."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import boto3
import pytest
from moto.cloudwatch.models import cloudwatch_backends
from moto.ecs.models import ecs_backends

from config.sleep import SleepSettings
from emulator import Emulator
from lambdas.sleep_schedule import handler as function

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REGION, ABROAD = "eu-central-1", "us-east-1"
_ACCOUNTS = itertools.count(910000000001)  # emulators of one process share what is in an account
PREFIX = "user-management-test"
CLUSTER, POSTGRES, DOCUMENTDB = f"{PREFIX}-cluster", f"{PREFIX}-postgres", f"{PREFIX}-documentdb"
STATE, OVERRIDE = "/user-management/test/sleep/state", "/user-management/test/sleep/override"
SETTINGS = SleepSettings(time_zone="Europe/Berlin", awake=("mon-fri 07:00-20:00",))
ZONE = ZoneInfo("Europe/Berlin")
DAY = datetime(2026, 11, 24, 12, tzinfo=ZONE)  # a Tuesday
BEDTIME = datetime(2026, 11, 24, 20, tzinfo=ZONE)
MORNING = datetime(2026, 11, 25, 7, tzinfo=ZONE)
MINUTES = timedelta(minutes=1)
SUSPENSIONS = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")


class Environment:
    """An environment on the emulator."""

    def __init__(self, account: str) -> None:
        self.account = account
        for service in ("ecs", "rds", "ssm", "application-autoscaling", "cloudwatch"):
            setattr(self, service.replace("-", "_"), boto3.client(service))
        self.ecs: Any
        self.rds: Any
        self.ssm: Any
        self.application_autoscaling: Any
        self._create()

    def _create(self) -> None:
        self.ecs.create_cluster(clusterName=CLUSTER)
        container = {"name": "app", "image": "app", "memory": 512}
        self.ecs.register_task_definition(family="app", containerDefinitions=[container])
        for name, count in (("api", 3), ("worker", 1), ("rare", 0)):
            service = f"{PREFIX}-{name}"
            self.ecs.create_service(cluster=CLUSTER, serviceName=service, taskDefinition="app", desiredCount=count)
            self.application_autoscaling.register_scalable_target(
                ServiceNamespace="ecs",
                ScalableDimension="ecs:service:DesiredCount",
                ResourceId=f"service/{CLUSTER}/{service}",
                MinCapacity=min(count, 1),
                MaxCapacity=4,
            )
            self.ecs.update_service(cluster=CLUSTER, service=service, desiredCount=count)  # moto: they run now
        credentials = {"MasterUsername": "app", "MasterUserPassword": "not-a-secret"}
        self.rds.create_db_instance(
            DBInstanceIdentifier=POSTGRES,
            DBInstanceClass="db.t4g.micro",
            Engine="postgres",
            AllocatedStorage=20,
            **credentials,
        )
        self.rds.create_db_cluster(DBClusterIdentifier=DOCUMENTDB, Engine="docdb", **credentials)
        self.rds.create_db_instance(
            DBInstanceIdentifier=f"{DOCUMENTDB}-1",
            DBInstanceClass="db.t3.medium",
            Engine="docdb",
            DBClusterIdentifier=DOCUMENTDB,
        )
        for name in (STATE, OVERRIDE):
            self.ssm.put_parameter(Name=name, Value="{}", Type="SecureString")

    @property
    def databases(self) -> list[str]:
        """The status of PostgreSQL, of DocumentDB and of its instance."""
        cluster = self.rds.describe_db_clusters(DBClusterIdentifier=DOCUMENTDB)["DBClusters"][0]["Status"]
        names = (POSTGRES, f"{DOCUMENTDB}-1")
        postgres, instance = (
            self.rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["DBInstanceStatus"]
            for name in names
        )
        return [postgres, cluster, instance]

    @property
    def counts(self) -> list[int]:
        """How many tasks each service wants."""
        names = [f"{PREFIX}-{name}" for name in ("api", "worker", "rare")]
        found = self.ecs.describe_services(cluster=CLUSTER, services=names)["services"]
        by_name = {service["serviceName"]: service["desiredCount"] for service in found}
        return [by_name[name] for name in names]

    @property
    def is_scaling(self) -> bool:
        """Whether Application Auto Scaling works; all parts of all targets are in one state."""
        targets = self.application_autoscaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
        (suspended,) = {target["SuspendedState"][name] for target in targets for name in SUSPENSIONS}
        return not suspended

    @property
    def asleep_metric(self) -> float:
        """The newest value that the suppressor's alarm reads, in the region of the alarms abroad."""
        return self.metric("Asleep", region=ABROAD)

    def metric(self, name: str, *, region: str = REGION) -> float:
        """The newest value of a metric."""
        data = cloudwatch_backends[self.account][region].metric_data
        values: list[Any] = [point for point in data if point.name == name]
        return float(values[-1].value)

    def running(self, name: str, count: int) -> None:
        """Make a service have so many tasks, whatever it wants: they start and end slowly."""
        service = ecs_backends[self.account][REGION].services[f"{CLUSTER}:{PREFIX}-{name}"]
        service.running_count = count

    def deploying(self, name: str, *, deploys: bool) -> None:
        """Start or finish a deployment of a service."""
        service = ecs_backends[self.account][REGION].services[f"{CLUSTER}:{PREFIX}-{name}"]
        service.deployments = service.deployments[:1] * (2 if deploys else 1)

    def run(self, now: datetime, **event: Any) -> dict[str, Any]:
        """One call of the function at a time."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(function, "datetime", clock_at(now))
            return function.handler(event, None)

    def run_until_settled(self, now: datetime, runs: int = 3) -> dict[str, Any]:
        """Runs, five minutes apart."""
        return [self.run(now + number * 5 * MINUTES) for number in range(runs)][-1]


def clock_at(now: datetime) -> Any:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return now.astimezone(tz)

    return Clock


@contextmanager
def sleeping_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Environment]:
    """Three services, both databases, and the variables of the function."""
    settings = tmp_path / "settings.json"
    settings.write_text(SETTINGS.schedule(), encoding="utf-8")
    monkeypatch.setattr(function, "SETTINGS", settings)
    account = str(next(_ACCOUNTS))
    with Emulator() as emulator:
        for name, value in {
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": emulator.url,
            "STATE_PARAMETER": STATE,
            "OVERRIDE_PARAMETER": OVERRIDE,
            "KEY_ID": "alias/aws/ssm",
            "NAMESPACE": f"{PREFIX}/sleep",
            "REGIONS": f"{REGION},{ABROAD}",
            "CLUSTER": CLUSTER,
            "SERVICES": ",".join(f"{PREFIX}-{name}" for name in ("api", "worker", "rare")),
            "POSTGRES": POSTGRES,
            "DOCUMENTDB": DOCUMENTDB,
        }.items():
            monkeypatch.setenv(name, value)
        yield Environment(account)
