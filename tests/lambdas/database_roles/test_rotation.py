"""Rotation by two logins in turn: no client is refused, and what would cut one off is refused."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pg8000.exceptions import DatabaseError

from lambdas.database_roles import handler as function
from lambdas.database_roles.database import (
    BusyError,
    OldTasksError,
    ProxyRefusesError,
    RolesError,
    StoreError,
)
from lambdas.database_roles.patience import Patience
from lambdas.database_roles.postgres import Postgres
from tests.lambdas.database_roles.clients import Client, Pool, connect_each_time
from tests.lambdas.database_roles.platform import BACKEND, MASTER, OWNER, PATH, PROXY_HOST, WORKER, role

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.lambdas.database_roles.platform import Platform

pytestmark = [pytest.mark.emulator, pytest.mark.seconds(4)]

DAY = timedelta(days=1)


def at(patch: pytest.MonkeyPatch, now: datetime) -> None:
    """Let the function's clock show another time."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return now.astimezone(tz)

    patch.setattr(function, "datetime", Clock)


@pytest.fixture
def small(platform: Platform) -> Platform:
    """Only the owner, a role behind the proxy, and one that is not."""
    platform.change(OWNER, BACKEND, WORKER)
    platform.call("apply")
    return platform


@pytest.mark.parametrize("name", ["backend", "worker"])
def test_no_query_fails_in_three_rotations(small: Platform, name: str) -> None:
    with small.client("owner") as owner:
        owner.run(f"CREATE TABLE {name}.people (id int)")
    seen = []
    with (
        closing(Pool(small, name)) as pool,
        Client(pool.step) as pooled,
        Client(lambda: connect_each_time(small, name)) as fresh,
    ):
        for _ in range(3):
            # The tasks of before hold their pools through the turn, and are replaced before the next.
            small.replace_tasks()
            pool.replace()
            answer = small.call("rotate", role=name)
            seen.append(answer["roles"][name]["login"])
            for client in (pooled, fresh):
                client.wait_for_queries(8)
    assert not pooled.errors
    assert not fresh.errors
    assert seen == [f"{name}_b", f"{name}_a", f"{name}_b"]


def test_a_login_that_was_replaced_twice_cannot_sign_in(small: Platform) -> None:
    first = small.stored("worker", "a")
    small.call("rotate", role="worker")
    small.sign_in(first["username"], first["password"]).close()
    small.call("rotate", role="worker")
    with pytest.raises(DatabaseError, match="28P01"):
        small.sign_in(first["username"], first["password"])


def test_tasks_of_before_the_last_turn_are_named_before_the_next(small: Platform) -> None:
    (kept,) = small.start_tasks("worker")
    small.call("rotate", role="worker")
    small.start_tasks("worker")
    before = (small.url("worker"), small.stored("worker", "a"), small.stored("worker", "b"))

    with pytest.raises(OldTasksError, match=f"user-management-test-worker: {kept}\\)"):
        small.call("rotate", role="worker")

    assert (small.url("worker"), small.stored("worker", "a"), small.stored("worker", "b")) == before
    # The tasks of another service hold other logins.
    assert small.call("rotate", role="backend")["rotated"] == ["backend"]


def test_force_cuts_tasks_of_before_off(small: Platform) -> None:
    old = small.url("worker")
    small.start_tasks("worker")
    small.call("rotate", role="worker")
    assert small.call("rotate", role="worker", force=True)["rotated"] == ["worker"]
    with pytest.raises(DatabaseError, match="28P01"):
        small.connect(old)
    small.connect(small.url("worker")).close()


