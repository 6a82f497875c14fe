"""Roles of the databases: their names, their logins, and what the tables of one database need of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from config.database_roles import DatabaseRole, login_names, role_name_for, validate_role_name
from config.service_values import ServiceName
from tests.config.examples import changed, parsed, present, refusal, text

if TYPE_CHECKING:
    from config.environment import Environment

BACKEND = "[postgres.roles.backend]\n"
RESERVED = "is not a valid role name: PostgreSQL, DocumentDB or AWS reserves it; use another name"
PLATFORM = (
    "is not a valid role name: the platform makes owner, audit, audit_owner, restore_check itself; use another name"
)
CHARACTERS = (
    "is not a valid role name; SQL has it without quotes, so use lowercase letters, digits and _, and start with a "
    'letter, like "backend"'
)
ENDINGS = (
    "is not a valid role name: _a, _b, _iam are the endings of the logins that each role has; use a name with another "
    "ending"
)


def with_role(name: str, *, database: str = "postgres") -> str:
    """Production's file with one more role."""
    table = f"[{database}.roles.backend]\n"
    return changed((table, f"[{database}.roles.{name}]\n{table}"))


def role(environment: Environment, name: str) -> DatabaseRole:
    return next(each for each in environment.postgres_roles if each.name == name)


@pytest.mark.parametrize("database", ["postgres", "documentdb"])
@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("user", RESERVED),
        ("public", RESERVED),
        ("pg_reports", RESERVED),
        ("rds_reports", RESERVED),
        ("rdsproxyadmin", RESERVED),
        ("admin", RESERVED),
        ("serviceadmin", RESERVED),
        ("information_schema", RESERVED),
        ("local", RESERVED),
        ("config", RESERVED),
        ("owner", PLATFORM),
        ("audit", PLATFORM),
        ("audit_owner", PLATFORM),
        ("backend_a", ENDINGS),
        ("backend_b", ENDINGS),
        ("people_iam", ENDINGS),
        ("Backend", CHARACTERS),
        ("back-end", CHARACTERS),
        ("2backend", CHARACTERS),
        ("_backend", CHARACTERS),
    ],
)
def test_a_name_that_a_database_refuses_is_refused(name: str, allowed: str, database: str) -> None:
    assert refusal(with_role(name, database=database)) == [f"{database}.roles.{name}: {allowed}"]


@pytest.mark.parametrize(("name", "shown"), [('"ba ck"', '"ba ck"'), ('""', '""'), ('"x;y"', '"x;y"')])
def test_a_name_with_other_characters_is_refused(name: str, shown: str) -> None:
    assert refusal(with_role(name)) == [f"postgres.roles.{shown}: {CHARACTERS}"]


def test_a_name_that_postgresql_would_cut_is_refused() -> None:
    assert refusal(with_role("x" * 41)) == [
        (
            f"postgres.roles.{'x' * 41}: is not a valid role name; it must have 40 characters or fewer, and has 41, "
            "because PostgreSQL cuts the names of its logins at 63"
        )
    ]
    longest = present(parsed(with_role("x" * 40)).postgres)
    assert max(len(login) for name in longest.roles for login in login_names(name)) < 63


@pytest.mark.parametrize("name", ["backend", "reports_2", "a", "b", "iam", "users", "database", "owners", "auditor"])
def test_other_names_are_accepted(name: str) -> None:
    assert validate_role_name(name) == name


