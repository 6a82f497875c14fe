"""Markers in the databases: written and read by the url of the service, from its place in the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from acceptance.database_clients import open_postgres
from acceptance.region_loss.tasks import TaskError
from acceptance.region_loss.world import NAME, World
from config.database_roles import OWNER
from config.parameters import URLS

if TYPE_CHECKING:
    from acceptance.region_loss.tasks import Task
    from config.services import ServiceSettings


@dataclass(frozen=True)
class PostgresRows:
    """Rows, written and read as the service's role; the table is made by the owner, as a migration does."""

    world: World
    service: str
    settings: ServiceSettings
    name: str = "a row in PostgreSQL"
    keeps_all: bool = True

    def write(self, region: str, text: str) -> str | None:
        """Insert a row; in the environment's own region the table is made first, if it is not there."""
        task = self.world.task(self.service, region)
        table = f"{self.settings.postgres_role}.{NAME}"
        owner = next(role for role in self.world.environment.postgres_roles if role.name == OWNER)
        path = self.world.environment.names.path(owner.url_name)
        found = self.world.client("ssm", region).get_parameter(Name=path, WithDecryption=True)
        url, account = found["Parameter"]["Value"], self.world.account
        with open_postgres(url, account.emulator, account=account.id) as connection:  # not from the service's network
            connection.run(f"CREATE TABLE IF NOT EXISTS {table} (text text NOT NULL)")
        with task.postgres(_url(task, self.settings, "postgres")) as connection:
            connection.run(f"INSERT INTO {table} (text) VALUES (:text)", text=text)  # noqa: S608  a name of the settings
        return text

    def find(self, region: str) -> set[str]:
        """Read all rows."""
        task = self.world.task(self.service, region)
        with task.postgres(_url(task, self.settings, "postgres")) as connection:
            rows = connection.run(f"SELECT text FROM {self.settings.postgres_role}.{NAME}")  # noqa: S608  as above
        return {str(text) for (text,) in rows or ()}


@dataclass(frozen=True)
class Documents:
    """Documents of DocumentDB, written and read as the service's role."""

    world: World
    service: str
    settings: ServiceSettings
    name: str = "a document in DocumentDB"
    keeps_all: bool = True

    def write(self, region: str, text: str) -> str | None:
        """Insert a document."""
        task = self.world.task(self.service, region)
        with task.documentdb(_url(task, self.settings, "documentdb")) as database:
            database[NAME].insert_one({"text": text})
        return text

    def find(self, region: str) -> set[str]:
        """Read all documents."""
        task = self.world.task(self.service, region)
        with task.documentdb(_url(task, self.settings, "documentdb")) as database:
            return {str(one["text"]) for one in database[NAME].find({})}


def _url(task: Task, settings: ServiceSettings, database: str) -> str:
    """The url of the service's own role, by the variable that has it."""
    wanted = next(name for name, of in URLS.items() if of == database)
    for variable, parameter in settings.secrets.items():
        if parameter == wanted:
            return task.secret(variable)
    for variable, parameter in settings.parameters.items():
        if parameter == wanted:
            return task.parameter(variable)
    message = f"{task.service} has no variable with {wanted}"
    raise TaskError(message)
