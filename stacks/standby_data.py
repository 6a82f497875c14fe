"""The data of the second region, as its services use it: made from copies, or not there yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from config.buckets import BACKUPS
from config.parameters import URLS
from modules.data.identifiers import SECRETS_KEY, global_cluster_identifier, postgres_identifier
from modules.data.origins import (
    DataOrigins,
    DetachedCluster,
    PromotedReplica,
    ReplicaOf,
    RestoredCluster,
    RestoredInstance,
    SecondaryOf,
)
from modules.errors import WiringError
from modules.named_parameter import NamedParameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from config.environment import Environment
    from config.services import ServiceSettings
    from modules.bucket import Bucket
    from modules.data.origins import DocumentdbOrigin, PostgresOrigin
    from modules.named_parameter import ReadableParameter
    from modules.service.data_source import TunnelEnd
    from modules.service.fargate_service import FargateService
    from stacks.data import DataStack
    from stacks.recovery_copies import CopiesStack

_MINUTE_SECONDS: Final = 60


class StandbyData:
    """What the services of the second region use: databases as soon as they serve, and the copies of all else.

    Before that, parameters of databases are known by their names: the function that makes the roles writes them once
    there is a database, and no task can start until then.
    """

    def __init__(self, config: Environment, *, copies: CopiesStack, data: DataStack | None) -> None:
        """Put it together.

        Args:
            config: The environment in its second region.
            copies: Has the copies of the secrets and of the bucket for backups.
            data: The databases; None if none is there yet.
        """
        self._config = config
        self._copies = copies
        self._data = data

    @property
    def backups(self) -> Bucket | None:
        """The copy of the bucket for backups, which the services of this region add to."""
        return self._copies.buckets.get(BACKUPS) if self._config.backups else None

    @property
    def tunnel_ends(self) -> Mapping[str, TunnelEnd]:
        """The databases that serve here; a tunnel leads to no copy that follows another region."""
        return self._data.tunnel_ends if self._data else {}

    def parameters(self, service: ServiceSettings) -> Mapping[str, ReadableParameter]:
        """Every parameter that a service can request; see `DataStack.parameters`.

        Those of databases are named also when they exist: so no role changes in a fail-over, and IAM can be lost with
        the environment's own region.
        """
        label, copied = self._copies.label, self._copies.parameters
        named = {
            name: NamedParameter(label=label, path=self._path(name, service), key=SECRETS_KEY)
            for name in self._config.parameter_names
            if name not in URLS or service.role(URLS[name])
        }
        return {**named, **(copied.by_name if copied else {})}

    def connect(self, service: FargateService, settings: ServiceSettings) -> None:
        """Let a service reach the databases that serve, and the read replica that will."""
        if self._data is None:
            return
        if all(name in self._data.databases for name in settings.databases):
            self._data.connect(service, settings)
            return
        for name, following in self._data.following.items():
            if name in settings.databases:
                following.allow_from(service)

    def _path(self, name: str, service: ServiceSettings) -> str:
        database = URLS.get(name)
        if database is None:
            return name
        roles = {"postgres": self._config.postgres_roles, "documentdb": self._config.documentdb_roles}[database]
        return next(role.url_name for role in roles if role.name == service.role(database))


def data_origins(config: Environment, *, copies: CopiesStack) -> DataOrigins | None:
    """What the databases of the second region are made of; None as long as there are none.

    Args:
        config: The environment in its second region.
        copies: Has the copies.
    """
    origins = DataOrigins(postgres=_postgres(config, copies), documentdb=_documentdb(config, copies))
    return origins if origins.postgres or origins.documentdb else None


def _postgres(config: Environment, copies: CopiesStack) -> PostgresOrigin | ReplicaOf | None:
    recovery = config.recovery
    if config.postgres is None or recovery is None:
        return None
    fail_over = recovery.fail_over
    if config.has_postgres_replica:
        if fail_over:
            return PromotedReplica()
        return ReplicaOf(
            source_arn=copies.label.in_home_region().arn("rds", f"db:{postgres_identifier(copies.label)}"),
            lag_seconds=recovery.targets.postgres_minutes * _MINUTE_SECONDS,
        )
    if fail_over is None:
        return None
    backups = fail_over.postgres_backups or (copies.postgres_backups.id if copies.postgres_backups else None)
    if backups is None:
        raise WiringError(copies, "PostgreSQL is to be restored, and the stack of the copies has no backups of it")
    return RestoredInstance(backups_arn=backups, key_arn=copies.copies_key.arn, time=fail_over.postgres_time)


def _documentdb(config: Environment, copies: CopiesStack) -> DocumentdbOrigin | SecondaryOf | None:
    recovery = config.recovery
    if config.documentdb is None or recovery is None:
        return None
    fail_over = recovery.fail_over
    if config.documentdb.global_cluster and config.has_data_there:
        if fail_over:
            return DetachedCluster()
        return SecondaryOf(global_cluster=global_cluster_identifier(copies.label))
    if fail_over is None or fail_over.documentdb_snapshot is None:
        return None
    return RestoredCluster(snapshot_arn=fail_over.documentdb_snapshot)