@given(st.from_regex(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", fullmatch=True).filter(lambda name: len(name) <= 20))
def test_every_service_has_a_valid_name_for_its_role(service: str) -> None:
    assert TypeAdapter(ServiceName).validate_python(service) == service
    assert validate_role_name(role_name_for(service))


def test_the_roles_of_a_database_start_with_the_owner() -> None:
    environment = parsed(with_role("people"))
    assert [(each.name, each.access, each.service) for each in environment.postgres_roles] == [
        ("owner", "owner", None),
        ("people", "read_write", None),
        ("backend", "read_write", "backend"),
    ]
    assert [each.name for each in environment.documentdb_roles] == ["owner", "backend"]


def test_a_role_has_two_logins_each_with_one_stored_place_and_a_url() -> None:
    backend = role(parsed(changed()), "backend")
    assert backend.logins == ("backend_a", "backend_b")
    assert backend.stores == {"a": "postgres/backend/a", "b": "postgres/backend/b"}
    assert backend.url_name == "postgres/backend/url"
    assert backend.audit == ("insert",)


def test_a_role_with_tokens_has_passwords_only_behind_the_proxy() -> None:
    environment = parsed(text("staging"))
    proxied, direct = role(environment, "backend"), role(environment, "reports")
    assert (proxied.iam, proxied.is_proxied, proxied.logins) == (True, True, ("backend_a", "backend_b"))
    assert (direct.iam, direct.is_proxied, direct.logins, direct.stores) == (True, False, ("reports_iam",), {})


def test_only_roles_of_services_are_behind_the_proxy() -> None:
    behind = {each.name for each in parsed(with_role("people")).postgres_roles if each.is_proxied}
    assert behind == {"backend"}
    assert not any(each.is_proxied for each in parsed(text("dev")).postgres_roles)
    assert not any(each.is_proxied for each in parsed(text()).documentdb_roles)


def test_a_service_that_reads_its_url_while_it_runs_does_not_start_with_it() -> None:
    assert role(parsed(changed()), "backend").starts_with_url
    by_name = changed(
        ('DATABASE_URL = "postgres/url"', "#"), ('JWT_CURRENT_PARAMETER = "jwt/current"', 'URL = "postgres/url"')
    )
    assert not role(parsed(by_name), "backend").starts_with_url
    assert not role(parsed(changed()), "owner").starts_with_url


def test_the_urls_of_two_databases_are_told_apart() -> None:
    environment = parsed(changed(('DATABASE_URL = "postgres/url"', "#")))
    assert [each.starts_with_url for each in environment.postgres_roles] == [False, False]
    assert [each.starts_with_url for each in environment.documentdb_roles] == [False, True]


def test_a_database_without_roles_has_the_owner() -> None:
    toml = changed(
        (f'{BACKEND}audit = ["insert"]', ""), ('postgres_role = "backend"', "#"), ('DATABASE_URL = "postgres/url"', "#")
    )
    assert [each.name for each in parsed(toml).postgres_roles] == ["owner"]


@pytest.mark.parametrize("days", [-1, 0, 366])
@pytest.mark.parametrize("database", ["postgres", "documentdb"])
def test_a_rotation_out_of_range_is_refused(days: int, database: str) -> None:
    start, table, rest = changed().partition(f"[{database}]\n")
    assert refusal(start + table + rest.replace("rotation_days = 30", f"rotation_days = {days}", 1)) == [
        (
            f"{database}.rotation_days = {days}: must be 1 to 365: in less than a day a release would not have "
            "replaced the tasks that have the password before, and no password should be valid for more than a year"
        )
    ]


def test_passwords_are_replaced_every_thirty_days_unless_the_file_says_otherwise() -> None:
    assert present(parsed(changed(("rotation_days = 30", "#"))).postgres).rotation_days == 30


@pytest.mark.parametrize("database", ["postgres", "documentdb"])
def test_a_reader_with_nothing_to_read_is_refused(database: str) -> None:
    table = f"[{database}.roles.backend]\n"
    toml = changed((table, f'{table}access = "read_only"\n'), ('audit = ["insert"]', "#"))
    assert refusal(toml) == [
        (
            f'{database}.roles.backend.access = "read_only": has nothing to read: there is no role with '
            'access = "read_write"; add one, or remove this one'
        )
    ]


def test_a_reader_of_the_audit_log_alone_has_something_to_read() -> None:
    toml = changed((f'{BACKEND}audit = ["insert"]', f'{BACKEND}access = "read_only"\naudit = ["read"]'))
    assert role(parsed(toml), "backend").audit == ("read",)


def test_a_reader_that_writes_to_the_audit_log_is_refused() -> None:
    toml = with_role("reports").replace("roles.reports]", 'roles.reports]\naccess = "read_only"\naudit = ["insert"]', 1)
    assert refusal(toml) == [
        (
            'postgres.roles.reports.audit = ["insert"]: must not have "insert" with access = "read_only", which writes '
            'nothing; remove it, or use access = "read_write"'
        )
    ]


def test_a_right_on_the_audit_log_is_known_and_listed_once() -> None:
    assert refusal(changed(('audit = ["insert"]', 'audit = ["read", "insert", "read"]'))) == [
        'postgres.roles.backend.audit[2] = "read": is listed twice; remove one'
    ]
    assert refusal(changed(('audit = ["insert"]', 'audit = ["delete"]'))) == [
        'postgres.roles.backend.audit[0] = "delete": allowed: "insert", "read"'
    ]


def test_another_access_is_refused_with_the_allowed_ones() -> None:
    assert refusal(changed((BACKEND, f'{BACKEND}access = "readonly"\n'))) == [
        ('postgres.roles.backend.access = "readonly": did you mean "read_only"? Allowed: "read_write", "read_only"')
    ]


@pytest.mark.parametrize("setting", ["iam = true", 'audit = ["read"]'])
def test_documentdb_has_neither_tokens_nor_an_audit_log(setting: str) -> None:
    table = "[documentdb.roles.backend]\n"
    (line,) = refusal(changed((table, f"{table}{setting}\n")))
    assert line == f"documentdb.roles.backend.{setting}: unknown setting; allowed: access"
