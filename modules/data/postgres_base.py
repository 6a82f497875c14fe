"""What PostgreSQL has whether it serves or only follows another instance: its place, its logs, its security group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.db_subnet_group import DbSubnetGroup
from constructs import Construct

from modules.data.monitoring_role import add_monitoring_role
from modules.data.postgres_parameters import create_parameter_group
from modules.data.postgres_replica import LOGS, STATEMENTS
from modules.data.statement_log import mask_personal_data
from modules.label import NameLimit
from modules.log_group import LogGroup
from modules.network.connections import Port, SecurityGroup

if TYPE_CHECKING:
    from config.postgres import PostgresSettings
    from modules.data.database_context import DatabaseContext

PORT: Final = Port.tcp(5432)


class PostgresBase(Construct):
    """The same addresses for both, so that a replica that is promoted stays the resource that it was."""

    def __init__(
        self, scope: Construct, id_: str, *, config: PostgresSettings, context: DatabaseContext, log_retention_days: int
    ) -> None:
        """Create them.

        Args:
            config: Size, windows, backups.
            context: What all databases share.
            log_retention_days: Days that its logs are kept.
        """
        super().__init__(scope, id_)
        self._config = config
        self._context = context
        self._log_retention_days = log_retention_days
        self._label = label = context.label
        self._subnets = DbSubnetGroup(
            self,
            "subnets",
            name=label.name("postgres", limit=NameLimit.DATABASE_GROUP),
            description="Database subnets of the VPC",
            subnet_ids=context.vpc.database_subnet_ids,
        )
        self._parameter_group = create_parameter_group(
            self,
            label=label,
            major_version=config.major_version,
            slow_query_milliseconds=config.slow_query_milliseconds,
        )
        self._statement_logs: dict[str, LogGroup] = {}
        self._monitoring_role = add_monitoring_role(self, label) if config.monitoring_interval_seconds else None
        self._group = self._add_security_group("postgres", "PostgreSQL, the instance that writes")

    def _add_security_group(self, name: str, description: str) -> SecurityGroup:
        id_ = "security-group" if name == "postgres" else "replica-security-group"
        return SecurityGroup(
            self, id_, label=self._label, vpc=self._context.vpc, name=name, description=description, port=PORT
        )

    def _add_log_groups(self, name: str, identifier: str) -> list[LogGroup]:
        groups = {
            log: LogGroup(
                self,
                f"{name}-{log}-logs" if name else f"{log}-logs",
                label=self._label,
                name=f"/aws/rds/instance/{identifier}/{log}",  # the name that RDS uses
                retention_days=self._log_retention_days,
                key=self._context.logs_key,
            )
            for log in LOGS
        }
        mask_personal_data(groups[STATEMENTS])
        self._statement_logs[name or "primary"] = groups[STATEMENTS]
        return list(groups.values())
