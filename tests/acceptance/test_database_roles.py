"""The check of the databases' roles finds an url that does not sign in, and a rotation that does not happen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from acceptance import database_roles
from acceptance.database_roles import check_roles_sign_in_and_rotate

if TYPE_CHECKING:
    from acceptance.account import EmulatedSession
    from config.environment import Environment
    from emulator import Emulator

ROTATED = {"outcome": "rotated"}
GOOD = {role: (f"{role}_a:one", f"{role}_b:two") for role in ("owner", "backend")}


class Stored(database_roles.Roles):
    """Urls that a test gives, before and after the rotation; a password is right unless it is "wrong"."""

    urls: dict[str, tuple[str, str]]
    rotated: set[str]
    answer: dict[str, Any]

    def url(self, role: Any) -> str:
        return f"postgresql://{self.urls[role.name][role.name in self.rotated]}@host:5432/users"

    def rotate(self, role: Any) -> dict[str, Any]:
        self.rotated.add(role.name)
        return self.answer

    def sign_in(self, url: str) -> str:
        return "refused" if "wrong" in url else ""


def problems(
    environment: Environment,
    monkeypatch: pytest.MonkeyPatch,
    *,
    urls: dict[str, tuple[str, str]],
    answer: dict[str, Any] = ROTATED,
) -> list[str]:
    monkeypatch.setattr(Stored, "urls", GOOD | urls, raising=False)
    monkeypatch.setattr(Stored, "rotated", set(), raising=False)
    monkeypatch.setattr(Stored, "answer", answer, raising=False)
    monkeypatch.setattr(database_roles, "Roles", Stored)
    return list(check_roles_sign_in_and_rotate(environment, None, None))  # type: ignore[arg-type]  # not asked


@pytest.fixture
def dev(environments: dict[str, Environment]) -> Environment:
    return environments["dev"].model_copy(update={"documentdb": None})


def test_roles_that_sign_in_before_and_after_a_rotation_have_no_problem(
    dev: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert problems(dev, monkeypatch, urls={}) == []


@pytest.mark.parametrize(
    ("urls", "said"),
    [
        (("backend_a:wrong", "backend_b:two"), ["it cannot sign in: refused"]),
        (("backend_a:one", "backend_b:wrong"), ["it cannot sign in with its new url after a rotation: refused"]),
        (("backend_a:one", "backend_a:two"), ["its url names the same login after a rotation"]),
    ],
)
def test_an_url_that_is_wrong_is_reported(
    dev: Environment, monkeypatch: pytest.MonkeyPatch, urls: tuple[str, str], said: list[str]
) -> None:
    found = problems(dev, monkeypatch, urls={"backend": urls})
    assert [each for each in found if "old url" not in each] == [f"backend of postgres: {each}" for each in said]


def test_a_rotation_that_fails_is_reported(dev: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = {"errorType": "OldTasksError"}
    assert problems(dev, monkeypatch, urls={}, answer=answer) == [
        f"{role} of postgres: it was not rotated: {answer}" for role in ("owner", "backend")
    ]


def test_a_password_in_the_url_of_a_role_with_tokens_is_reported(
    environments: dict[str, Environment], monkeypatch: pytest.MonkeyPatch
) -> None:
    staging = environments["staging"].model_copy(update={"documentdb": None})
    urls = {"backend": ("backend_a:one", "backend_b:two"), "reports": ("reports_iam", "reports_iam")}
    assert problems(staging, monkeypatch, urls=urls) == [
        "backend of postgres: its url has a password, though it signs in by IAM"
    ]


def test_a_database_that_refuses_a_login_is_what_the_client_says(
    emulator: Emulator, session: EmulatedSession, account_id: str, dev: Environment
) -> None:
    rds: Any = session.client("rds")
    rds.create_db_instance(
        DBInstanceIdentifier="users",
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        AllocatedStorage=20,
        DBName="users",
        MasterUsername="main",
        MasterUserPassword="the-masters-own",
    )
    (database,) = rds.describe_db_instances()["DBInstances"]
    host = database["Endpoint"]["Address"]
    here = dev.model_copy(update={"account_id": account_id})
    roles = database_roles.Roles(environment=here, session=session, emulator=emulator)
    assert roles.sign_in(f"postgresql://main:the-masters-own@{host}:5432/users") == ""
    assert "password authentication failed" in roles.sign_in(f"postgresql://main:another@{host}:5432/users")
