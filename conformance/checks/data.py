"""The databases, the buckets of backups and static files, and the Redis that the design removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.checks.network import databases_without_internet, in_zones
from conformance.clause import DEV, PRODUCTION_LIKE, clause
from conformance.expect import equals, has_items, is_set, mentions
from conformance.paths import item

if TYPE_CHECKING:
    from conformance.view import Seen, View

_LAYER: Final = "data"
_TESTS: Final = "tests/stacks/test_data.py"
_REMOVED: Final = "tests/conformance/test_checks.py"


def postgres(view: View) -> Seen:
    """The instance of PostgreSQL."""
    found = view.one("aws_db_instance", layer=_LAYER)
    found.require("engine", equals("postgres"))
    return found


def documentdb(view: View) -> Seen:
    """The cluster of DocumentDB."""
    found = view.one("aws_docdb_cluster", layer=_LAYER)
    found.require("engine", equals("docdb"))
    found.require("engine_version", equals("5.0.0"))
    return found


@clause("1/9", _TESTS)
def postgres_in_database_subnets(view: View) -> None:
    """PostgreSQL, in the subnets of databases."""
    postgres(view).follow("db_subnet_group_name", to="aws_db_subnet_group")


@clause(
    "2.3/1",
    "tests/lambdas/database_roles",
    "tests/modules/data/test_role_settings.py",
    differs=(
        "its tables are the application's; the platform makes the roles, and an audit log that the application can "
        "only add to"
    ),
)
def postgres_for_users_and_audit(view: View) -> None:
    """The database of users, with a function that makes the roles, and a log of changes of roles and tables."""
    found = postgres(view)
    found.require("db_name", equals("users"))
    group = found.follow_one("parameter_group_name", to="aws_db_parameter_group")
    group.require("parameter", item(name="pgaudit.log"), "value", mentions("ddl", "role"))
    function = view.one("aws_lambda_function", {"function_name": mentions("-postgres-roles")}, layer=_LAYER)
    view.some("aws_lambda_invocation", {"function_name": view.refers_to(function)}, layer=_LAYER)


@clause("1/10", _TESTS)
@clause(
    "2.3/2",
    _TESTS,
    differs="its collections are the application's; the platform makes the role that it signs in as",
)
def documentdb_of_mongodb(view: View) -> None:
    """DocumentDB 5.0, which has MongoDB's protocol, with the parameter that the backend connects by."""
    found = documentdb(view)
    found.follow("db_subnet_group_name", to="aws_docdb_subnet_group")
    view.one("aws_ssm_parameter", {"name": mentions("/documentdb/backend/url")}, layer=_LAYER)


@clause("2.3/3", _REMOVED)
@clause("3.1/13", _REMOVED)
@clause("5.1/4", _REMOVED)
@clause("9.2/1", _REMOVED, "tests/examples/test_backend.py")
def no_redis(view: View) -> None:
    """No cache of AWS, and no way to one."""
    for kind in ("aws_elasticache_", "aws_memorydb_"):
        view.none(kind, layer=_LAYER)
    view.none("aws_vpc_security_group_ingress_rule", {"from_port": equals(6379)}, layer=_LAYER)
    view.none("aws_vpc_security_group_egress_rule", {"from_port": equals(6379)}, layer="service")
    view.none("aws_security_group", {"name": mentions("redis")}, layer=_LAYER)
    view.none("aws_ssm_parameter", {"name": mentions("redis")}, layer=_LAYER)


@clause(
    "2.3/4",
    "tests/modules/data/test_backups_bucket.py",
    "tests/modules/edge/test_assets_bucket.py",
    differs=("dev has no bucket of static files, because it has no CloudFront: its frontend answers with them"),
)
def buckets(view: View) -> None:
    """The buckets of backups and of static files, closed to the public."""
    places = {"data": "backups"} if view.environment == DEV else {"data": "backups", "edge": "assets"}
    for layer, name in places.items():
        bucket = view.one("aws_s3_bucket", {"bucket": mentions(f"-{name}-")}, layer=layer)
        block = view.one("aws_s3_bucket_public_access_block", {"bucket": view.refers_to(bucket)}, layer=layer)
        for argument in ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"):
            block.require(argument, equals(value=True))


@clause(
    "1/8",
    "tests/modules/edge/test_assets_bucket.py",
    environments=PRODUCTION_LIKE,
    differs=("dev has none, because it has no CloudFront: its frontend answers with its static files"),
)
@clause("9.2/3", "tests/stacks/test_edge.py", environments=PRODUCTION_LIKE, differs="dev has no CloudFront (1/1)")
def static_files_by_cdn(view: View) -> None:
    """CloudFront takes /static/* from the bucket, and keeps copies near the users."""
    bucket = view.one("aws_s3_bucket", {"bucket": mentions("-assets-")}, layer="edge")
    distribution = view.one("aws_cloudfront_distribution", layer="edge")
    distribution.require("origin", item(origin_id="assets"), "domain_name", view.refers_to(bucket))
    behavior = ("ordered_cache_behavior", item(path_pattern="/static/*"))
    distribution.require(*behavior, "target_origin_id", equals("assets"))
    # CachingOptimized: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
    distribution.require(*behavior, "cache_policy_id", equals("658327ea-f89d-4fab-a63d-7e88639e58f6"))
    distribution.require(*behavior, "compress", equals(value=True))


