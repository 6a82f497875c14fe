"""What happens to the services: each of it to the backend and to the frontend, in either target group."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tests.alarms import where
from tests.alarms.scenario import Expected, Scenario
from tests.alarms.world import both, of_service, service, world
from tests.fixtures import ENVIRONMENTS

if TYPE_CHECKING:
    from collections.abc import Callable

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
    return Expected("critical: objective-availability-critical", by, where.OBJECTIVES)


def _failing(name: str, share: float) -> Change:
    return of_service(name, change=lambda one: replace(one, failed=share * one.requests))


def _outage(name: str) -> tuple[Expected, ...]:
    by = START + 10
    canary = "api" if name == "backend" else "site"
    return (
        objective(by),
        Expected(f"critical: {canary}-canary", only=where.CANARIES),
        Expected(f"critical: {name}-absence", by),
        Expected("critical: load-balancer-errors", by),
        Expected("critical: cloudfront-errors", by + 5, where.CLOUDFRONT),
        *((Expected("critical: site-down", by, where.SITE_CHECK),) if name == "backend" else ()),
    )


def _of(name: str) -> tuple[Scenario, ...]:
    errors = Expected(f"critical: {name}-errors", START + 8)
    at_cloudfront = Expected("critical: cloudfront-errors", START + 12, where.CLOUDFRONT)
    slow = Expected(f"warning: {name}-slow", START + 25)
    at_origin = Expected("warning: cloudfront-slow", only=where.CLOUDFRONT_METRICS)
    failing = _failing(name, 0.4)
    return (
        # Outages and wrong answers.
        bad(f"{name}: no task is healthy", _dead(name), *_outage(name), Expected(f"warning: {name}-unhealthy")),
        bad(
            f"{name}: no task starts",
            both(_dead(name), service(name, unhealthy=0, running=0)),
            *_outage(name),
            Expected(f"warning: {name}-tasks", only=where.INSIGHTS),
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
                bad(
                    f"{name}: some answers are errors",
                    _failing(name, 0.06),
                    errors,
                    objective(),
                    minutes=45,
                    color=color,
                ),
                bad(
                    f"{name}: connections are refused",
                    service(name, refused=25, unanswered=25),
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
                    *((at_origin,) if name == "frontend" else ()),  # it has more requests
                    color=color,
                ),
                bad(
                    f"{name}: a task does not pass its health checks",
                    service(name, unhealthy=1),
                    Expected(f"warning: {name}-unhealthy", START + 25),
                    minutes=11,
                    color=color,
                ),
            )
        ),
        bad(f"{name}: errors", failing, errors, minutes=3, only=where.NO_SLEEP),
        bad(f"{name}: errors", failing, errors, minutes=4, only=where.SLEEP),  # its composite alarm waits a minute
        bad(f"{name}: errors", failing, minutes=2),
        bad(f"{name}: very slow answers", service(name, slow_share=1, slow_seconds=3), minutes=2),
        bad(f"{name}: slow answers", service(name, slow_share=0.5, slow_seconds=0.6), minutes=6),
        bad(f"{name}: slow answers", service(name, slow_share=0.5, slow_seconds=0.6), slow, minutes=11),
        bad(f"{name}: connections are refused", service(name, refused=20), minutes=2),
        bad(f"{name}: a task does not pass its health checks", service(name, unhealthy=1), minutes=6),
        bad(f"{name}: few answers are errors", _failing(name, 0.04), objective()),
        bad(f"{name}: few answers are slow", service(name, requests=20, slow_share=0.5, slow_seconds=0.4)),
        bad(
            f"{name}: no task is healthy",
            _dead(name),
            Expected(f"critical: {name}-absence", START + 6),
            Expected("critical: load-balancer-errors", START + 6),
            objective(START + 8),
            *((Expected("critical: site-down", START + 6, where.SITE_CHECK),) if name == "backend" else ()),
            minutes=3,
            only=where.NO_SLEEP,
            if_late=True,
        ),
        bad(
            f"{name}: no task is healthy",
            _dead(name),
            Expected(f"critical: {name}-absence", START + 8),
            Expected("critical: load-balancer-errors", START + 8),
            objective(START + 8),
            *((Expected("critical: site-down", START + 8, where.SITE_CHECK),) if name == "backend" else ()),
            minutes=4,
            only=where.SLEEP,
            if_late=True,
        ),
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
        # The objective of the response time: 95 % within 200 ms. A share of slow answers that uses up the budget, and
        # the same share for not quite as long.
        *(
            scenario
            for color in (0, 1)
            for share, minutes, severity in (
                (0.95, 60, "critical"),
                (0.40, 6 * 60, "critical"),
                (0.20, 24 * 60, "warning"),
            )
            for scenario in (
                bad(
                    f"{name}: {share:.0%} of the answers are slow",
                    service(name, slow_share=share, slow_seconds=0.4),
                    slow,
                    Expected(f"{severity}: objective-{name}-latency-{severity}", START + minutes, where.OBJECTIVES),
                    minutes=minutes,
                    color=color,
                ),
                bad(
                    f"{name}: {share:.0%} of the answers are slow",
                    service(name, slow_share=share, slow_seconds=0.4),
                    slow,
                    minutes=minutes * 3 // 5,
                    color=color,
                ),
            )
        ),
        bad(
            f"{name}: no task is wanted",
            service(name, desired=0, running=0, healthy=0, requests=0),
            only=where.INSIGHTS,
        ),
        *pair(
            f"{name}: lines with errors",
            world(events={f"{name}-error-lines": 12}),
            f"warning: {name}-error-lines",
            (11, 6),
        ),
        # Utilization.
        bad(f"{name}: CPU", service(name, cpu_percent=99), Expected(f"warning: {name}-cpu", START + 20), minutes=15),
        bad(f"{name}: CPU", service(name, cpu_percent=99), minutes=12),
        bad(f"{name}: CPU as auto-scaling keeps it", service(name, cpu_percent=80)),
        bad(
            f"{name}: memory of one task",
            service(name, highest_memory_percent=97),
            Expected(f"warning: {name}-memory", START + 20),
            minutes=11,
        ),
        bad(f"{name}: memory of one task", service(name, highest_memory_percent=97), minutes=6),
        bad(
            f"{name}: as many tasks as auto-scaling starts",
            of_service(name, change=lambda one: _tasks(one, one.limit)),
            Expected(f"warning: {name}-full", START + 40),
            minutes=30,
        ),
        bad(
            f"{name}: as many tasks as auto-scaling starts",
            of_service(name, change=lambda one: _tasks(one, one.limit)),
            minutes=27,
        ),
        bad(
            f"{name}: as many tasks as auto-scaling starts",
            of_service(name, change=lambda one: _tasks(one, one.limit)),
            minutes=29,
            only=tuple(one for one in ENVIRONMENTS if one not in where.INSIGHTS),
        ),
        bad(
            f"{name}: a task is missing",
            of_service(name, change=lambda one: replace(one, running=one.desired - 1)),
            Expected(f"warning: {name}-tasks", START + 20),
            minutes=15,
            only=where.INSIGHTS,
        ),
        bad(
            f"{name}: a task is missing",
            of_service(name, change=lambda one: replace(one, running=one.desired - 1)),
            minutes=12,
            only=where.INSIGHTS,
        ),
    )


def _repeated(every: int, times: int, change: Change) -> tuple[tuple[int, Change], ...]:
    """One minute of it, again and again."""
    starts = [START + every * index for index in range(times)]
    return tuple(step for start in starts for step in ((start, change), (start + 1, both())))


def _now_and_then() -> tuple[Scenario, ...]:
    """At night, without any other request: what happens in each second period is not what happens in three."""
    return (
        Scenario(
            name="a few requests fail in each second minute of the night",
            always=service(requests=0),
            steps=_repeated(
                2,
                5,
                both(
                    service(requests=3, failed=3, refused=3, unanswered=3, seconds=3, slow_seconds=3),
                    world(function_errors={"pages": 20, "services": 20}),
                ),
            ),
            if_late=True,
        ),
        Scenario(
            name="many requests are slow in each second period of the night",
            always=service(requests=0),
            steps=_repeated(10, 5, service(requests=300, slow_share=1, slow_seconds=0.4)),
            expected=(Expected("critical: objective-*-latency-critical", None, where.OBJECTIVES),),
            minutes=180,
        ),
    )


def _leaks() -> tuple[Scenario, ...]:
    """So few errors that no alarm of minutes shows them, for so long that the month's budget would be gone."""
    return (
        *(
            scenario
            for whose, what in (("the tasks", "failed"), ("the load balancer", "unanswered"))
            for scenario in (
                bad(f"1 % errors of {whose}", service(**{what: 7.5}), objective(START + 6 * 60), minutes=6 * 60),
                bad(
                    f"0.4 % errors of {whose}",
                    service(**{what: 3}),
                    Expected("warning: objective-availability-warning", START + 24 * 60, where.OBJECTIVES),
                    minutes=24 * 60,
                ),
                bad(f"0.05 % errors of {whose}", service(**{what: 0.375}), minutes=24 * 60),
            )
        ),
        Scenario(
            name="an hour of many errors, and a few that go on",
            always=service(failed=0.375),
            steps=((START, _failing("backend", 0.4)), (START + 60, both())),
            expected=(
                Expected("critical: backend-errors"),
                Expected("critical: cloudfront-errors", only=where.CLOUDFRONT),
                objective(),
                Expected("critical: objective-availability-critical is OK", START + 60 + 40, where.OBJECTIVES),
            ),
            minutes=10 * 60,
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
    *_leaks(),
    *_now_and_then(),
    bad(
        "the load balancer answers a tenth of the requests with errors",
        service(unanswered=60),
        Expected("critical: load-balancer-errors", START + 8),
        Expected("critical: cloudfront-errors", START + 12, where.CLOUDFRONT),
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
        "the load balancer answers all requests with errors",
        service(unanswered=1200, requests=0),
        objective(),
        minutes=1,
    ),
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
        Expected("warning: documentdb-[123]-absence", START + 15, where.documentdb(2)),
        Expected("critical: api-canary", only=where.CANARIES),
        Expected("critical: site-canary", only=where.CANARIES),
        Expected("warning: sleep-failing", only=where.SLEEP),
        minutes=150,  # a canary runs every quarter of an hour
    ),
    bad("no metric has data", world(is_silent=True), minutes=2),
)
