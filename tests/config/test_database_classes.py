"""Memory and CPU credits of the instance classes."""

from __future__ import annotations

import pytest

from config.database_classes import DOCUMENTDB_CLASSES, POSTGRES_CLASSES, cpu_credits_per_hour, memory_mib

GIB = 1024


@pytest.mark.parametrize(
    ("name", "gib"),
    [
        ("db.t4g.micro", 1),
        ("db.t3.medium", 4),
        ("db.t3.2xlarge", 32),
        ("db.m6g.large", 8),
        ("db.m7i.48xlarge", 768),
        ("db.r5.large", 16),
        ("db.r6g.16xlarge", 512),
        ("db.x2g.large", 32),
        ("db.x2idn.32xlarge", 2048),
        ("db.x2iedn.xlarge", 128),
    ],
)
def test_memory_is_what_aws_lists(name: str, gib: int) -> None:
    assert memory_mib(name) == gib * GIB


def test_every_class_has_a_memory() -> None:
    assert all(memory_mib(name) >= GIB for name in (*POSTGRES_CLASSES, *DOCUMENTDB_CLASSES))


@pytest.mark.parametrize(
    ("name", "credits_"), [("db.t4g.micro", 12), ("db.t3.medium", 24), ("db.t3.2xlarge", 192), ("db.r5.large", None)]
)
def test_only_burstable_classes_earn_credits(name: str, credits_: int | None) -> None:
    assert cpu_credits_per_hour(name) == credits_
