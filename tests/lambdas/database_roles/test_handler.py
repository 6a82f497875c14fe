"""What the function is asked, what it waits for, and what it answers."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from emulator.registry import REGISTRY
from lambdas.database_roles import handler as function
from lambdas.database_roles.database import StoppedError, UnreachableError
from lambdas.database_roles.patience import Patience
from lambdas.database_roles.settings import Access, Engine, Place, Settings
from tests.config.examples import present
from tests.lambdas.database_roles.platform import BACKEND, OWNER, PATH, PEOPLE, PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.lambdas.database_roles.platform import Platform


pytestmark = [pytest.mark.emulator, pytest.mark.seconds(2)]


@pytest.fixture
def small(platform: Platform) -> Iterator[Platform]:
    platform.change(OWNER, BACKEND, PEOPLE)
    yield platform
    REGISTRY.denied.clear()


def be_patient(patch: pytest.MonkeyPatch, meanwhile: Callable[[], None] = lambda: None) -> list[float]:
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        meanwhile()

    def patience(**options: float) -> Patience:
        return Patience(**options, sleep=sleep, clock=lambda: sum(waits))

    patch.setattr(function, "Patience", patience)
    return waits


def test_its_answers_say_which_login_is_in_use_and_until_when(small: Platform) -> None:
    assert small.call("prepare") == {
        "outcome": "prepared",
        "roles": {name: {"login": None, "set_at": None, "due": None} for name in ("owner", "backend", "people")},
    }
    answer = small.call("apply")
    assert answer["outcome"] == "applied"
    assert answer["roles"]["people"] == {"login": "people_iam", "set_at": None, "due": None}
    assert answer["roles"]["backend"] == {
        "login": "backend_a",
        "set_at": small.stored("backend", "a")["set_at"][:19] + "+00:00",
        "due": answer["roles"]["owner"]["due"],
    }
    assert small.call("status") == {**answer, "outcome": "unchanged"}


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({"action": "stop"}, "action 'stop' is not valid; it must be one of prepare, apply, turn, rotate, status"),
        (
            {"action": "rotate", "role": "people"},
            "role 'people' is not a role with a password; it must be one of backend",
        ),
        ({"action": "rotate", "role": "x"}, "role 'x' is not a role with a password; it must be one of backend, owner"),
    ],
)
def test_an_event_that_it_does_not_know_is_refused(small: Platform, event: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        small.call(**event)


@pytest.mark.parametrize(
    "denied", [("ssm", "PutParameter"), ("secretsmanager", "GetSecretValue"), ("secretsmanager", "PutSecretValue")]
)
def test_it_waits_for_rights_that_are_new(small: Platform, monkeypatch: pytest.MonkeyPatch, denied: Any) -> None:
    REGISTRY.denied.add(denied)
    waits = be_patient(monkeypatch, lambda: REGISTRY.denied.clear() if len(waits) == 3 else None)
    assert small.call("apply")["outcome"] == "applied"
    assert len(waits) == 3


def test_it_waits_no_longer_than_a_minute_and_only_for_what_terraform_asks(
    small: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.call("apply")
    REGISTRY.denied.add(("secretsmanager", "GetSecretValue"))
    waits = be_patient(monkeypatch)
    with pytest.raises(ClientError, match="AccessDenied"):
        small.call("apply")
    assert sum(waits) == 60
    waits.clear()
    with pytest.raises(ClientError, match="AccessDenied"):
        small.call("turn")
    assert not waits


@pytest.mark.parametrize("host", ["no-such-host.invalid", "127.0.0.2"])
def test_it_waits_for_a_database_that_does_not_answer_yet(
    small: Platform, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    small.variables["HOST"] = host
    waits = be_patient(monkeypatch, lambda: os.environ.update(HOST="localhost"))
    with pytest.raises(UnreachableError, match=f"{host} does not answer at port"):
        small.call("turn")
    assert not waits
    assert small.call("apply")["outcome"] == "applied"
    assert len(waits) == 1


def test_it_gives_up_a_call_of_aws_soon_and_waits_for_a_way_to_it(
    small: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small.environment():
        config = function.make_client("ssm").meta.config
    assert (config.connect_timeout, config.read_timeout, config.retries["total_max_attempts"]) == (5, 10, 3)

    failures = [ConnectTimeoutError(endpoint_url="https://ssm")]

    def status(*_: object) -> str:
        if failures:
            raise failures.pop()
        return "available"

    small.settings["stops"] = f"{PREFIX}-postgres"
    monkeypatch.setattr(function, "_status", status)
    waits = be_patient(monkeypatch)
    assert small.call("apply")["outcome"] == "applied"
    assert len(waits) == 1


def test_a_server_of_another_authority_or_name_is_not_trusted(small: Platform) -> None:
    small.authorities.write_text(_other_authority(), encoding="utf-8")
    with pytest.raises(UnreachableError, match="certificate verify failed"):
        small.call("turn")


def _other_authority() -> str:
    from emulator.databases.authority import Authority  # noqa: PLC0415

    return Authority().pem


@pytest.mark.parametrize("stopped", [True, False])
def test_a_database_that_sleeps_is_left_alone(small: Platform, *, stopped: bool) -> None:
    small.call("apply")
    identifier = f"{PREFIX}-postgres"
    small.rds.create_db_instance(
        DBInstanceIdentifier=identifier,
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="app",
        MasterUserPassword="not-a-secret",
    )
    small.settings["stops"] = identifier
    if stopped:
        small.rds.stop_db_instance(DBInstanceIdentifier=identifier)
        small.server.close()
        assert small.call("turn")["outcome"] == "stopped"
        assert small.call("status")["outcome"] == "unchanged"
        for action in ("prepare", "apply", "rotate"):
            with pytest.raises(
                StoppedError, match=f"the sleep schedule has stopped {identifier}, so nothing was changed"
            ):
                small.call(action)
    else:
        assert small.call("turn")["outcome"] == "nothing is due"


def test_a_turn_leaves_a_database_that_wakes_alone(small: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    small.call("apply")
    small.settings["stops"] = f"{PREFIX}-postgres"
    monkeypatch.setattr(function, "_status", lambda *_: "starting")
    assert small.call("rotate")["outcome"] == "rotated"
    small.server.close()
    assert small.call("turn")["outcome"] == "stopped"


def test_the_settings_are_what_synthesis_writes(small: Platform) -> None:
    small.call("status")
    settings = Settings.parse((small.authorities.parent / "settings.json").read_text(encoding="utf-8"))
    owner, backend, people = settings.roles
    assert (settings.engine, settings.rotation.days, settings.stops) == (Engine.POSTGRES, 30, None)
    assert (owner.access, backend.access, backend.audit) == (Access.OWNER, Access.READ_WRITE, ("insert",))
    assert backend.logins == ("backend_a", "backend_b")
    assert backend.stores["b"] == Place(service="secret", name=f"{PATH}/backend/b")
    assert str(present(backend.url).place) == f"the parameter /{PATH}/backend/url"
    assert (people.logins, people.has_passwords) == (("people_iam",), False)