@clause("3.1/10", _TESTS)
@clause("10.1/3", _TESTS)
def both_databases(view: View) -> None:
    """Both databases, with an instance at least, in subnets without a way to the internet."""
    postgres(view).follow("db_subnet_group_name", to="aws_db_subnet_group")
    cluster = documentdb(view)
    cluster.follow("db_subnet_group_name", to="aws_docdb_subnet_group")
    view.some("aws_docdb_cluster_instance", {"cluster_identifier": view.refers_to(cluster)}, layer=_LAYER)
    databases_without_internet(view)


@clause("3.1/11", _TESTS, environments=PRODUCTION_LIKE, differs="dev has one zone (4.2)")
def postgres_in_two_zones(view: View) -> None:
    """A standby in another zone takes over."""
    postgres(view).require("multi_az", equals(value=True))


@clause("3.1/12", _TESTS, environments=PRODUCTION_LIKE, differs="dev has one instance (4.2)")
def documentdb_of_three(view: View) -> None:
    """Three instances in two zones."""
    where = {"cluster_identifier": view.refers_to(documentdb(view))}
    instances = view.exactly(3, "aws_docdb_cluster_instance", where, layer=_LAYER)
    in_zones([one.follow_one("availability_zone", to="aws_subnet") for one in instances], 2)


@clause(
    "9.1/2",
    "tests/modules/data/test_postgres_replica.py",
    environments=PRODUCTION_LIKE,
    differs=(
        "DocumentDB's readers serve reads; PostgreSQL has none until reads limit it: `replicas` in [postgres] adds "
        "them. dev has one instance of each"
    ),
)
def read_replicas(view: View) -> None:
    """The two further instances of DocumentDB, which a service finds by the reader endpoint."""
    documentdb_of_three(view)
    readers = view.one("aws_ssm_parameter", {"name": mentions("/documentdb/reader-hosts")}, layer=_LAYER)
    readers.require("value_wo", mentions(".reader_endpoint"))
    view.none("aws_db_instance", {"replicate_source_db": mentions("postgres")}, layer=_LAYER)


@clause(
    "9.2/2",
    "tests/modules/data/test_saved_queries.py",
    "tests/modules/data/test_slow_statements.py",
    differs=(
        "indexes are the application's migrations; the platform shows which statements are slow, and which scan "
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
    environments=PRODUCTION_LIKE,
    differs=("dev has no proxy, which costs 22 USD a month: its backend has a pool of its own"),
)
def connection_pool(view: View) -> None:
    """RDS Proxy pools the connections, and services connect to it; each task has a limit besides."""
    proxy = view.one("aws_db_proxy", layer=_LAYER)
    pool = view.one("aws_db_proxy_default_target_group", {"db_proxy_name": view.refers_to(proxy)}, layer=_LAYER)
    pool.require("connection_pool_config", "max_connections_percent", equals(90))
    target = view.one("aws_db_proxy_target", {"db_proxy_name": view.refers_to(proxy)}, layer=_LAYER)
    target.follow("db_instance_identifier", to="aws_db_instance")
    host = view.one("aws_ssm_parameter", {"name": mentions("/postgres/host")}, layer=_LAYER)
    host.require("value_wo", view.refers_to(proxy))
    size = ("container_definitions", item(name="backend"), "environment", item(name="DATABASE_POOL_SIZE"), "value")
    task = view.one("aws_ecs_task_definition", {"family": mentions("-backend")}, layer="service")
    task.require(*size, equals("10"))


@clause("11.2/2", "tests/compliance/test_public_exposure.py", "tests/compliance/test_rules.py")
def no_public_database(view: View) -> None:
    """No database has a public address, a way to the internet, or a rule for addresses."""
    postgres(view).require("publicly_accessible", equals(value=False))
    databases_without_internet(view)
    for kind, port in (("aws_db_instance", 5432), ("aws_docdb_cluster", 27017)):
        for group in view.one(kind, layer=_LAYER).follow("vpc_security_group_ids", to="aws_security_group"):
            where = {"security_group_id": view.refers_to(group)}
            for rule in view.some("aws_vpc_security_group_ingress_rule", where):
                rule.require("referenced_security_group_id", is_set())
                rule.require("cidr_ipv4", equals(None))
                rule.require("cidr_ipv6", equals(None))
                rule.require("from_port", equals(port))
                rule.require("to_port", equals(port))


@clause("10.2/4", "tests/stacks/test_data.py", "tests/stacks/test_edge.py", environments=PRODUCTION_LIKE)
def performance(view: View) -> None:
    """Slow statements; outside of dev also pooled connections, and a CDN for static files."""
    query_optimization(view)
    connection_pool(view)
    static_files_by_cdn(view)
