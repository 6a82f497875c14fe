"""The check finds a database that is open before or after, one that is not meanwhile, and a task that stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from acceptance.tunnels import check_tunnels_open_and_leave_nothing
from tests.operations.conftest import small  # noqa: F401 (a fixture)
from tests.preflight.conftest import session_of

if TYPE_CHECKING:
    from emulator import Emulator
    from tests.operations.conftest import Small


@pytest.fixture
def applied(small: Small) -> Small:  # noqa: F811 (pytest's way)
    return small.apply()


def check(place: Small) -> list[str]:
    class Session:
        """Clients of the emulator, as the session of an acceptance run has."""

        def client(self, service: str, **options: Any) -> Any:
            return session_of(place.id).client(service, endpoint_url=place.url, **options)

    return list(check_tunnels_open_and_leave_nothing(place.stacks(), Session(), place.id))


def open_to(place: Small, kind: str, port: int) -> None:
    pair = {"CidrIp": "10.0.0.0/16"}
    permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [pair]}
    place.client("ec2").authorize_security_group_ingress(
        GroupId=place.database_groups[kind], IpPermissions=[permission]
    )


def test_databases_that_open_and_close_are_fine(applied: Small, emulator: Emulator) -> None:
    assert emulator.url == applied.url
    assert check(applied) == []


def test_a_database_that_is_always_open_is_found(applied: Small) -> None:
    open_to(applied, "postgres", 5432)
    assert check(applied) == [
        "postgres in us-east-1: lets the group of tunnels in while none is open",
        "postgres in us-east-1: still lets the group of tunnels in",
    ]


def test_a_rule_or_task_that_stays_is_found(applied: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.tunnel_tasks.stop", lambda *_, **__: None)
    monkeypatch.setattr("operations.tunnel_rules.close", lambda *_, **__: 0)
    found = check(applied)
    assert "postgres in us-east-1: still lets the group of tunnels in" in found
    assert "postgres in us-east-1: the task of the tunnel still runs" in found


def test_a_tunnel_that_leads_nowhere_is_found(applied: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.tunnel_rules.admit", lambda *_, **__: None)
    assert [one.partition(", ")[0] for one in check(applied)] == [
        f"{kind} in us-east-1: the task of an open tunnel does not reach it: ['no group of "
        f"{applied.database_groups[kind]} allows port {port} in from {applied.group}']"
        for kind, port in (("postgres", 5432), ("documentdb", 27017))
    ]
