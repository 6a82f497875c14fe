"""What goes wrong, and how long, in the words of the scenarios."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tests.alarms import where
from tests.alarms.scenario import Expected, Scenario
from tests.alarms.world import both, of_service, service
from tests.fixtures import ENVIRONMENTS

if TYPE_CHECKING:
    from tests.alarms.world import Change, Service

SERVICES: Final = ("backend", "frontend")
START: Final = 30


def bad(
    name: str,
    change: Change,
    *expected: Expected,
    minutes: int = 60,
    only: tuple[str, ...] = ENVIRONMENTS,
    color: int = 0,
    if_late: bool = False,
) -> Scenario:
    """Something bad for some minutes, after which it is over."""
    return Scenario(
        name=f"{name}, for {minutes} minutes" + (", in the other target group" if color else ""),
        always=service(live=color),
        steps=((START, change), (START + minutes, both())),
        expected=expected,
        minutes=START + minutes + 60,
        only=only,
        if_late=if_late,
    )


def pair(
    name: str, change: Change, pattern: str, minutes: tuple[int, int], only: tuple[str, ...] = ENVIRONMENTS
) -> tuple[Scenario, ...]:
    """One message after so many minutes, none after so few."""
    just, short = minutes
    return (
        bad(name, change, Expected(pattern, START + just + 10), minutes=just, only=only),
        bad(name, change, minutes=short, only=only),
    )


def with_tasks(one: Service, count: int) -> Service:
    """So many tasks, all of them healthy."""
    return replace(one, desired=count, running=count, healthy=count)


def objective(by: int | None = None) -> Expected:
    """So many requests fail that the month's error budget would be gone within days."""
    return Expected("critical: objective-availability-critical", by, where.OBJECTIVES)


def failing_requests(name: str, share: float) -> Change:
    """A share of the requests to a service gets a 5xx of its tasks."""
    return of_service(name, change=lambda one: replace(one, failed=share * one.requests))
