"""The SQL that the documentation asks a person to run as the master, on a real server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from main import ROOT
from tests.lambdas.database_roles.platform import MASTER, OWNER, REPORTS, role
from tests.lambdas.database_roles.test_move_tables import move

if TYPE_CHECKING:
    from tests.lambdas.database_roles.platform import Platform


def run(connection: Any, page: str, word: str, **values: str) -> None:
    """Run the statements of the block of SQL, of a page of docs/, that has this word."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    blocks: list[str] = re.findall(r"^```sql\n(.+?)^```", text, flags=re.DOTALL | re.MULTILINE)
    (block,) = (block for block in blocks if word in block)
    for name, value in values.items():
        assert name in block
        block = block.replace(name, value)
    for statement in filter(None, block.strip().split(";\n")):
        connection.run(statement.removesuffix(";"))


@pytest.mark.parametrize("page", ["data.md", "upgrades.md"])
def test_the_master_of_a_person_finds_nothing_in_a_schema_that_others_can_create(page: str) -> None:
    commands = re.findall(r"psql .*user=MASTER .*", (ROOT / "docs" / page).read_text(encoding="utf-8"))
    assert commands
    assert [command for command in commands if "options=-csearch_path=pg_catalog" not in command] == []


@pytest.mark.emulator
@pytest.mark.seconds(8)
def test_open_connections_of_the_version_before_survive_the_move_of_the_tables(platform: Platform) -> None:
    with platform.master() as master:
        master.run("CREATE TABLE users (id serial PRIMARY KEY, name text)")
        run(master, "upgrades.md", "ALTER ROLE MASTER SET", MASTER=MASTER)
    with platform.master() as application:
        application.run("INSERT INTO users (name) VALUES ('ann')")
        platform.call("apply")
        assert "moved table backend.users" in move(platform)
        application.run("INSERT INTO users (name) VALUES ('bob')")
        assert application.run("SELECT name FROM users ORDER BY id") == [["ann"], ["bob"]]
    with platform.client("backend") as backend:
        assert backend.run("SELECT count(*) FROM users") == [[2]]


def test_a_person_deletes_audit_events_and_leaves_one(applied: Platform) -> None:
    with applied.client("backend") as backend:
        backend.run("INSERT INTO audit.events (actor, action, subject) VALUES ('ann', 'create', 'user:4711')")
        backend.run("INSERT INTO audit.events (actor, action, subject) VALUES ('ann', 'create', 'user:1')")
    with applied.master() as master:
        run(master, "data.md", "SET LOCAL ROLE audit_owner", **{"2020-01-01": "2999-01-01"})
        assert master.run("SELECT role, actor, action, subject FROM audit.events ORDER BY id") == [
            ["backend", "ann", "create", "user:1"],
            [MASTER, "NAME", "erase", "user:4711"],
        ]


def test_a_role_is_renamed_with_its_rows(applied: Platform) -> None:
    with applied.client("owner") as owner:
        owner.run("CREATE TABLE backend.users (name text)")
        owner.run("INSERT INTO backend.users VALUES ('ann')")
    with applied.master() as master:
        run(master, "data.md", "ALTER SCHEMA backend")
    applied.change(OWNER, role("accounts"), REPORTS)
    applied.call("apply")
    for name in ("accounts", "reports"):
        with applied.client(name) as client:
            assert client.run("SELECT name FROM accounts.users") == [["ann"]]
    with applied.client("accounts") as accounts:
        accounts.run("INSERT INTO users VALUES ('bob')")
    with applied.master() as master:
        assert master.run("SELECT count(*) FROM pg_namespace WHERE nspname = 'backend'") == [[0]]