def test_a_turn_rotates_only_what_is_due(small: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(tz=UTC)
    assert small.call("turn")["outcome"] == "nothing is due"
    at(monkeypatch, now + 20 * DAY)
    small.call("rotate", role="worker")
    at(monkeypatch, now + 31 * DAY)
    answer = small.call("turn")
    assert (answer["outcome"], answer["rotated"]) == ("rotated", ["owner", "backend"])
    assert answer["roles"]["backend"]["due"] == (now + 61 * DAY).isoformat(timespec="seconds")


def test_one_role_that_cannot_rotate_does_not_stop_the_others(small: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    small.start_tasks("backend")
    small.call("rotate")
    small.start_tasks("worker")
    at(monkeypatch, datetime.now(tz=UTC) + 31 * DAY)
    with pytest.raises(OldTasksError, match="role backend"):
        small.call("turn")
    logins = {name: each["login"] for name, each in small.call("status")["roles"].items()}
    assert logins == {"owner": "owner_a", "backend": "backend_b", "worker": "worker_a"}


def test_a_turn_before_the_first_apply_has_ended_leaves_the_role_alone(platform: Platform) -> None:
    platform.call("prepare")
    answer = platform.call("turn")
    assert {each["login"] for each in answer["roles"].values()} == {None}
    with pytest.raises(RolesError, match="role worker has no url yet: invoke the function"):
        platform.call("rotate", role="worker")


def be_patient(patch: pytest.MonkeyPatch, meanwhile: Callable[[], None] = lambda: None) -> list[float]:
    """Let no time pass while the function waits; returns how long it waited each time."""
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        meanwhile()

    def patience(**options: float) -> Patience:
        return Patience(**options, sleep=sleep, clock=lambda: sum(waits))

    patch.setattr(function, "Patience", patience)
    return waits


def test_two_runs_at_once_do_not_meet(small: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    other = small.open_database()
    with other.lock():
        with pytest.raises(
            BusyError,
            match=rf"another run is changing the roles of localhost: the session \d+ of {MASTER} holds the lock",
        ):
            small.call("rotate")
        # What Terraform asks for waits.
        waits = be_patient(monkeypatch, other.close)
        assert small.call("apply")["outcome"] == "applied"
        assert len(waits) == 1


def test_a_killed_run_keeps_nobody_out(small: Platform) -> None:
    killed = small.open_database()
    killed.lock().__enter__()
    killed.close()
    assert small.call("rotate")["outcome"] == "rotated"


def refuse_at_proxy(patch: pytest.MonkeyPatch, *, times: int) -> list[str]:
    """Let the proxy know only passwords of before, so many times; returns whom it refused."""
    sign_in, refused = Postgres.signs_in, list[str]()

    def signs_in(self: Postgres, login: str, password: str, *, host: str | None = None) -> bool:
        if host and len(refused) < times:
            refused.append(login)
            return False
        return sign_in(self, login, password, host=host)

    patch.setattr(Postgres, "signs_in", signs_in)
    return refused


def test_it_waits_for_a_proxy_that_reads_its_secrets_late(small: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = be_patient(monkeypatch)
    refused = refuse_at_proxy(monkeypatch, times=5)
    assert small.call("rotate", role="backend")["roles"]["backend"]["login"] == "backend_b"
    assert refused == ["backend_b"] * 5
    assert len(waits) == 5


def test_an_apply_waits_for_minutes_for_a_new_proxy(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = be_patient(monkeypatch)
    refuse_at_proxy(monkeypatch, times=200)
    assert platform.call("apply")["outcome"] == "applied"
    assert sum(waits) == 400


def test_the_url_stays_if_the_proxy_goes_on_refusing(small: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    before = small.url("backend")
    waits = be_patient(monkeypatch)
    refuse_at_proxy(monkeypatch, times=1000)
    with pytest.raises(ProxyRefusesError, match="the proxy refuses backend_b with the password of its secret"):
        small.call("rotate")
    assert sum(waits) <= 60
    assert small.url("backend") == before
    assert small.url("worker").startswith("postgresql://worker_b:")  # which is not behind it

    # The next run goes on with the password that the proxy has read by then.
    stored = small.stored("backend", "b")
    monkeypatch.undo()
    small.call("rotate", role="backend")
    assert small.stored("backend", "b") == stored
    assert small.url("backend").startswith(f"postgresql://backend_b:{stored['password']}@127.0.0.1:")


def test_no_url_is_written_before_the_proxy_accepts_it(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    be_patient(monkeypatch)
    refuse_at_proxy(monkeypatch, times=1000)
    with pytest.raises(ProxyRefusesError, match="the proxy refuses backend_a"):
        platform.call("apply")
    assert platform.url("backend") == "unset"
    assert platform.url("worker").startswith("postgresql://worker_a:")


def test_a_proxy_without_a_host_is_reported(platform: Platform) -> None:
    platform.ssm.delete_parameter(Name=PROXY_HOST)
    assert platform.call("prepare")["outcome"] == "prepared"
    with pytest.raises(RolesError, match=f"the parameter {PROXY_HOST} does not hold the host of the proxy"):
        platform.call("apply")


def test_the_url_of_an_iam_role_behind_the_proxy_has_no_password(platform: Platform) -> None:
    platform.change(OWNER, BACKEND | {"iam": True})
    platform.call("apply")
    assert platform.url("backend") == "postgresql://backend_a@127.0.0.1:5432/users?sslmode=verify-full"
    assert platform.call("rotate", role="backend")["rotated"] == ["backend"]
    assert platform.url("backend") == "postgresql://backend_b@127.0.0.1:5432/users?sslmode=verify-full"


def test_a_url_from_before_the_proxy_still_signs_in(platform: Platform) -> None:
    platform.change(OWNER, role("backend"))
    platform.call("apply")
    before = platform.url("backend")
    platform.change(OWNER, role("backend", proxied=True))
    platform.call("prepare")
    platform.call("apply")
    assert platform.url("backend") == before.replace("@localhost:", "@127.0.0.1:")
    assert platform.stored("backend", "a")["password"] in before
    platform.connect(before).close()


def test_a_url_that_somebody_changed_is_written_again(small: Platform) -> None:
    before = small.url("worker")
    small.ssm.put_parameter(Name=f"/{PATH}/worker/url", Value=before + "x", Type="SecureString", Overwrite=True)
    small.call("turn")
    assert small.url("worker") == before


@pytest.mark.parametrize("text", ["{}", "no JSON", '{"username": "other", "password": "x", "set_at": "2026-01-01"}'])
def test_a_store_that_somebody_changed_is_reported_without_its_value(small: Platform, text: str) -> None:
    place = f"/{PATH}/worker/b"
    small.ssm.put_parameter(Name=place, Value=text, Type="SecureString", Overwrite=True)
    with pytest.raises(StoreError, match=f"the parameter {place} does not hold the login worker_b") as caught:
        small.call("turn")
    assert text not in str(caught.value)

    # As the message says.
    small.ssm.put_parameter(Name=place, Value="unset", Type="SecureString", Overwrite=True)
    small.call("apply")
    stored = small.stored("worker", "b")
    small.sign_in(stored["username"], stored["password"]).close()


def test_a_lost_password_of_the_login_in_use_is_replaced_with_its_url(small: Platform) -> None:
    small.ssm.put_parameter(Name=f"/{PATH}/worker/a", Value="unset", Type="SecureString", Overwrite=True)
    small.call("turn")
    small.connect(small.url("worker")).close()
    assert small.url("worker").startswith("postgresql://worker_a:")
