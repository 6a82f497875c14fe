"""The databases, the buckets of backups and static files, and the Redis that the design removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.checks.compute import routed
from conformance.checks.edge import NO_CDN, no_cdn
from conformance.checks.network import databases_without_internet, in_zones
from conformance.clause import DEV, clause, instead
from conformance.expect import equals, is_set, mentions
from conformance.paths import item

if TYPE_CHECKING:
    from conformance.view import Seen, View

_LAYER: Final = "data"
_TESTS: Final = "tests/stacks/test_data.py"
_REMOVED: Final = "tests/conformance/test_checks.py"


def postgres(view: View) -> Seen:
    """The instance of PostgreSQL that takes writes."""
    found = view.one("aws_db_instance", {"replicate_source_db": equals(None)}, layer=_LAYER)
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
    note=("the tables are the application's; the platform makes its roles, and an audit log that it can only add to"),
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
    note="the collections are the application's; the platform makes the role that it signs in as",
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


def _closed_bucket(view: View, name: str, layer: str) -> None:
    bucket = view.one("aws_s3_bucket", {"bucket": mentions(f"-{name}-")}, layer=layer)
    block = view.one("aws_s3_bucket_public_access_block", {"bucket": view.refers_to(bucket)}, layer=layer)
    for argument in ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"):
        block.require(argument, equals(value=True))


@clause("2.3/4", "tests/modules/data/test_backups_bucket.py", "tests/modules/edge/test_assets_bucket.py")
def buckets(view: View) -> None:
    """The buckets of backups and of static files, closed to the public."""
    _closed_bucket(view, "backups", "data")
    _closed_bucket(view, "assets", "edge")


@instead("2.3/4", environments=(DEV,), why=NO_CDN)
def bucket_of_backups(view: View) -> None:
    """The bucket of backups; no other of the application."""
    _closed_bucket(view, "backups", "data")
    view.none("aws_s3_bucket", {"bucket": mentions("-assets-")}, layer=_LAYER)


@instead("1/8", "9.2/3", environments=(DEV,), why=NO_CDN)
def static_files_by_frontend(view: View) -> None:
    """The frontend answers with its static files."""
    no_cdn(view)
    routed(view, "frontend", "/*")
    view.none("aws_s3_bucket", {"bucket": mentions("-assets-")}, layer=_LAYER)


@clause("1/8", "tests/modules/edge/test_assets_bucket.py")
@clause("9.2/3", "tests/stacks/test_edge.py")
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


@clause("3.1/11", _TESTS)
def postgres_in_two_zones(view: View) -> None:
    """A standby in another zone takes over."""
    postgres(view).require("multi_az", equals(value=True))


@instead("3.1/11", environments=(DEV,), why="one instance, as 4.2 asks for a single zone")
def postgres_in_one_zone(view: View) -> None:
    """No standby."""
    postgres(view).require("multi_az", equals(value=False))


@instead("3.1/12", environments=(DEV,), why="one instance, as development is to be small (4.2)")
def documentdb_of_one(view: View) -> None:
    """One instance, which takes writes and reads."""
    view.exactly(
        1, "aws_docdb_cluster_instance", {"cluster_identifier": view.refers_to(documentdb(view))}, layer=_LAYER
    )


@clause("3.1/12", _TESTS)
def documentdb_of_three(view: View) -> None:
    """Three instances in two zones."""
    where = {"cluster_identifier": view.refers_to(documentdb(view))}
    instances = view.exactly(3, "aws_docdb_cluster_instance", where, layer=_LAYER)
    in_zones([one.follow_one("availability_zone", to="aws_subnet") for one in instances], 2)


@clause("11.2/2", "tests/compliance/test_public_exposure.py", "tests/compliance/test_rules.py")
def no_public_database(view: View) -> None:
    """No database has a public address, a way to the internet, or a rule for addresses."""
    postgres(view).require("publicly_accessible", equals(value=False))
    databases_without_internet(view)
    for database, port in ((postgres(view), 5432), (documentdb(view), 27017)):
        for group in database.follow("vpc_security_group_ids", to="aws_security_group"):
            where = {"security_group_id": view.refers_to(group)}
            for rule in view.some("aws_vpc_security_group_ingress_rule", where):
                rule.require("referenced_security_group_id", is_set())
                rule.require("cidr_ipv4", equals(None))
                rule.require("cidr_ipv6", equals(None))
                rule.require("from_port", equals(port))
                rule.require("to_port", equals(port))
