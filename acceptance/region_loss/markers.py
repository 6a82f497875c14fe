"""Markers: what is written into each store of an environment, and looked for in the other region afterwards."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Protocol

from acceptance.database_clients import open_postgres
from acceptance.region_loss.tasks import TaskError, find_task
from config.buckets import BACKUPS, copy_name, source_name
from config.containers import backups_prefix
from config.database_roles import OWNER
from config.parameters import URLS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from acceptance.account import Account
    from acceptance.region_loss.tasks import Task
    from config.environment import Environment
    from config.services import ServiceSettings

RELEASE: Final = "release-rehearsal"
"""The tag of the images that run when the region is lost."""
_NAME: Final = "rehearsal"
_JWT: Final = "jwt/current"
_API_KEYS: Final = "api-keys/"
_MANIFEST: Final = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.oci.image.manifest.v1+json",
    "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "size": 2, "digest": f"sha256:{'0' * 64}"},
    "layers": [],
}


class Marker(Protocol):
    """One store: what its services write there, and what they find."""

    @property
    def name(self) -> str:
        """What is written, in words."""

    @property
    def keeps_all(self) -> bool:
        """Whether it has everything that was ever written, and not only what was written last."""

    def write(self, region: str, text: str) -> str | None:
        """Write a text in a region; raises TaskError if the service may not, or does not reach the store.

        Returns:
            What must be found from now on; None if nothing is written in that region.
        """

    def find(self, region: str) -> set[str]:
        """The texts that the service finds in a region; raises TaskError as `write`."""


@dataclass(frozen=True)
class World:
    """The environment, and where it is applied."""

    environment: Environment
    account: Account

    def task(self, service: str, region: str) -> Task:
        """The tasks of a service in a region."""
        return find_task(self.environment, self.account, service, region=region)

    def client(self, name: str, region: str) -> Any:  # noqa: ANN401 - boto3's
        """A client of AWS in a region, with the rights of a person."""
        return self.account.session(region).client(name)


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
        table = f"{self.settings.postgres_role}.{_NAME}"
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
            rows = connection.run(f"SELECT text FROM {self.settings.postgres_role}.{_NAME}")  # noqa: S608  as above
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
            database[_NAME].insert_one({"text": text})
        return text

    def find(self, region: str) -> set[str]:
        """Read all documents."""
        task = self.world.task(self.service, region)
        with task.documentdb(_url(task, self.settings, "documentdb")) as database:
            return {str(one["text"]) for one in database[_NAME].find({})}


@dataclass(frozen=True)
class Files:
    """Files of the bucket for backups, written with the rights of the service and read by a person."""

    world: World
    service: str
    name: str = "a file in the bucket for backups"
    keeps_all: bool = True

    def write(self, region: str, text: str) -> str | None:
        """Add a file below the service's prefix."""
        key, bucket = f"{self._prefix}{text}", self._bucket(region)
        self.world.task(self.service, region).require_write(bucket, key)
        self.world.client("s3", region).put_object(Bucket=bucket, Key=key, Body=text.encode())
        return text

    def find(self, region: str) -> set[str]:
        """Read all files below it."""
        s3, bucket = self.world.client("s3", region), self._bucket(region)
        found = s3.list_objects_v2(Bucket=bucket, Prefix=self._prefix).get("Contents", ())
        return {s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read().decode() for one in found}

    @property
    def _prefix(self) -> str:
        return f"{backups_prefix(self.service)}{_NAME}/"

    def _bucket(self, region: str) -> str:
        environment = self.world.environment
        names = replace(environment.names, region=region)
        return source_name(names, BACKUPS) if region == environment.region else copy_name(names, BACKUPS)


@dataclass(frozen=True)
class ParameterValue:
    """The value of a parameter, as a task of the service gets it."""

    world: World
    service: str
    variable: str
    parameter: str
    is_secret: bool
    """Whether ECS gives the task the value, and not only the name."""
    keeps_all: bool = False

    @property
    def name(self) -> str:
        """What is written, in words."""
        return f"the value of {self.parameter}"

    def write(self, region: str, text: str) -> str | None:
        """Set the value of an API key, as a person does; what signs tokens is left as the function has made it."""
        if not self.is_secret:
            return next(iter(self.find(region)))
        ssm, path = self.world.client("ssm", region), self.world.environment.names.path(self.parameter)
        filters = [{"Key": "Name", "Option": "Equals", "Values": [path]}]
        (before,) = ssm.describe_parameters(ParameterFilters=filters)["Parameters"]
        # With the key, or Parameter Store would take the account's own.
        ssm.put_parameter(Name=path, Value=text, Type=before["Type"], KeyId=before["KeyId"], Overwrite=True)
        return text

    def find(self, region: str) -> set[str]:
        """Read it with the rights of the service."""
        task = self.world.task(self.service, region)
        return {task.secret(self.variable) if self.is_secret else task.parameter(self.variable)}


@dataclass(frozen=True)
class ImageTags:
    """The images of a service in the registry of a region; a pipeline pushes to the environment's own only."""

    world: World
    service: str
    keeps_all: bool = True

    @property
    def name(self) -> str:
        """What is written, in words."""
        return f"an image of {self.service}"

    def write(self, region: str, text: str) -> str | None:
        """Push an image with a tag that begins with that of a release."""
        if region != self.world.environment.region:
            return None
        manifest = json.dumps({**_MANIFEST, "annotations": {"service": self.service, "text": text}})
        tag = f"{RELEASE}-{text.replace(' ', '-')}"
        self.world.client("ecr", region).put_image(
            repositoryName=self._repository, imageTag=tag, imageManifest=manifest
        )
        return text

    def find(self, region: str) -> set[str]:
        """Read the tags of all images."""
        ecr = self.world.client("ecr", region)
        listed = ecr.list_images(repositoryName=self._repository)["imageIds"]
        tags = {one["imageTag"] for one in listed if one.get("imageTag", "").startswith(f"{RELEASE}-")}
        return {tag.removeprefix(f"{RELEASE}-").replace("-", " ") for tag in tags}

    @property
    def _repository(self) -> str:
        return f"{self.world.environment.repository_prefix}-{self.service}"


def markers(world: World) -> Iterator[Marker]:
    """Yield one for each store that a service of the environment uses."""
    for service, settings in world.environment.services.items():
        if settings.postgres_role:
            yield PostgresRows(world, service, settings)
        if settings.documentdb_role:
            yield Documents(world, service, settings)
        if settings.writes_backups:
            yield Files(world, service)
        for variable, parameter in settings.secrets.items():
            if parameter.startswith(_API_KEYS):
                yield ParameterValue(world, service, variable, parameter, is_secret=True)
        for variable, parameter in settings.parameters.items():
            if parameter == _JWT:
                yield ParameterValue(world, service, variable, parameter, is_secret=False)
        yield ImageTags(world, service)


def missing(marker: Marker, region: str, wanted: set[str]) -> str:
    """Why a store has not exactly what it must have; empty if it has."""
    try:
        found = marker.find(region)
    except TaskError as error:
        return f"{marker.name}: {error}"
    if found != wanted:
        return f"{marker.name} in {region}: found {sorted(found)}, and not {sorted(wanted)}"
    return ""


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
