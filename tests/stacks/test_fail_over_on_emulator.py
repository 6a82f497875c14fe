"""The home region is lost: the second region has its databases from the copies, and new logins for its services."""

from __future__ import annotations

import socket
import ssl
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import boto3
import pg8000.native
import pytest

from acceptance.database_roles import Roles
from config.recovery import RecoverySettings
from config.standby import FailOverSettings, StandbySettings
from config.standby_environment import standby_environment
from emulator.outages.control import lose
from emulator.registry import REGISTRY
from main import synthesize
from runner.__main__ import main as runner
from tests.config.examples import present
from tests.fixtures import fixture_environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from config.environment import Environment
    from config.network import NetworkSettings
    from emulator import Emulator

# IAM is changed in us-east-1 only, so its loss is another story: docs/region-loss.md.
HOME: Final = "us-east-2"
THERE: Final = "us-west-2"
_LEFT_OUT: Final = ("cost", "delivery", "domain", "firewall", "load_balancer", "observability", "security", "backups")


def network(home: NetworkSettings, *, zones: str, block: str) -> NetworkSettings:
    """The network, in other zones and another block."""

    def there(own: IPv4Network | None) -> IPv4Network | None:
        return own and IPv4Network(str(own).replace("10.2.", block))

    return home.model_copy(
        update={
            "cidr": there(home.cidr),
            "zones": [
                zone.model_copy(
                    update={
                        "id": f"{zones}-az{number}",
                        "public_cidr": there(zone.public_cidr),
                        "private_cidr": there(zone.private_cidr),
                        "database_cidr": there(zone.database_cidr),
                    }
                )
                for number, zone in enumerate(home.zones, start=1)
            ],
        }
    )


def environment(fail_over: FailOverSettings | None = None) -> Environment:
    """Development without what serves, at home in us-east-2, with copies in us-west-2."""
    dev = fixture_environment("dev")
    recovery = RecoverySettings(
        mode="backup",
        region=THERE,
        standby=StandbySettings(network=network(dev.network, zones="usw2", block="10.66.")),
        fail_over=fail_over,
    )
    return dev.model_copy(
        update={
            **dict.fromkeys(_LEFT_OUT),
            "region": HOME,
            "network": network(dev.network, zones="use2", block="10.2."),
            "services": {},
            "recovery": recovery,
        }
    )


@pytest.fixture
def emulated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Emulator]:
    from emulator import Emulator  # noqa: PLC0415 - moto is a second to import
    from emulator.releases.clock import CLOCK  # noqa: PLC0415

    monkeypatch.chdir(tmp_path)
    with Emulator() as running:
        for name, value in running.environment(account=environment().account_id).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")  # the proxy is for S3 Control only
        monkeypatch.setattr(CLOCK, "minute_seconds", 0.01)  # RDS copies the logs at once
        yield running


class Platform:
    """Synthesizes and applies its layers, one after the other."""

    def __init__(self, folder: Path) -> None:
        self._out = folder / "cdktf.out"

    def write(self, config: Environment) -> None:
        """Synthesize."""
        synthesize([config], self._out)

    def apply(self, *options: str) -> None:
        """Apply all layers, or those that these options choose."""
        assert runner(["apply", *self._arguments, "--yes", *options]) == 0

    def bootstrap(self) -> None:
        """Make what stores the states."""
        assert runner(["bootstrap", *self._arguments, "--yes"]) == 0

    def plan(self, layer: str, capsys: pytest.CaptureFixture[str]) -> str:
        """What a plan of a layer says."""
        capsys.readouterr()
        assert runner(["plan", *self._arguments, "--layer", layer]) == 0
        return capsys.readouterr().out

    def refuse(self, action: str, layer: str, capsys: pytest.CaptureFixture[str]) -> str:
        """What an action says that is refused."""
        capsys.readouterr()
        confirmed = ["--yes"] if action == "apply" else []
        assert runner([action, *self._arguments, "--layer", layer, *confirmed]) == 1
        return capsys.readouterr().err

    @property
    def _arguments(self) -> list[str]:
        return ["--env", "dev", "--output", str(self._out)]


def run_sql(roles: Roles, statement: str) -> list[Any]:
    """Run a statement as `owner`, with the url that is stored for it."""
    owner = roles.environment.postgres_roles[0]
    url = urlsplit(roles.url(owner))
    port, authority = roles.emulator.database(str(url.hostname), account=roles.environment.account_id)
    with socket.create_connection(("127.0.0.1", port), timeout=20) as sock:
        connection = pg8000.native.Connection(
            str(url.username),
            host=str(url.hostname),
            password=url.password,
            database=url.path.removeprefix("/"),
            ssl_context=ssl.create_default_context(cadata=authority),
            sock=sock,
        )
        found: list[Any] = connection.run(statement) or []
        connection.close()
    return found


