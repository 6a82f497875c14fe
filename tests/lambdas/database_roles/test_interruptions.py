"""A run that is killed after any statement and any call of AWS, and what the next one makes of it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pg8000.native
import pytest
from botocore.client import BaseClient

from lambdas.database_roles import postgres
from tests.lambdas.database_roles.platform import BACKEND, OWNER, PEOPLE, WORKER, open_platform

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.lambdas.database_roles.platform import Platform

pytestmark = [pytest.mark.emulator, pytest.mark.seconds(30)]

ROLES = (OWNER, BACKEND, PEOPLE)
MANY = 1000


class KilledError(BaseException):
    """No code of the function catches it."""


@contextmanager
def killed_after(steps: int) -> Iterator[list[str]]:
    """Kill the function right after it has done so many statements and calls; shows them."""
    done: list[str] = []

    def count(step: str) -> None:
        done.append(step)
        if len(done) >= steps:
            raise KilledError

    class Connection(pg8000.native.Connection):  # type: ignore[misc]
        def run(self, sql: str, **values: Any) -> Any:
            answer = super().run(sql, **values)
            count(sql)
            return answer

    call = BaseClient._make_api_call  # noqa: SLF001

    def make_api_call(self: Any, operation: str, params: Any) -> Any:
        answer = call(self, operation, params)
        count(operation)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postgres, "Connection", Connection)
        patch.setattr(BaseClient, "_make_api_call", make_api_call)
        yield done


def is_killed(platform: Platform, steps: int, action: str, **event: Any) -> bool:
    """Whether the run is killed after so many steps, or has fewer."""
    with killed_after(steps):
        try:
            platform.call(action, **event)
        except KilledError:
            return True
    return False


def catalog(platform: Platform) -> dict[str, list[Any]]:
    """Everything about roles and rights, without passwords."""
    queries = {
        "roles": "SELECT rolname, rolcanlogin, rolcreaterole, rolcreatedb, rolinherit, rolconfig, rolconnlimit, "
        "shobj_description(oid, 'pg_authid') FROM pg_roles WHERE oid > 16000 ORDER BY 1",
        "members": "SELECT roleid::regrole::text, member::regrole::text, grantor::regrole::text, admin_option, "
        "inherit_option, set_option FROM pg_auth_members WHERE member > 16000 ORDER BY 1, 2, 3",
        "databases": "SELECT datname, datdba::regrole::text, datacl::text FROM pg_database ORDER BY 1",
        "schemas": "SELECT nspname, nspowner::regrole::text, nspacl::text FROM pg_namespace "
        "WHERE nspname !~ '^pg_' ORDER BY 1",
        "tables": "SELECT oid::regclass::text, relowner::regrole::text, relacl::text FROM pg_class "
        "WHERE relnamespace::regnamespace::text IN ('audit', 'backend', 'worker') ORDER BY 1",
        "columns": "SELECT attname, atttypid::regtype::text, attacl::text FROM pg_attribute "
        "WHERE attrelid = to_regclass('audit.events') ORDER BY attnum",
        "defaults": "SELECT defaclrole::regrole::text, coalesce(defaclnamespace, 0)::regnamespace::text, "
        "defaclobjtype, defaclacl::text FROM pg_default_acl ORDER BY 1, 2, 3",
    }
    with platform.server.administrator() as administrator:
        return {name: administrator.run(query) for name, query in queries.items()}


def sign_in_everywhere(platform: Platform) -> None:
    """Database and stores agree, and each url names a login that works."""
    for role in platform.roles:
        for slot in role["stores"]:
            stored = platform.stored(role["name"], slot)
            platform.sign_in(stored["username"], stored["password"]).close()
        if role["stores"]:
            platform.connect(platform.url(role["name"])).close()


def test_a_first_run_ends_the_work_of_those_that_were_killed(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    with open_platform(first, roles=ROLES) as whole:
        whole.call("apply")
        expected = catalog(whole)
    with open_platform(second, roles=ROLES) as platform:
        empty = catalog(platform)
        for steps in range(1, MANY):
            if not is_killed(platform, steps, "apply"):
                break
            found = catalog(platform)
            # All or nothing: the roles are made in one transaction.
            assert found in (empty, expected), steps
            for role in platform.roles:
                if platform.url(role["name"]) != "unset" and role["stores"]:
                    platform.connect(platform.url(role["name"])).close()
        assert steps > 50
        platform.call("apply")
        assert catalog(platform) == expected
        sign_in_everywhere(platform)


@pytest.mark.parametrize(
    ("role", "force", "repair"), [(BACKEND, False, "rotate"), (WORKER, False, "turn"), (WORKER, True, "apply")]
)
def test_a_rotation_that_was_killed_is_ended_and_its_url_always_works(
    tmp_path: Path, role: dict[str, Any], repair: str, *, force: bool
) -> None:
    name = role["name"]
    with open_platform(tmp_path, roles=(OWNER, role)) as platform:
        platform.call("apply")
        expected = catalog(platform)
        for steps in range(1, MANY):
            platform.replace_tasks()
            held = platform.url(name)
            ended = not is_killed(platform, steps, "rotate", role=name, force=force)
            # The tasks that run hold the url from before, a new one reads the one of now.
            for url in (held, platform.url(name)):
                platform.connect(url).close()
            if ended:
                break
            if steps % 5 == 0:
                platform.replace_tasks()
                platform.call(repair)
                sign_in_everywhere(platform)
        assert steps > 15
        platform.call("turn")
        sign_in_everywhere(platform)
        assert catalog(platform) == expected
