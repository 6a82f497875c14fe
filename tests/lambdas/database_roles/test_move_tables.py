"""docs/move_tables.sql, by which an environment from before gives its tables to the new roles."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from emulator.databases.postgres_binaries import find_binaries
from tests.lambdas.database_roles.platform import MASTER, MASTER_PASSWORD

if TYPE_CHECKING:
    from tests.lambdas.database_roles.platform import Platform

pytestmark = [pytest.mark.emulator, pytest.mark.seconds(8)]

SQL = Path(__file__).parents[3] / "docs/move_tables.sql"

BEFORE = (
    "CREATE EXTENSION pg_trgm",
    "CREATE TYPE mood AS ENUM ('good', 'bad')",
    "CREATE TYPE place AS (street text, town text)",
    "CREATE TYPE span AS RANGE (subtype = float8)",
    "CREATE DOMAIN short AS text CHECK (length(VALUE) < 9)",
    "CREATE SEQUENCE numbers",
    "CREATE TABLE people (id serial PRIMARY KEY, other bigint GENERATED ALWAYS AS IDENTITY, name short, mood mood)",
    "ALTER TABLE people ADD COLUMN at place",
    "CREATE INDEX ON people USING gin (name gin_trgm_ops)",
    "CREATE TABLE parts (id int, day date) PARTITION BY RANGE (day)",
    "CREATE TABLE parts_2026 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
    'CREATE TABLE "Strange name" (id int REFERENCES people)',
    "CREATE VIEW names AS SELECT name FROM people",
    "CREATE MATERIALIZED VIEW copies AS SELECT name FROM people",
    "CREATE FUNCTION is_good(mood) RETURNS bool LANGUAGE sql AS $$SELECT $1 = 'good'$$",
    "CREATE PROCEDURE nothing() LANGUAGE sql AS ''",
    "INSERT INTO people (name, mood) VALUES ('ann', 'good')",
    "INSERT INTO parts VALUES (1, '2026-06-01')",
)


def move(platform: Platform) -> str:
    place = f"host=localhost port={platform.server.port} dbname=users user={MASTER} sslmode=verify-full"
    trusted = f"sslrootcert={platform.authorities} options=-csearch_path=pg_catalog"
    done = subprocess.run(
        [find_binaries() / "psql", f"{place} {trusted}", "--set", "schema=backend", "--file", SQL],
        env=os.environ | {"PGPASSWORD": MASTER_PASSWORD},
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_what_the_master_made_belongs_to_the_owner_and_the_role_uses_it(platform: Platform) -> None:
    with platform.master() as master:
        for statement in BEFORE:
            master.run(statement)
    platform.call("apply")

    assert "moved table backend.people" in move(platform)

    with platform.client("backend") as backend:
        assert backend.run("SELECT name, is_good(mood) FROM people") == [["ann", True]]
        assert backend.run("INSERT INTO people (name) VALUES ('bob') RETURNING id, other") == [[2, 2]]
        assert backend.run("SELECT count(*) FROM names") == [[2]]
        assert backend.run("SELECT nextval('numbers'), similarity('ann', 'ann')") == [[1, 1.0]]
        backend.run("INSERT INTO parts VALUES (2, '2026-07-01')")
        assert backend.run('SELECT * FROM copies, "Strange name"') == []
    with platform.client("owner") as owner:
        owner.run("ALTER TABLE backend.people ADD COLUMN more text")
        owner.run("REFRESH MATERIALIZED VIEW backend.copies")
        owner.run("ALTER TYPE backend.mood ADD VALUE 'better'")
        owner.run("DROP PROCEDURE backend.nothing")
    with platform.server.administrator() as administrator:
        left = administrator.run(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            "UNION ALL SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typname !~ 'gtrgm'"
        )
    assert left == []

    # Again, and after it a run of the function, changes nothing.
    assert "moved" not in move(platform)
    platform.call("apply")
    with platform.client("backend") as backend:
        backend.run("DELETE FROM people WHERE name = 'bob'")
