"""An environment with a real PostgreSQL server, whose secrets and tasks are on the emulator."""

from __future__ import annotations

import itertools
import json
import ssl
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import boto3
import pg8000.native
import pytest
from moto.ecs.models import ecs_backends

from emulator import Emulator
from emulator.databases.postgres_server import PostgresServer
from lambdas.database_roles import handler as function
from lambdas.database_roles.database import Server
from lambdas.database_roles.postgres import Postgres

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REGION: Final = "eu-central-1"
PREFIX: Final = "user-management-test"
PATH: Final = "user-management/test/postgres"
MASTER, MASTER_PASSWORD, MASTER_SECRET = "user_management", "the-master-password", f"{PATH}/master"
PROXY_HOST: Final = f"/{PATH}/host"
_ACCOUNTS: Final = itertools.count(950000000000)  # emulators of one process share what is in an account


def role(
    name: str, *, access: str = "read_write", audit: tuple[str, ...] = (), proxied: bool = False
) -> dict[str, Any]:
    """A role as synthesis writes it; the service of its name gets its url."""
    kind = {"secret": f"{PATH}/{name}"} if proxied else {"parameter": f"/{PATH}/{name}"}
    return {
        "name": name,
        "access": access,
        "audit": list(audit),
        "iam": False,
        "proxied": proxied,
        "services": [] if access == "owner" else [f"{PREFIX}-{name}"],
        "stores": {slot: {key: f"{value}/{slot}" for key, value in kind.items()} for slot in ("a", "b")},
        "url": {
            "parameter": f"/{PATH}/{name}/url",
            "template": "postgresql://{credentials}@{host}:5432/users?sslmode=verify-full",
        },
    }


def iam_role(name: str, **options: Any) -> dict[str, Any]:
    """A role that signs in to the database itself by IAM."""
    return role(name, **options) | {"iam": True, "stores": {}}


OWNER: Final = role("owner", access="owner")
BACKEND: Final = role("backend", audit=("insert",), proxied=True)
WORKER: Final = role("worker", audit=("insert", "read"))
REPORTS: Final = role("reports", access="read_only", audit=("read",))
PEOPLE: Final = iam_role("people")
ROLES: Final = (OWNER, BACKEND, WORKER, REPORTS, PEOPLE)


