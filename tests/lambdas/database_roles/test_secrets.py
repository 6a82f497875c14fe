"""No secret is in an answer, a log, an error or PostgreSQL's own log, even if that has every statement."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from typing import TYPE_CHECKING

import pytest

from lambdas.database_roles.database import RolesError
from lambdas.database_roles.scram import verifier
from lambdas.database_roles.stores import Login
from tests.lambdas.database_roles.platform import BACKEND, MASTER_PASSWORD, OWNER, WORKER, open_platform

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.lambdas.database_roles.platform import Platform

pytestmark = [pytest.mark.emulator, pytest.mark.seconds(4)]

ROLES = (OWNER, BACKEND, WORKER)


@pytest.fixture
def logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Platform]:
    with open_platform(tmp_path, roles=ROLES, log_statements=True) as platform:
        caplog.set_level(logging.DEBUG)
        # boto3 logs what it sends at this level, which nobody switches on in Lambda.
        for name in ("botocore", "boto3", "urllib3"):
            caplog.set_level(logging.INFO, logger=name)
        yield platform


def passwords(platform: Platform) -> set[str]:
    return {platform.stored(role["name"], slot)["password"] for role in ROLES for slot in role["stores"]}


def test_no_secret_leaves_the_stores(logged: Platform, caplog: pytest.LogCaptureFixture) -> None:
    seen, shown = {MASTER_PASSWORD}, []
    for action in ("prepare", "apply", "status", "turn", "rotate", "rotate"):
        shown.append(repr(logged.call(action)))
        seen |= passwords(logged)
    logged.ssm.delete_parameter(Name=logged.roles[2]["url"]["parameter"])
    with logged.master() as master:
        master.run("ALTER ROLE worker_a RENAME TO somebody")
    with pytest.raises(Exception, match="ParameterNotFound") as caught:
        logged.call("rotate", role="worker")
    shown.append(repr(caught.getrepr(showlocals=False, chain=True)))

    assert len(seen) == 1 + 3 * (2 + 2)  # of the master; each of three roles has two, and got two others
    assert 'ALTER ROLE "backend_a" PASSWORD' in logged.server.log
    for text in (*shown, caplog.text, logged.server.log):
        assert not [secret for secret in seen if secret in text]


def test_an_error_of_the_database_does_not_show_the_statement(logged: Platform) -> None:
    logged.call("apply")
    with logged.master() as master:
        master.run("ALTER ROLE worker_b RENAME TO somebody")
    with pytest.raises(RolesError) as caught:
        logged.call("rotate", role="worker")
    assert "SCRAM" not in str(caught.value)
    assert "worker_b" in str(caught.value)


def test_a_login_does_not_show_its_password() -> None:
    from datetime import UTC, datetime  # noqa: PLC0415

    assert "geheim" not in repr(Login(username="a", password="geheim", set_at=datetime.now(tz=UTC)))


def test_the_verifier_is_what_postgresql_computes_itself(logged: Platform) -> None:
    """Each has a salt of its own; with the same salt, the server makes the same of a password."""
    made = verifier("Password1")
    assert made != verifier("Password1")
    with logged.server.administrator() as administrator:
        administrator.run("CREATE ROLE theirs LOGIN PASSWORD 'Password1'")
        ((theirs,),) = administrator.run("SELECT rolpassword FROM pg_authid WHERE rolname = 'theirs'")
        administrator.run(f"ALTER ROLE theirs PASSWORD '{made}'")
        administrator.run("GRANT CONNECT ON DATABASE users TO theirs")
    logged.sign_in("theirs", "Password1").close()
    assert theirs.split(":")[0].split("$")[:2] == made.split(":")[0].split("$")[:2]
    salt = base64.b64decode(theirs.split("$")[1].split(":")[1])
    salted = hashlib.pbkdf2_hmac("sha256", b"Password1", salt, 4096)
    assert base64.b64encode(hmac.digest(salted, b"Server Key", "sha256")).decode() == theirs.split(":")[-1]
