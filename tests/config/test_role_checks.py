"""Every check in config/role_checks.py, by its message."""

from __future__ import annotations

import pytest

from config.errors import ConfigError
from config.load import parse_environment
from config.role_checks import MAX_PROXIED_ROLES, check_proxied_roles
from tests.config.examples import FILE, changed, parsed, present, refusal, text, without

FRONTEND = "[services.frontend]\n"
PROXY = "[postgres.proxy]\n"
REPLICA = ("replicas = 0", "replicas = 1")
IAM = ('audit = ["insert"]', "iam = true")
READERS = ('DATABASE_URL = "postgres/url"', 'DATABASE_URL = "postgres/url"\nREADERS = "postgres/reader-hosts"')


def of_project(project: str) -> list[str]:
    """The problems of production's file in a project of that name."""
    try:
        parse_environment(text(), name="prod", project=project, file=FILE)
    except ConfigError as error:
        return [str(problem) for problem in error.problems]
    return []


@pytest.mark.parametrize("database", ["postgres", "documentdb"])
def test_two_services_with_one_role_are_refused(database: str) -> None:
    toml = changed((FRONTEND, f'{FRONTEND}{database}_role = "backend"\n'))
    assert refusal(toml) == [
        (
            f'services.backend.{database}_role = "backend": is already the role of services.frontend, and two services '
            "never share one, so that each has only its own rights; add a table for one of them, like "
            f"[{database}.roles.frontend]"
        )
    ]


def test_the_table_that_is_suggested_for_a_second_service_is_a_new_one() -> None:
    roles = (PROXY, f"[postgres.roles.frontend]\n{PROXY}"), (FRONTEND, f'{FRONTEND}postgres_role = "backend"\n')
    (line,) = refusal(changed(*roles))
    assert line.endswith("so that each has only its own rights; add a table for one of them")


def test_two_services_may_have_roles_of_one_name_in_two_databases() -> None:
    toml = changed(
        ('documentdb_role = "backend"', "#"),
        ('DOCUMENTDB_URL = "documentdb/url"', "#"),
        (FRONTEND, f'{FRONTEND}documentdb_role = "backend"\n'),
    )
    assert present(parsed(toml).documentdb_roles)[1].service == "frontend"


def test_a_role_that_does_not_exist_is_refused_with_the_nearest() -> None:
    toml = changed(
        (PROXY, f"[postgres.roles.reports]\n{PROXY}"), ('postgres_role = "backend"', 'postgres_role = "back"')
    )
    assert refusal(toml) == [
        (
            'services.backend.postgres_role = "back": is not a role of [postgres.roles]; did you mean "backend"? '
            'Allowed: "backend", "reports"'
        )
    ]


def test_a_role_is_refused_where_there_is_none() -> None:
    assert refusal(changed(('[postgres.roles.backend]\naudit = ["insert"]', ""))) == [
        'services.backend.postgres_role = "backend": is not a role: there is no [postgres.roles.backend]; add the table'
    ]


@pytest.mark.parametrize("database", ["postgres", "documentdb"])
def test_no_service_is_the_owner(database: str) -> None:
    assert refusal(changed((f'{database}_role = "backend"', f'{database}_role = "owner"'))) == [
        (
            f'services.backend.{database}_role = "owner": is the role of migrations, which may change and delete every '
            f"table, so no service signs in as it; use a role of [{database}.roles]"
        )
    ]


@pytest.mark.parametrize("table", ["secrets", "parameters"])
@pytest.mark.parametrize("database", ["postgres", "documentdb"])
def test_the_url_is_that_of_the_services_role(database: str, table: str) -> None:
    toml = f'{changed()}\n[services.frontend.{table}]\nURL = "{database}/url"\nHOST = "{database}/host"\n'
    assert refusal(toml) == [
        (
            f'services.frontend.{table}.URL = "{database}/url": is the url of the service\'s role, and it has none; '
            f"add {database}_role, or remove it here"
        )
    ]


@pytest.mark.parametrize("table", ["secrets", "parameters"])
@pytest.mark.parametrize("part", ["username", "password"])
@pytest.mark.parametrize("database", ["postgres", "documentdb"])
def test_user_and_password_alone_are_refused_with_the_url(database: str, part: str, table: str) -> None:
    assert refusal(f'{changed()}\n[services.frontend.{table}]\nPART = "{database}/{part}"\n') == [
        (
            f'services.frontend.{table}.PART = "{database}/{part}": is not a parameter any more: user and password '
            f'change when the url does, and must be read together; use "{database}/url", which has both'
        )
    ]


