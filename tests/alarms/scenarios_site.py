"""What happens to the site as a whole: a healthy day, quiet nights, errors that go on for long, the load balancer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.alarms import where
from tests.alarms.faults import START, bad, failing_requests, objective, with_tasks
from tests.alarms.scenario import Expected, Scenario
from tests.alarms.world import both, of_service, service, world

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.alarms.world import Change, Service


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
    return lambda one: with_tasks(one, max(one.desired, min(one.desired + count, one.limit - 1)))


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
            steps=((START, failing_requests("backend", 0.4)), (START + 60, both())),
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
        Expected("critical: *-copy-age", only=where.COPIES),
        Expected("warning: *-copy-age", only=where.COPIES),
        Expected("critical: *-drill-age", only=where.DRILLS),
        minutes=150,  # a canary runs every quarter of an hour
    ),
    bad("no metric has data", world(is_silent=True), minutes=2),
)
