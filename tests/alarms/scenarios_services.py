"""What happens to the services: each of it to the backend and to the frontend, in either target group."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tests.alarms import where
from tests.alarms.faults import SERVICES, START, bad, failing_requests, objective, pair, with_tasks
from tests.alarms.scenario import Expected, Scenario
from tests.alarms.world import both, of_service, service, world
from tests.fixtures import ENVIRONMENTS

if TYPE_CHECKING:
    from tests.alarms.world import Change


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
    failing = failing_requests(name, 0.4)
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
                    failing_requests(name, 0.06),
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
        bad(f"{name}: few answers are errors", failing_requests(name, 0.04), objective()),
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
            of_service(name, change=lambda one: with_tasks(one, one.limit)),
            Expected(f"warning: {name}-full", START + 40),
            minutes=30,
        ),
        bad(
            f"{name}: as many tasks as auto-scaling starts",
            of_service(name, change=lambda one: with_tasks(one, one.limit)),
            minutes=27,
        ),
        bad(
            f"{name}: as many tasks as auto-scaling starts",
            of_service(name, change=lambda one: with_tasks(one, one.limit)),
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


SCENARIOS: Final = (
    *(scenario for name in SERVICES for scenario in _of(name)),
    bad(
        "the result of a smoke test does not reach CodeDeploy",
        world(failed_messages={"smoke-test": 1}),
        Expected("warning: smoke-test-failed", START + 8),
        minutes=1,
        only=where.BLUE_GREEN,
    ),
)
