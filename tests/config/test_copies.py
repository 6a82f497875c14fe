"""What has copies in the second region, and how old the newest of each may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from config.copies import MEASURE_MINUTES, copied_parameters, copied_stores
from config.recovery_targets import CopyTargets
from tests.config.examples import present
from tests.fixtures import fixture_environment

if TYPE_CHECKING:
    from config.copies import CopiedStore

TABLES = ("postgres", "documentdb", "secrets", "backups", "assets", "trail")
TARGETS = CopyTargets(postgres_minutes=20, database_backup_hours=30, files_minutes=40, parameters_hours=50)


def stores(*tables: str) -> dict[str, CopiedStore]:
    found = copied_stores(TARGETS, **{table: table in tables for table in TABLES})
    return {store.name: store for store in found}


@pytest.mark.parametrize(
    ("table", "ages"),
    [
        ("postgres", {"postgres": 20, "postgres-backups": 30 * 60}),
        ("documentdb", {"documentdb": 30 * 60}),
        ("secrets", {"parameters": 50 * 60}),
        ("backups", {"backups": 40 + MEASURE_MINUTES}),
        ("assets", {"assets": 40 + MEASURE_MINUTES}),
        ("trail", {"audit": 40 + MEASURE_MINUTES}),
    ],
)
def test_each_table_has_its_stores_with_the_age_of_its_target(table: str, ages: dict[str, int]) -> None:
    assert {name: store.most_minutes for name, store in stores(table).items()} == ages


def test_only_the_newest_copy_of_each_database_is_critical() -> None:
    assert {name for name, store in stores(*TABLES).items() if store.is_critical} == {"postgres", "documentdb"}


def test_production_has_copies_of_everything_and_the_others_of_nothing() -> None:
    assert [store.name for store in fixture_environment("prod").copied_stores] == list(stores(*TABLES))
    assert fixture_environment("dev").copied_stores == ()


def test_without_copies_or_what_is_copied_there_is_no_store() -> None:
    prod = fixture_environment("prod")
    recovery = present(prod.recovery)
    none = recovery.model_copy(update={"mode": "none", "region": None})
    assert prod.model_copy(update={"recovery": none}).copied_stores == ()
    security = present(prod.security).model_copy(update={"trail": None})
    names = [store.name for store in prod.model_copy(update={"security": security}).copied_stores]
    assert "audit" not in names
    domain = present(prod.domain).model_copy(update={"delegated": False})
    names = [store.name for store in prod.model_copy(update={"domain": domain}).copied_stores]
    assert "assets" not in names


def test_only_the_secrets_of_services_are_copied() -> None:
    names = ("postgres/url", "jwt/current", "api-keys/email", "documentdb/host", "jwt/previous")
    assert copied_parameters(names) == ("api-keys/email", "jwt/current", "jwt/previous")
