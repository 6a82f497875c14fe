from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from acceptance.releases.users import EVERY_SECONDS, Address, Users, ask_listener, dead_ends_of
from emulator.registry import REGISTRY
from emulator.releases import observers, task_sets
from emulator.releases.answers import FAILS_AFTER, STATUSES
from tests.emulator.releases import Platform, fast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from acceptance.account import EmulatedSession
    from emulator import Emulator

WEB = Address("web", "arn", "web.example.com", "/health")
SECONDS = 20


def users(*answers: tuple[int, str], ends: list[str] | None = None, asked: threading.Event | None = None) -> Users:
    left = list(answers)

    def ask(_: Address) -> tuple[int, str]:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if asked and len(left) == 1:
            asked.set()
        return answer

    return Users([WEB], ask=ask, dead_ends=lambda _: iter(ends or ()))


def seen(them: Users, asked: threading.Event) -> list[str]:
    with them.asking():
        assert asked.wait(SECONDS)
        time.sleep(0.15)
    return list(them.tally.problems())


def test_answers_with_200_are_no_problem_and_are_told_in_their_order() -> None:
    asked = threading.Event()
    them = users((200, "web:1"), (200, "web:2"), asked=asked)
    assert seen(them, asked) == []
    assert them.tally.seen == {"web": ["web:1", "web:2"]}
    assert them.tally.requests >= 2


def test_nobody_is_asked_while_they_rest_and_then_again() -> None:
    them = users((200, "web:1"))

    def more_than(count: int) -> bool:
        deadline = time.monotonic() + SECONDS
        while them.tally.requests <= count and time.monotonic() < deadline:
            time.sleep(0.01)
        return them.tally.requests > count

    with them.asking():
        assert more_than(0)
        with them.resting():
            before = them.tally.requests
            time.sleep(6 * EVERY_SECONDS)
            rested = them.tally.requests
            assert rested <= before + 1, "only who was being asked when the rest began"
        assert more_than(rested + 1)
    assert list(them.tally.problems()) == []


def test_every_other_answer_is_a_miss() -> None:
    asked = threading.Event()
    them = users((200, "web:1"), (503, "no healthy target"), (200, "web:1"), asked=asked)
    (problem,) = seen(them, asked)
    assert problem.startswith("1 of ")
    assert "web answered 503 (no healthy target)" in problem


def test_no_answer_is_a_miss() -> None:
    def ask(_: Address) -> tuple[int, str]:
        raise ConnectionRefusedError

    them = Users([WEB], ask=ask, dead_ends=lambda _: iter(()))
    with them.asking():
        time.sleep(0.05)
    assert "web did not answer: ConnectionRefusedError()" in them.tally.misses[0]


def test_a_weight_without_a_healthy_target_is_noticed_at_the_change_itself() -> None:
    ends: list[str] = []
    them = users((200, "web:1"), ends=ends)
    with them.asking():
        time.sleep(0.05)
        with REGISTRY.lock:
            ends.append("weight 100 of port 443 leads to green, which has no healthy target")
            observers.tell()
            ends.clear()
    assert them.tally.dead_ends == {"web: weight 100 of port 443 leads to green, which has no healthy target"}
    with REGISTRY.lock:
        ends.append("later")
        observers.tell()
    assert len(them.tally.dead_ends) == 1


@pytest.fixture
def platform(session: EmulatedSession, account_id: str) -> Iterator[Platform]:
    def client(service: str, *, account: str = "", **_: Any) -> Any:
        assert account in {"", account_id}
        return session.client(service)

    with fast(0.01):
        yield Platform(client, account=account_id)


def test_weights_that_lead_to_tasks_that_fail_their_checks_are_found(platform: Platform, emulator: Emulator) -> None:
    assert emulator.url
    address = Address("web", platform.listeners["production"], "web.example.com", "/")
    assert list(dead_ends_of(address)) == []
    shift(platform, blue=0, green=100)
    (problem,) = dead_ends_of(address)
    assert problem.startswith("weight 100 of port 80 leads to ")
    assert platform.groups["green"] in problem
    shift(platform, blue=100, green=0)
    assert list(dead_ends_of(address)) == []
    group = task_sets._group(_primary(platform))  # noqa: SLF001 - no call of AWS makes a task sick
    with REGISTRY.lock:
        task_sets._sick(group).update(group.targets)  # noqa: SLF001
    assert len(list(dead_ends_of(address))) == 1


def test_the_listener_answers_with_the_image_until_it_fails(platform: Platform) -> None:
    address = Address("web", platform.listeners["production"], "no-certificate.invalid", "/")
    FAILS_AFTER["web:1"] = 1
    assert [ask_listener(address) for _ in range(3)] == [(200, "web:1"), (500, "web:1"), (500, "web:1")]
    FAILS_AFTER.clear()
    STATUSES["web:1"] = 404
    assert ask_listener(address) == (404, "web:1")


def _primary(platform: Platform) -> Any:
    from moto.ecs.models import ecs_backends  # noqa: PLC0415

    (service,) = ecs_backends[platform.account]["us-east-1"].services.values()
    return task_sets.primary(service)


def shift(platform: Platform, **weights: int) -> None:
    groups = [{"TargetGroupArn": platform.groups[color], "Weight": weight} for color, weight in weights.items()]
    action = {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}
    platform.elb.modify_rule(RuleArn=platform.rules["production"], Actions=[action])