def copied_snapshot() -> str:
    """A snapshot of DocumentDB in the second region, with the key there, as AWS Backup makes it."""
    home: Any = boto3.client("docdb", region_name=HOME)
    there: Any = boto3.client("docdb", region_name=THERE)
    keys: Any = boto3.client("kms", region_name=THERE)
    made = home.create_db_cluster_snapshot(
        DBClusterSnapshotIdentifier="one", DBClusterIdentifier="user-management-dev-documentdb"
    )["DBClusterSnapshot"]
    key = keys.describe_key(KeyId="alias/user-management-dev-copies")["KeyMetadata"]["Arn"]
    copy = there.copy_db_cluster_snapshot(
        SourceDBClusterSnapshotIdentifier=made["DBClusterSnapshotArn"],
        TargetDBClusterSnapshotIdentifier="copied",
        KmsKeyId=key,
    )["DBClusterSnapshot"]
    return str(copy["DBClusterSnapshotArn"])


def delete_instance() -> str:
    """Delete PostgreSQL at home, as a person could; return the ARN of its copies, which RDS retains."""
    home: Any = boto3.client("rds", region_name=HOME)
    there: Any = boto3.client("rds", region_name=THERE)
    name = "user-management-dev-postgres"
    home.modify_db_instance(DBInstanceIdentifier=name, DeletionProtection=False, ApplyImmediately=True)
    home.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    (kept,) = there.describe_db_instance_automated_backups()["DBInstanceAutomatedBackups"]
    return str(kept["DBInstanceAutomatedBackupsArn"])


def status_of(backups: str) -> str:
    """The status of copies of backups in the second region."""
    client: Any = boto3.client("rds", region_name=THERE)
    (found,) = (
        one
        for one in client.describe_db_instance_automated_backups()["DBInstanceAutomatedBackups"]
        if one["DBInstanceAutomatedBackupsArn"] == backups
    )
    return str(found["Status"])


@pytest.mark.emulator
@pytest.mark.terraform
@pytest.mark.seconds(600)
def test_the_second_region_has_the_rows_and_new_logins(
    emulated: Emulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """PostgreSQL was deleted before the loss: it comes from the copies of its backups that RDS retains."""
    platform, copies, data = Platform(tmp_path), f"recovery-{THERE}", f"data-{THERE}"
    platform.write(environment())
    platform.bootstrap()
    platform.apply()
    home = Roles(environment=environment(), session=boto3.Session(region_name=HOME), emulator=emulated)
    run_sql(home, "CREATE TABLE kept (name text)")
    run_sql(home, "INSERT INTO kept VALUES ('alice')")
    first_url = home.url(environment().postgres_roles[0])
    snapshot, backups = copied_snapshot(), delete_instance()
    with REGISTRY.lock:
        lose(HOME)

    platform.write(environment(FailOverSettings(documentdb_snapshot=snapshot)))
    assert "1 to add" in platform.plan(copies, capsys)  # the replication of what is gone
    config = environment(FailOverSettings(documentdb_snapshot=snapshot, postgres_backups=backups))
    platform.write(config)
    platform.apply("--region", THERE)
    there = Roles(
        environment=present(standby_environment(config)),
        session=boto3.Session(region_name=THERE),
        emulator=emulated,
    )
    assert run_sql(there, "SELECT name FROM kept") == [["alice"]]
    assert there.url(config.postgres_roles[0]) != first_url
    assert [there.sign_in(there.url(role)) for role in (*config.postgres_roles, *config.documentdb_roles)] == [
        ""
    ] * len((*config.postgres_roles, *config.documentdb_roles))

    # RDS takes Performance Insights, and the provider its windows, of an instance that exists.
    plan = platform.plan(data, capsys)
    # The instance; its role and function follow, whose values Terraform knows after it.
    assert "3 to change" in plan, plan
    platform.apply("--region", THERE)
    assert all("no changes" in platform.plan(layer, capsys) for layer in (data, copies))
    assert status_of(backups) == "retained"
    # Terraform would change nothing for another origin, and serve what was restored before.
    later = FailOverSettings(
        documentdb_snapshot=snapshot + "-later", postgres_backups=backups, postgres_time="2026-01-31T14:05:00Z"
    )
    platform.write(environment(later))
    for action in ("plan", "apply"):
        refused = platform.refuse(action, data, capsys)
        assert f"was restored from {snapshot}, and documentdb_snapshot asks for {snapshot}-later" in refused
        assert "and postgres_time asks for 2026-01-31T14:05:00Z" in refused
    platform.write(config)
    platform.apply("--layer", data)
