"""The SQL that the documentation asks a person to run as the master, on a real server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from pg8000.exceptions import DatabaseError

from main import ROOT
from tests.lambdas.database_roles.platform import MASTER

if TYPE_CHECKING:
    from tests.lambdas.database_roles.platform import Platform

_BEFORE = (
    "CREATE TYPE public.state AS ENUM ('new', 'old')",
    "CREATE TABLE public.users (id serial PRIMARY KEY, name text NOT NULL, state public.state DEFAULT 'new')",
    "CREATE TABLE public.visits (id bigint GENERATED ALWAYS AS IDENTITY, at date NOT NULL) PARTITION BY RANGE (at)",
    "CREATE TABLE public.visits_2026 PARTITION OF public.visits FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
    'CREATE TABLE public."Odd Name" (id int)',
    "CREATE SEQUENCE public.tickets",
    "CREATE VIEW public.names AS SELECT name FROM public.users",
    "CREATE MATERIALIZED VIEW public.totals AS SELECT count(*) AS total FROM public.users",
    "CREATE FUNCTION public.twice(number int) RETURNS int LANGUAGE sql AS 'SELECT 2 * number'",
    "CREATE EXTENSION citext SCHEMA public",
    "INSERT INTO public.users (name) VALUES ('ann')",
)


def documented(page: str, word: str) -> str:
    """The block of SQL of a page of docs/ that has this word."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    blocks: list[str] = re.findall(r"^ *```sql\n(.+?)^ *```", text, flags=re.DOTALL | re.MULTILINE)
    (block,) = (block for block in blocks if word in block)
    return block


def run(connection: Any, block: str) -> None:
    """Each statement; a DO block, which has several, is one."""
    parts = [block] if "DO $" in block else block.split(";\n")
    for statement in parts:
        if statement.strip():
            connection.run(statement.strip().removesuffix(";"))


def schemas(connection: Any) -> dict[str, tuple[str, str]]:
    """Schema and owner of each relation, type and function that somebody made."""
    rows = connection.run(
        "SELECT relname, relnamespace::regnamespace::text, relowner::regrole::text FROM pg_class "
        "WHERE relkind IN ('r', 'p', 'v', 'm', 'S') AND relnamespace::regnamespace::text IN ('public', 'backend') "
        "UNION ALL SELECT typname, typnamespace::regnamespace::text, typowner::regrole::text FROM pg_type "
        "WHERE typname = 'state' UNION ALL SELECT proname, pronamespace::regnamespace::text, proowner::regrole::text "
        "FROM pg_proc WHERE proname = 'twice'"
    )
    return {name: (schema, owner) for name, schema, owner in rows}


@pytest.fixture
def upgraded(platform: Platform) -> Platform:
    """An environment in which the master had the tables, upgraded as the page says."""
    with platform.master() as master:
        for statement in _BEFORE:
            master.run(statement)
        run(master, documented("upgrades.md", "ALTER ROLE MASTER SET").replace("MASTER", MASTER))
    with platform.master() as open_connection:
        platform.call("apply")
        with platform.master() as master:
            run(master, documented("upgrades.md", "DO $move$"))
        # What an application of before still does on a connection that is open.
        assert open_connection.run("SELECT name FROM users") == [["ann"]]
        open_connection.run("INSERT INTO users (name) VALUES ('bob')")
    platform.call("apply")
    return platform


def test_everything_of_the_master_moves_to_the_role_and_belongs_to_owner(upgraded: Platform) -> None:
    with upgraded.master() as master:
        found = schemas(master)
        (citext,) = master.run("SELECT typnamespace::regnamespace::text FROM pg_type WHERE typname = 'citext'")
    assert set(found) == {
        *("Odd Name", "names", "state", "tickets", "totals", "twice", "users", "users_id_seq"),
        *("visits", "visits_2026", "visits_id_seq"),
    }
    assert set(found.values()) == {("backend", "owner")}
    assert citext == ["public"]


def test_the_role_reads_and_writes_what_has_moved_and_cannot_change_it(upgraded: Platform) -> None:
    with upgraded.client("backend") as backend:
        assert backend.run("INSERT INTO users (name) VALUES ('cid') RETURNING id") == [[3]]
        assert backend.run("SELECT name FROM names ORDER BY name") == [["ann"], ["bob"], ["cid"]]
        assert backend.run("SELECT twice(2), nextval('tickets')") == [[4, 1]]
        backend.run("INSERT INTO visits (at) VALUES ('2026-05-01')")
        assert backend.run("SELECT 'A'::citext = 'a'") == [[True]]
        with pytest.raises(DatabaseError, match="must be owner of table users"):
            backend.run("ALTER TABLE users ADD COLUMN age int")
    with upgraded.client("owner") as owner:
        owner.run("ALTER TABLE backend.users ADD COLUMN age int")


def test_a_second_run_changes_nothing(upgraded: Platform) -> None:
    with upgraded.master() as master:
        before = schemas(master)
        run(master, documented("upgrades.md", "DO $move$"))
        assert schemas(master) == before


def test_a_person_deletes_audit_events_as_the_page_says_and_leaves_one(applied: Platform) -> None:
    with applied.client("backend") as backend:
        backend.run("INSERT INTO audit.events (actor, action, subject) VALUES ('ann', 'create', 'user:4711')")
        backend.run("INSERT INTO audit.events (actor, action, subject) VALUES ('ann', 'create', 'user:1')")
    with applied.master() as master:
        run(master, documented("data.md", "SET LOCAL ROLE audit_owner").replace("2020-01-01", "2999-01-01"))
        assert master.run("SELECT role, actor, action, subject FROM audit.events ORDER BY id") == [
            ["backend", "ann", "create", "user:1"],
            [MASTER, "NAME", "erase", "user:4711"],
        ]
