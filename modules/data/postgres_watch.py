"""What tells people about PostgreSQL: alarms, events of RDS, and queries of its log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs import Construct

from modules.data.database_events import POSTGRES_INSTANCE, DatabaseEvents
from modules.data.postgres_alarms import LAG_SECONDS, PostgresAlarms
from modules.data.saved_queries import POSTGRES, SavedQueries
from modules.data.slow_statements import POSTGRES_PATTERN, SlowStatements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from config.postgres import PostgresSettings
    from modules.data.database_context import DatabaseContext
    from modules.data.instance_metrics import PostgresMetrics
    from modules.log_group import LogGroup


class PostgresWatch(Construct):
    """Alarms on each instance, subscriptions to its events, and saved queries.

    Without a proxy, which measures each query, it counts the slow statements of the logs.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: PostgresSettings,
        context: DatabaseContext,
        primary: PostgresMetrics,
        replicas: Mapping[str, PostgresMetrics],
        statement_logs: Mapping[str, LogGroup],
        lag_seconds: int | None = None,
    ) -> None:
        """Create them.

        Args:
            config: Size and limits.
            context: What all databases share.
            primary: The metrics of the instance.
            replicas: Those of its read replicas, by their numbers.
            statement_logs: The logs of statements, by their instances.
            lag_seconds: How far the instance may be behind another region's one; None if it follows none.
        """
        super().__init__(scope, id_)
        label = context.label
        subject = context.subject("postgres", "PostgreSQL")
        PostgresAlarms(self, "primary", subject=subject, metrics=primary, config=config, lag_seconds=lag_seconds)
        for number, metrics in replicas.items():
            PostgresAlarms(
                self,
                f"replica-{number}",
                subject=context.subject(f"postgres-replica-{number}", f"Read replica {number} of PostgreSQL"),
                metrics=metrics,
                config=config,
                lag_seconds=LAG_SECONDS,
            )
        self.slow_statements: SlowStatements | None = None
        """Their count; None if the proxy measures all, or if the log has all, whose number says nothing of time."""
        if config.proxy is None and config.slow_query_milliseconds:
            self.slow_statements = SlowStatements(
                self,
                "slow-statements",
                subject=subject,
                logs=statement_logs,
                pattern=POSTGRES_PATTERN,
                value="1",
                milliseconds=config.slow_query_milliseconds,
            )
        DatabaseEvents(
            self,
            "events",
            label=label,
            topics=context.topics,
            name="postgres",
            source=POSTGRES_INSTANCE,
            source_ids=[primary.identifier, *(metrics.identifier for metrics in replicas.values())],
        )
        SavedQueries(
            self, "queries", label=label, folder="postgres", queries=POSTGRES, logs=list(statement_logs.values())
        )
