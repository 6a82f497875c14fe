"""What happens to the services: each of it to the backend and to the frontend, in either target group."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tests.alarms.scenario import Expected, Scenario
from tests.alarms.world import both, of_service, service, world

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.alarms.world import Change, Service

WITH_INSIGHTS: Final = ("staging", "prod")
"""Container Insights counts the tasks that are wanted; dev has it off, because CloudWatch charges for it."""
WITH_CLOUDFRONT: Final = ("staging", "prod")
WITH_OBJECTIVES: Final = ("staging", "prod")
SERVICES: Final = ("backend", "frontend")
START: Final = 30


def bad(
    name: str, change: Change, *expected: Expected, minutes: int = 60, only: tuple[str, ...] = (), color: int = 0
) -> Scenario:
    """Something bad for some minutes, after which it is over."""
    return Scenario(
        name=f"{name}, for {minutes} minutes" + (", in the other target group" if color else ""),
        always=service(live=color),
        steps=((START, change), (START + minutes, both())),
        expected=expected,
        minutes=START + minutes + 60,
        **({"only": only} if only else {}),
    )


def _day() -> Scenario:
    """Traffic and tasks rise and fall, single requests fail, a task is at its limit for some minutes."""
    steps: list[tuple[int, Change]] = []
    for hour in range(0, 24, 3):
        busy = 12 - abs(12 - hour)  # from 0 at midnight to 12 at noon
        minute = max(60 * hour, 1)
        normal = both(
            service(requests=50 + 100 * busy, cpu_percent=10 + 5 * busy, memory_percent=40 + busy),
            of_service(change=_with_more_tasks(busy // 6)),
        )
        steps += [
            (minute, normal),
            (minute + 60, both(normal, service(failed=1, unanswered=1, refused=1))),
            (minute + 61, normal),
            (minute + 120, both(normal, service(cpu_percent=99, slow_share=0.2, slow_seconds=0.5))),
            (minute + 122, normal),
        ]
    return Scenario(name="a healthy day", steps=tuple(steps), minutes=24 * 60)


def _with_more_tasks(count: int) -> Callable[[Service], Service]:
    """Not as many as auto-scaling starts at most."""
    return lambda one: _tasks(one, max(one.desired, min(one.desired + count, one.limit - 1)))


def _tasks(one: Service, count: int) -> Service:
    return replace(one, desired=count, running=count, healthy=count)


def _swap(name: str, *after: tuple[int, Change]) -> tuple[tuple[int, Change], ...]:
    """The tasks of the other target group start, get the requests, and the old ones end."""
    moved = service(name, live=1)
    return (
        (START, of_service(name, change=lambda one: replace(one, waiting=one.desired))),
        (START + 5, both(moved, of_service(name, change=lambda one: replace(one, waiting=one.desired)))),
        (START + 20, moved),
        *((minute, both(moved, change)) for minute, change in after),
    )


def _dead(name: str) -> Change:
    """No task is healthy: the load balancer answers all requests itself. The check of the site asks the backend."""
    tasks = of_service(
        name,
        change=lambda one: replace(one, healthy=0, unhealthy=one.desired, requests=0, unanswered=one.requests),
    )
    return both(tasks, world(site_answers=name != "backend"))


def objective(by: int | None = None) -> Expected:
    """So many requests fail that the month's error budget would be gone within days."""
    return Expected("critical: objective-availability-critical", by, WITH_OBJECTIVES)


def _outage(name: str) -> tuple[Expected, ...]:
    by = START + 10
    canary = "api" if name == "backend" else "site"
    return (
        objective(by),
        Expected(f"critical: {canary}-canary", only=WITH_OBJECTIVES),
        Expected(f"critical: {name}-absence", by),
        Expected("critical: load-balancer-errors", by),
        Expected("critical: cloudfront-errors", by + 5, WITH_CLOUDFRONT),
        *((Expected("critical: site-down", by, ("dev",)),) if name == "backend" else ()),
    )


