"""An environment with the double of DocumentDB, whose parameters, secret and tasks are on the emulator."""

from __future__ import annotations

import itertools
import json
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import boto3
import pytest
from moto.ecs.models import ecs_backends
from pymongo import MongoClient

from emulator import Emulator
from emulator.databases.documentdb_server import DocumentdbServer
from lambdas.database_roles import handler as function
from tests.emulator.databases.documentdb import MASTER, PASSWORD, Client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REGION: Final = "eu-central-1"
PREFIX: Final = "user-management-test"
PATH: Final = "user-management/test/documentdb"
_ACCOUNTS: Final = itertools.count(960000000000)  # emulators of one process share what is in an account


def role(name: str, access: str = "read_write") -> dict[str, Any]:
    """A role as synthesis writes it; the service of its name gets its url."""
    return {
        "name": name,
        "access": access,
        "audit": [],
        "iam": False,
        "proxied": False,
        "services": [] if access == "owner" else [f"{PREFIX}-{name}"],
        "stores": {slot: {"parameter": f"/{PATH}/{name}/{slot}"} for slot in "ab"},
        "url": {"parameter": f"/{PATH}/{name}/url", "template": "mongodb://{credentials}@{host}:PORT/?OPTIONS"},
    }


OWNER: Final = role("owner", "owner")
BACKEND, WORKER, REPORTS = role("backend"), role("worker"), role("reports", "read_only")


class Platform:
    """The double, its clients, and the function."""

    def __init__(self, *, server: DocumentdbServer, account: str, folder: Path) -> None:
        self.server = server
        self.roles: list[dict[str, Any]] = []
        self.rotation_days = 30
        self._account = account
        self._clients: dict[str, Any] = {}
        self._authorities = folder / "authorities.pem"
        self._authorities.write_text(server.ca_pem, encoding="utf-8")
        self._settings = folder / "settings.json"
        self._ssm: Any = boto3.client("ssm")
        self._ecs: Any = boto3.client("ecs")
        master = json.dumps({"username": MASTER, "password": PASSWORD})
        boto3.client("secretsmanager").create_secret(Name=f"{PATH}/master", SecretString=master)
        self._ecs.create_cluster(clusterName=PREFIX)
        container = {"name": "app", "image": "app", "memory": 512}
        self._ecs.register_task_definition(family="app", containerDefinitions=[container])

    def change(self, *roles: dict[str, Any]) -> None:
        """Other roles; Terraform makes the places of those that are new."""
        there = {each["url"]["parameter"] for each in self.roles}
        self.roles = list(roles)
        for each in roles:
            if each["url"]["parameter"] not in there:
                for place in (*each["stores"].values(), each["url"]):
                    self._ssm.put_parameter(Name=place["parameter"], Value="unset", Type="SecureString", Overwrite=True)

    def call(self, action: str, **event: Any) -> dict[str, Any]:
        """One call of the function, as Lambda makes it."""
        self._settings.write_text(self._text(), encoding="utf-8")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(function.run, "__defaults__", (self._client,))  # to make a client takes long
            return function.handler({"action": action, **event}, None)

    def url(self, name: str) -> str:
        """The url of a role."""
        return self._parameter(f"/{PATH}/{name}/url")

    def login(self, name: str) -> str:
        """The login that the url of a role names."""
        return urlsplit(self.url(name)).username or ""

    def secrets(self) -> set[str]:
        """Every password that is stored."""
        places = [place["parameter"] for each in self.roles for place in each["stores"].values()]
        return {PASSWORD, *(json.loads(self._parameter(place))["password"] for place in places)}

    def connect(self, url: str) -> Client:
        """A client of a url, which repeats nothing."""
        return MongoClient(url, tlsCAFile=str(self._authorities), retryReads=False, serverSelectionTimeoutMS=5_000)

    @contextmanager
    def client(self, name: str) -> Iterator[Client]:
        """A client with the url of a role."""
        with self.connect(self.url(name)) as client:
            yield client

    def replace_tasks(self) -> None:
        """What a deployment does: each service has a task that started now."""
        for arn in self._ecs.list_tasks(cluster=PREFIX)["taskArns"]:
            self._ecs.stop_task(cluster=PREFIX, task=arn)
        for service in (service for each in self.roles for service in each["services"]):
            answer = self._ecs.run_task(
                cluster=PREFIX, taskDefinition="app", launchType="FARGATE", group=f"service:{service}"
            )
            (task,) = answer["tasks"]
            made: Any = ecs_backends[self._account][REGION].tasks[PREFIX][task["taskArn"]]
            made.created_at = datetime.now(tz=UTC)

    def _parameter(self, name: str) -> str:
        return str(self._ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])

    def _text(self) -> str:
        options = "tls=true&replicaSet=rs0&retryWrites=false"
        text = json.dumps(
            {
                "engine": "documentdb",
                "prefix": PREFIX,
                "database": "users",
                "rotation_days": self.rotation_days,
                "cluster": PREFIX,
                "proxy_host": None,
                "stops": None,
                "authorities": "authorities.pem",
                "roles": self.roles,
            }
        )
        return text.replace("PORT", str(self.server.port)).replace("OPTIONS", options)

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = boto3.client(service)
        return self._clients[service]


@contextmanager
def open_platform(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Iterator[Platform]:
    """A new double and a new account, with the variables of the function."""
    account = str(next(_ACCOUNTS))
    monkeypatch.setattr(function, "SETTINGS", folder / "settings.json")
    with DocumentdbServer(master=MASTER, password=PASSWORD) as server, Emulator() as emulator:
        for name, value in {
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": emulator.url,
            "MASTER_SECRET": f"{PATH}/master",
            "SSL_CERT_FILE": str(folder / "authorities.pem"),  # of a small system, which is read faster
            "HOST": "localhost",
            "PORT": str(server.port),
            "KEY_ID": "alias/aws/ssm",
        }.items():
            monkeypatch.setenv(name, value)
        yield Platform(server=server, account=account, folder=folder)
