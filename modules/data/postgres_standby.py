"""PostgreSQL in the second region while the first one serves: a read replica that can be promoted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules.data.identifiers import postgres_identifier
from modules.data.instance_metrics import PostgresMetrics
from modules.data.postgres_base import PORT, PostgresBase
from modules.data.postgres_replica import Abroad, create_replica
from modules.data.postgres_watch import PostgresWatch

if TYPE_CHECKING:
    from constructs import Construct

    from config.postgres import PostgresSettings
    from modules.data.database_context import DatabaseContext
    from modules.data.origins import ReplicaOf
    from modules.network.connections import Connectable


class StandbyPostgres(PostgresBase):
    """A read replica of another region's instance, with the size, the backups and the protection of that one.

    Nobody signs in, so it has no roles, proxy or parameters. Its source must have automated backups, and a master whose
    password RDS does not manage.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.XRgn.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: PostgresSettings,
        context: DatabaseContext,
        origin: ReplicaOf,
        log_retention_days: int,
    ) -> None:
        super().__init__(scope, id_, config=config, context=context, log_retention_days=log_retention_days)
        identifier = postgres_identifier(self._label)
        self._instance = create_replica(
            self,
            "Default",
            config=config,
            context=context,
            identifier=identifier,
            source=origin.source_arn,
            group=self._group,
            parameter_group=self._parameter_group,
            monitoring_role=self._monitoring_role,
            logs=self._add_log_groups("", identifier),
            abroad=Abroad(subnet_group=self._subnets.name, port=PORT.first),
        )
        self.watch = PostgresWatch(
            self,
            "watch",
            config=config,
            context=context,
            primary=PostgresMetrics(identifier=self._instance.identifier, region=self._label.region),
            replicas={},
            statement_logs=self._statement_logs,
            lag_seconds=origin.lag_seconds,
        )

    def allow_from(self, peer: Connectable) -> None:
        """Allow `peer` to reach it on port 5432."""
        self._group.connections.allow_from(peer)
