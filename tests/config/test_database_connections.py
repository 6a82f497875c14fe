"""What the databases accept, and files whose services could open more."""

from __future__ import annotations

import pytest

from config.database_classes import DOCUMENTDB_CLASSES, POSTGRES_CLASSES
from config.database_connections import documentdb_connections, postgres_connections, proxy_connections
from tests.config.examples import changed, parsed, refusal

POOL = 'documentdb_role = "backend"\n'
CLASS = 'instance_class = "db.t3.medium"\n'


@pytest.mark.parametrize(
    ("name", "reported"),
    [("db.t3.small", 198), ("db.t3.medium", 413), ("db.t3.large", 856), ("db.m5.large", 856), ("db.r6g.large", 1697)],
)
def test_postgres_accepts_a_little_more_than_the_computed_number(name: str, reported: int) -> None:
    assert 0.92 * reported < postgres_connections(name) <= reported


def test_postgres_never_accepts_more_than_5000() -> None:
    assert {postgres_connections(name) for name in POSTGRES_CLASSES if name.endswith(".24xlarge")} == {5000}


@pytest.mark.parametrize(
    ("name", "connections"), [("db.t3.medium", 1000), ("db.r5.large", 3400), ("db.r8g.xlarge", 7000)]
)
def test_documentdb_has_the_connections_of_the_table(name: str, connections: int) -> None:
    assert documentdb_connections(name) == connections
    assert all(documentdb_connections(each) >= 1000 for each in DOCUMENTDB_CLASSES)


def test_the_pool_of_a_proxy_is_a_share() -> None:
    assert proxy_connections("db.t3.medium", max_connections_percent=50) == postgres_connections("db.t3.medium") // 2


def test_a_pool_that_fits_is_accepted() -> None:
    environment = parsed(changed((POOL, f"{POOL}pool_size = 18\n")))
    assert environment.services["backend"].pool_size == 18


def test_more_connections_than_the_pool_of_the_proxy_are_refused() -> None:
    assert refusal(changed((POOL, f"{POOL}pool_size = 19\n"))) == [
        (
            "services.backend.pool_size = 19: during a deployment services may open 380 connections to postgres "
            '(2 x 10 tasks of backend x 19: pool_size), but the proxy of "db.t3.medium" has a pool of 360 and '
            "clients_per_connection = 1, so 360; lower pool_size or max_count, or use a larger instance_class, or "
            "raise clients_per_connection in [postgres.proxy]"
        )
    ]


def test_a_pool_that_is_shared_takes_more() -> None:
    shared = ("max_connections_percent = 90", "clients_per_connection = 2\nmax_connections_percent = 90")
    assert parsed(changed((POOL, f"{POOL}pool_size = 36\n"), shared)).services["backend"].pool_size == 36


def test_a_read_replica_has_no_proxy_that_shares() -> None:
    shared = ("max_connections_percent = 90", "clients_per_connection = 2\nmax_connections_percent = 90")
    (line,) = refusal(changed((POOL, f"{POOL}pool_size = 36\n"), shared, ("replicas = 0", "replicas = 1")))
    assert 'but "db.t3.medium" has 390 for services on each read replica, which has no proxy; ' in line


def test_without_a_proxy_the_instance_is_the_limit() -> None:
    proxy = "[postgres.proxy]\nmax_connections_percent = 90"
    file = changed((POOL, f"{POOL}pool_size = 20\n"))
    start = file.index(proxy)
    file = file[:start] + file[file.index("[documentdb]") :]
    (line,) = refusal(file)
    assert 'but "db.t3.medium" has 390 for services; lower pool_size or max_count, or use a larger instance_c' in line


def test_all_services_with_a_database_count_and_the_largest_is_named() -> None:
    other = ('path_patterns = ["/*"]\n', 'path_patterns = ["/*"]\npostgres_role = "site"\npool_size = 15\n')
    (line,) = refusal(changed(other, ("[postgres.proxy]", "[postgres.roles.site]\n[postgres.proxy]")))
    assert line.startswith("services.backend.pool_size = 10: during a deployment services may open 380 connections")
    assert "(2 x 6 tasks of frontend x 15 + 2 x 10 tasks of backend x 10: pool_size)" in line


def test_each_instance_of_documentdb_has_its_own_limit() -> None:
    only = ('postgres_role = "backend"', "#"), ('DATABASE_URL = "postgres/url"', "#")
    lines = refusal(changed(("max_count = 10", "max_count = 50"), *only))
    assert lines == [
        (
            "services.backend.pool_size = 10: during a deployment services may open 1200 connections to documentdb "
            "(2 x 50 tasks of backend x 12: pool_size and 2 that watch it), but each instance of "
            '"db.t3.medium" has 995 for services; lower pool_size or max_count, or use a larger instance_class'
        )
    ]


def test_a_proxy_that_leaves_no_connection_to_people_is_refused() -> None:
    assert refusal(changed(("max_connections_percent = 90", "max_connections_percent = 98"))) == [
        (
            'postgres.proxy.max_connections_percent = 98: leaves 8 of the 400 connections of "db.t3.medium"; 10 must '
            "remain: 5 that PostgreSQL reserves and 5 for people; use 97 or less"
        )
    ]


@pytest.mark.parametrize("size", [0, 5001])
def test_a_pool_size_out_of_range_is_refused(size: int) -> None:
    (line,) = refusal(changed((POOL, f"{POOL}pool_size = {size}\n")))
    assert line.startswith(f"services.backend.pool_size = {size}: must be")


def test_the_variable_of_the_pool_size_is_the_platforms() -> None:
    (line,) = refusal(changed(('NODE_ENV = "production"', 'DATABASE_POOL_SIZE = "99"')))
    assert (
        line
        == 'services.backend.environment.DATABASE_POOL_SIZE = "99": is set by the setting pool_size; remove the line'
    )