def _of(name: str) -> tuple[Scenario, ...]:
    errors = Expected(f"critical: {name}-errors", START + 8)
    at_cloudfront = Expected("critical: cloudfront-errors", START + 12, WITH_CLOUDFRONT)
    slow = Expected(f"warning: {name}-slow", START + 25)
    failing = service(name, failed=240)
    return (
        # Outages and wrong answers.
        bad(f"{name}: no task is healthy", _dead(name), *_outage(name), Expected(f"warning: {name}-unhealthy")),
        bad(
            f"{name}: no task starts",
            both(_dead(name), service(name, unhealthy=0, running=0)),
            *_outage(name),
            Expected(f"warning: {name}-tasks", only=WITH_INSIGHTS),
        ),
        *(
            scenario
            for color in (0, 1)
            for scenario in (
                bad(
                    f"{name}: many answers are errors",
                    failing,
                    errors,
                    at_cloudfront,
                    objective(START + 10),
                    color=color,
                ),
                bad(f"{name}: some answers are errors", service(name, failed=36), errors, objective(), color=color),
                bad(
                    f"{name}: connections are refused",
                    service(name, refused=20, unanswered=20),
                    Expected(f"critical: {name}-connections", START + 8),
                    objective(),
                    color=color,
                ),
                bad(
                    f"{name}: the slowest tenth is slower than the target",
                    service(name, slow_share=0.1, slow_seconds=0.6),
                    slow,
                    color=color,
                ),
                bad(
                    f"{name}: the slowest tenth is very slow",
                    service(name, slow_share=0.1, slow_seconds=3),
                    slow,
                    Expected(f"critical: {name}-latency", START + 8),
                    color=color,
                ),
                bad(
                    f"{name}: a task does not pass its health checks",
                    service(name, unhealthy=1),
                    Expected(f"warning: {name}-unhealthy", START + 25),
                    color=color,
                ),
            )
        ),
        bad(f"{name}: errors", failing, errors, minutes=3),
        bad(f"{name}: errors", failing, minutes=2),
        bad(f"{name}: very slow answers", service(name, slow_share=1, slow_seconds=3), minutes=2),
        bad(f"{name}: slow answers", service(name, slow_share=0.5, slow_seconds=0.6), minutes=6),
        bad(f"{name}: slow answers", service(name, slow_share=0.5, slow_seconds=0.6), slow, minutes=11),
        bad(f"{name}: connections are refused", service(name, refused=20), minutes=2),
        bad(f"{name}: a task does not pass its health checks", service(name, unhealthy=1), minutes=6),
        bad(f"{name}: few answers are errors", service(name, failed=12)),
        # Releases.
        Scenario(
            name=f"{name}: one bad release, which is rolled back after ten minutes",
            steps=(*_swap(name, (START + 30, failing)), (START + 40, both())),
            expected=(replace(errors, by=START + 38), replace(at_cloudfront, by=START + 42), objective(START + 40)),
        ),
        Scenario(name=f"{name}: the target groups are swapped", steps=_swap(name)),
        Scenario(
            name=f"{name}: no task is healthy after a swap",
            steps=_swap(name, (START + 30, _dead(name))),
            expected=(
                *(replace(one, by=one.by and one.by + 30) for one in _outage(name)),
                Expected(f"warning: {name}-unhealthy"),
            ),
        ),
        # Utilization.
        bad(f"{name}: CPU", service(name, cpu_percent=99), Expected(f"warning: {name}-cpu", START + 20)),
        bad(f"{name}: CPU", service(name, cpu_percent=99), minutes=12),
        bad(f"{name}: CPU as auto-scaling keeps it", service(name, cpu_percent=80)),
        bad(
            f"{name}: memory of one task",
            service(name, highest_memory_percent=97),
            Expected(f"warning: {name}-memory", START + 20),
        ),
        bad(f"{name}: memory of one task", service(name, highest_memory_percent=97), minutes=4),
        bad(
            f"{name}: as many tasks as auto-scaling starts",
            of_service(name, change=lambda one: _tasks(one, one.limit)),
            Expected(f"warning: {name}-full", START + 40),
        ),
        bad(
            f"{name}: as many tasks as auto-scaling starts",
            of_service(name, change=lambda one: _tasks(one, one.limit)),
            minutes=27,
        ),
        bad(
            f"{name}: a task is missing",
            of_service(name, change=lambda one: replace(one, running=one.desired - 1)),
            Expected(f"warning: {name}-tasks", START + 20),
            only=WITH_INSIGHTS,
        ),
        bad(
            f"{name}: a task is missing",
            of_service(name, change=lambda one: replace(one, running=one.desired - 1)),
            minutes=12,
            only=WITH_INSIGHTS,
        ),
    )


SCENARIOS: Final = (
    _day(),
    Scenario(
        name="a quiet night with single errors",
        always=service(requests=1),
        steps=((START, service(failed=1)), (START + 1, both()), (START + 40, service(failed=1)), (START + 41, both())),
        minutes=150,
    ),
    *(scenario for name in SERVICES for scenario in _of(name)),
    bad(
        "the load balancer answers a tenth of the requests with errors",
        service(unanswered=60),
        Expected("critical: load-balancer-errors", START + 8),
        Expected("critical: cloudfront-errors", START + 12, WITH_CLOUDFRONT),
        objective(),
    ),
    # Two minutes without any answer are a twentieth of the budget of a month.
    bad(
        "the load balancer answers all requests with errors",
        service(unanswered=1200, requests=0),
        objective(),
        minutes=2,
    ),
    bad("the load balancer answers a quarter of the requests with errors", service(unanswered=200), minutes=2),
    bad("the load balancer answers a few requests with errors", service(unanswered=6)),
    bad(
        "the load balancer rejects connections",
        world(rejected_connections=5),
        Expected("warning: load-balancer-rejected", START + 5),
        minutes=1,
    ),
    bad(
        "no metric has data",
        world(is_silent=True),
        Expected("critical: backend-absence", START + 10),
        Expected("critical: frontend-absence", START + 10),
        Expected("critical: postgres-absence", START + 15),
        Expected("critical: documentdb-absence", START + 15),
        Expected("warning: documentdb-[123]-absence", START + 15, WITH_OBJECTIVES),
        Expected("critical: api-canary", only=WITH_OBJECTIVES),
        Expected("critical: site-canary", only=WITH_OBJECTIVES),
    ),
    bad("no metric has data", world(is_silent=True), minutes=2),
)