class Platform:
    """The server, its clients, and the function."""

    def __init__(self, *, server: PostgresServer, url: str, folder: Path, roles: tuple[dict[str, Any], ...]) -> None:
        self.server = server
        self.account = str(next(_ACCOUNTS))
        self.roles = roles
        self._folder = folder
        self._places: set[str] = set()
        self._session: Any = None
        self.settings: dict[str, Any] = {
            "engine": "postgres",
            "prefix": PREFIX,
            "database": "users",
            "rotation_days": 30,
            "cluster": PREFIX,
            "proxy_host": PROXY_HOST,
            "stops": None,
            "authorities": "authorities.pem",
        }
        self.variables = {
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": url,
            "MASTER_SECRET": MASTER_SECRET,
            "HOST": "localhost",
            "PORT": str(server.port),
            "KEY_ID": "alias/aws/ssm",
        }
        with self.environment():
            self.ssm: Any = boto3.client("ssm")
            self.secrets: Any = boto3.client("secretsmanager")
            self.ecs: Any = boto3.client("ecs")
            self.rds: Any = boto3.client("rds")
        self._tls = ssl.create_default_context(cadata=server.ca_pem)
        self.authorities.write_text(server.ca_pem, encoding="utf-8")
        self._create()

    def call(self, action: str, **event: Any) -> dict[str, Any]:
        """One call of the function."""
        text = json.dumps({**self.settings, "roles": self.roles})
        (self._folder / "settings.json").write_text(text, encoding="utf-8")
        with self.environment():
            return function.handler({"action": action, **event}, None)

    @contextmanager
    def environment(self) -> Iterator[None]:
        """The variables and the package of the function."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.variables.items():
                patch.setenv(name, value)
            patch.setattr(function, "SETTINGS", self._folder / "settings.json")
            # One for each platform: it keeps the credentials of its account, and what it has read of AWS's services.
            self._session = self._session or boto3.Session()
            patch.setattr(boto3, "DEFAULT_SESSION", self._session)
            yield

    def open_database(self) -> Postgres:
        """What the function works on, as another run has it."""
        return Postgres(
            Server(
                host="localhost",
                port=self.server.port,
                database="users",
                user=MASTER,
                password=MASTER_PASSWORD,
                authorities=self.authorities,
            )
        )

    @property
    def authorities(self) -> Path:
        """The file with the certificate of the server's authority."""
        return self._folder / "authorities.pem"

    def change(self, *roles: dict[str, Any]) -> None:
        """Other roles, whose places Terraform has made."""
        self.roles = roles
        self._create_places()

    def url(self, name: str) -> str:
        """The url of a role."""
        return self.parameter(f"/{PATH}/{name}/url")

    def parameter(self, name: str) -> str:
        """The value of a parameter."""
        return str(self.ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])

    def stored(self, name: str, slot: str) -> dict[str, str]:
        """What is stored of a login."""
        (each,) = (each for each in self.roles if each["name"] == name)
        place = each["stores"][slot]
        if "secret" in place:
            text = self.secrets.get_secret_value(SecretId=place["secret"])["SecretString"]
        else:
            text = self.parameter(place["parameter"])
        found: dict[str, str] = json.loads(text)
        return found

    def connect(self, url: str) -> Any:
        """A client of a url, that verifies the server."""
        parts = urlsplit(url)
        return self.sign_in(parts.username or "", parts.password or "", host=parts.hostname or "")

    def sign_in(self, user: str, password: str, *, host: str = "localhost", database: str = "users") -> Any:
        """A connection as anybody."""
        return pg8000.native.Connection(
            user, host=host, port=self.server.port, database=database, password=password, ssl_context=self._tls
        )

    @contextmanager
    def client(self, name: str) -> Iterator[Any]:
        """A connection with the url of a role."""
        connection = self.connect(self.url(name))
        try:
            yield connection
        finally:
            connection.close()

    @contextmanager
    def master(self) -> Iterator[Any]:
        """A connection as the master user."""
        connection = self.sign_in(MASTER, MASTER_PASSWORD)
        try:
            yield connection
        finally:
            connection.close()

    def start_tasks(self, name: str, count: int = 1) -> list[str]:
        """Start tasks of a service now; returns their ids."""
        answer = self.ecs.run_task(
            cluster=PREFIX, taskDefinition="app", count=count, launchType="FARGATE", group=f"service:{PREFIX}-{name}"
        )
        tasks = ecs_backends[self.account][REGION].tasks[PREFIX]
        for task in answer["tasks"]:
            made: Any = tasks[task["taskArn"]]
            made.created_at, made.last_status = datetime.now(tz=UTC), "RUNNING"
            made.advance = lambda: None  # moto's tasks end by themselves
        return [task["taskArn"].rsplit("/", 1)[-1] for task in answer["tasks"]]

    def stop_tasks(self) -> None:
        """End all tasks."""
        for arn in self.ecs.list_tasks(cluster=PREFIX)["taskArns"]:
            self.ecs.stop_task(cluster=PREFIX, task=arn)

    def replace_tasks(self) -> None:
        """What a deployment does: each service has a task that started now."""
        self.stop_tasks()
        for each in self.roles:
            for service in each["services"]:
                self.start_tasks(service.removeprefix(f"{PREFIX}-"))

    def _create(self) -> None:
        master = json.dumps({"username": MASTER, "password": MASTER_PASSWORD})
        self.secrets.create_secret(Name=MASTER_SECRET, SecretString=master)
        # The proxy is the same server under another name.
        self.ssm.put_parameter(Name=PROXY_HOST, Value="127.0.0.1", Type="SecureString")
        self.ecs.create_cluster(clusterName=PREFIX)
        container = {"name": "app", "image": "app", "memory": 512}
        self.ecs.register_task_definition(family="app", containerDefinitions=[container])
        self._create_places()

    def _create_places(self) -> None:
        for each in self.roles:
            for place in (*each["stores"].values(), {"parameter": each["url"]["parameter"]}):
                (kind, name) = next(iter(place.items()))
                if name in self._places:
                    continue
                self._places.add(name)
                if kind == "secret":
                    self.secrets.create_secret(Name=name)
                else:
                    self.ssm.put_parameter(Name=name, Value="unset", Type="SecureString")


@contextmanager
def open_platform(
    folder: Path,
    *,
    roles: tuple[dict[str, Any], ...] = ROLES,
    binaries: Path | None = None,
    log_statements: bool = False,
) -> Iterator[Platform]:
    """A new server and a new account."""
    server = PostgresServer(master=MASTER, password=MASTER_PASSWORD, binaries=binaries, log_statements=log_statements)
    with server, Emulator() as emulator:
        yield Platform(server=server, url=emulator.url, folder=folder, roles=roles)