@pytest.mark.parametrize("database", ["postgres", "documentdb"])
def test_a_role_with_the_masters_name_is_refused(database: str) -> None:
    lines = of_project("backend")
    assert (
        f"{database}.roles.backend: is the name of the database's master user, which comes from the project's name; "
        "use another name for the role"
    ) in lines
    assert len(lines) == 2


@pytest.mark.parametrize("project", ["backend-a", "backend-b", "backend-iam"])
def test_a_role_with_a_login_of_the_masters_name_is_refused(project: str) -> None:
    master = project.replace("-", "_")
    assert of_project(project) == [
        (
            f'{database}.roles.backend: would have a login named "{master}", as the database\'s master user is, which '
            "comes from the project's name; use another name for the role"
        )
        for database in ("postgres", "documentdb")
    ]
    assert of_project("backend-c") == []


@pytest.mark.parametrize("days", [1, 6])
@pytest.mark.parametrize("database", ["postgres", "documentdb"])
def test_a_rotation_shorter_than_a_release_is_refused(days: int, database: str) -> None:
    start, table, rest = changed().partition(f"[{database}]\n")
    toml = start + table + rest.replace("rotation_days = 30", f"rotation_days = {days}", 1)
    assert refusal(toml) == [
        (
            f'{database}.rotation_days = {days}: must be 7 or more with deployment.strategy = "blue_green": CodeDeploy '
            "may take 5 days to shift the traffic and keeps old tasks for up to 2 more, and the next rotation replaces "
            "the password that these have"
        )
    ]


def test_a_rotation_as_long_as_a_release_is_accepted() -> None:
    assert present(parsed(changed(("rotation_days = 30", "rotation_days = 7"))).postgres).rotation_days == 7
    rolling = changed(("rotation_days = 30", "rotation_days = 1"), ('strategy = "blue_green"', 'strategy = "rolling"'))
    assert present(parsed(rolling).postgres).rotation_days == 1


def with_services(count: int) -> str:
    """Production's file with that many more services, each with a role; the pools are small."""
    size = "min_count = 1\nmax_count = 1\ncpu_units = 256\nmemory_mib = 512\npool_size = 1"
    services = [f'[services.one{number}]\npostgres_role = "one{number}"\n{size}\n' for number in range(count)]
    roles = "".join(f"[postgres.roles.one{number}]\n" for number in range(count))
    return changed((PROXY, f"{roles}{PROXY}"), ('"db.t3.medium"', '"db.m7g.2xlarge"')) + "\n" + "\n".join(services)


def test_the_proxy_knows_a_hundred_roles() -> None:
    most = parsed(with_services(MAX_PROXIED_ROLES - 1))
    assert sum(2 for role in most.postgres_roles if role.is_proxied) == 200
    assert refusal(with_services(MAX_PROXIED_ROLES)) == [
        (
            "postgres.roles: has 101 roles of services, and the proxy can have 100, because AWS allows it 200 secrets "
            "and each role has two; remove some, or [postgres.proxy]"
        )
    ]


def test_without_a_proxy_and_for_people_there_may_be_more() -> None:
    toml = with_services(MAX_PROXIED_ROLES)
    environment = parsed(with_services(MAX_PROXIED_ROLES - 1))
    roles = present(environment.postgres).roles
    people = {f"person{number}": roles["backend"] for number in range(200)}
    proxy = present(environment.postgres).proxy
    assert [*check_proxied_roles(environment.services, proxy, {**roles, **people})] == []
    assert parsed(without("postgres.proxy", toml=toml)).services["one99"].databases == ("postgres",)


@pytest.mark.parametrize("table", ["secrets", "parameters"])
def test_replicas_are_not_reached_with_the_tokens_of_the_proxy(table: str) -> None:
    toml = changed(
        IAM,
        REPLICA,
        (f"[services.backend.{table}]", f'[services.backend.{table}]\nREADERS = "postgres/reader-hosts"'),
    )
    assert refusal(toml) == [
        (
            f'services.backend.{table}.READERS = "postgres/reader-hosts": cannot be used by a role with iam = true, '
            'like "backend": only the proxy takes its tokens, and replicas are reached without the proxy; remove it '
            "here, or set iam = false in [postgres.roles.backend]"
        )
    ]


def test_replicas_are_reached_with_passwords_or_without_a_proxy() -> None:
    for toml in (changed(REPLICA, READERS), without("postgres.proxy", toml=changed(IAM, REPLICA, READERS))):
        assert parsed(toml).services["backend"].secrets["READERS"] == "postgres/reader-hosts"
