"""Read replicas, slow statements, pooled connections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.checks.data import (
    documentdb,
    documentdb_of_one,
    documentdb_of_three,
    postgres,
    static_files_by_cdn,
    static_files_by_frontend,
)
from conformance.checks.edge import NO_CDN
from conformance.clause import DEV, PRODUCTION_LIKE, clause, instead
from conformance.expect import equals, has_items, mentions
from conformance.paths import item

if TYPE_CHECKING:
    from conformance.view import View

_LAYER: Final = "data"


@clause("9.1/2", "tests/modules/data/test_postgres_replica.py")
def read_replicas(view: View) -> None:
    """Replicas of PostgreSQL, and readers of DocumentDB."""
    documentdb_readers(view)
    view.some("aws_db_instance", {"replicate_source_db": view.refers_to(postgres(view))}, layer=_LAYER)


@instead(
    "9.1/2",
    environments=PRODUCTION_LIKE,
    why=(
        "DocumentDB's two further instances serve reads; PostgreSQL has no replica until reads limit it, as each costs "
        "as much as an instance: `replicas` in [postgres] adds them"
    ),
)
def documentdb_readers(view: View) -> None:
    """The two further instances of DocumentDB, which a service finds by the reader endpoint."""
    documentdb_of_three(view)
    readers = view.one("aws_ssm_parameter", {"name": mentions("/documentdb/reader-hosts")}, layer=_LAYER)
    readers.require("value_wo", mentions(".reader_endpoint"))


@instead("9.1/2", environments=(DEV,), why="one instance of each database, as development is to be small (4.2)")
def no_readers(view: View) -> None:
    """One instance of each database."""
    postgres(view)
    documentdb_of_one(view)
    view.none("aws_db_instance", {"replicate_source_db": mentions("postgres")}, layer=_LAYER)


@clause(
    "9.2/2",
    "tests/modules/data/test_saved_queries.py",
    "tests/modules/data/test_slow_statements.py",
    note=(
        "the application's migrations make the indexes; the platform shows which statements are slow, and which scan "
        "whole collections"
    ),
)
def query_optimization(view: View) -> None:
    """Statements above 50 ms are logged, counted and found by saved queries."""
    found = postgres(view)
    found.require("performance_insights_enabled", equals(value=True))
    group = found.follow_one("parameter_group_name", to="aws_db_parameter_group")
    group.require("parameter", item(name="log_min_duration_statement"), "value", equals("50"))
    group.require("parameter", item(name="shared_preload_libraries"), "value", mentions("pg_stat_statements"))
    group = documentdb(view).follow_one("db_cluster_parameter_group_name", to="aws_docdb_cluster_parameter_group")
    group.require("parameter", item(name="profiler_threshold_ms"), "value", equals("50"))
    for name in ("postgres/slow-statements", "documentdb/slow-operations", "documentdb/missing-indexes"):
        query = view.one("aws_cloudwatch_query_definition", {"name": mentions(name)}, layer=_LAYER)
        query.require("log_group_names", has_items(1))


@clause(
    "9.2/4",
    "tests/modules/data/test_postgres_proxy.py",
    note="each task has a pool with a limit; outside of dev RDS Proxy pools those of all tasks, too",
)
def connection_pool(view: View) -> None:
    """The pool of a task, and RDS Proxy, which services connect to; in dev they connect to PostgreSQL."""
    _pool_of_tasks(view)
    if view.environment == DEV:
        host = view.one("aws_ssm_parameter", {"name": mentions("/postgres/host")}, layer=_LAYER)
        host.require("value_wo", view.refers_to(postgres(view)))
        return
    proxy = view.one("aws_db_proxy", layer=_LAYER)
    pool = view.one("aws_db_proxy_default_target_group", {"db_proxy_name": view.refers_to(proxy)}, layer=_LAYER)
    pool.require("connection_pool_config", "max_connections_percent", equals(90))
    target = view.one("aws_db_proxy_target", {"db_proxy_name": view.refers_to(proxy)}, layer=_LAYER)
    target.follow("db_instance_identifier", to="aws_db_instance")
    host = view.one("aws_ssm_parameter", {"name": mentions("/postgres/host")}, layer=_LAYER)
    host.require("value_wo", view.refers_to(proxy))


def _pool_of_tasks(view: View) -> None:
    size = ("container_definitions", item(name="backend"), "environment", item(name="DATABASE_POOL_SIZE"), "value")
    task = view.one("aws_ecs_task_definition", {"family": mentions("-backend")}, layer="service")
    task.require(*size, equals("10"))


@clause("10.2/4", "tests/stacks/test_data.py", "tests/stacks/test_edge.py")
def performance(view: View) -> None:
    """Slow statements, pooled connections, and a CDN for static files."""
    query_optimization(view)
    connection_pool(view)
    static_files_by_cdn(view)


@instead("10.2/4", environments=(DEV,), why=NO_CDN)
def performance_without_cdn(view: View) -> None:
    """Slow statements, pooled connections; static files from the frontend."""
    query_optimization(view)
    connection_pool(view)
    static_files_by_frontend(view)
