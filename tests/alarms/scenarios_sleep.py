"""An environment that sleeps outside of working hours: nobody gets a message of that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tests.alarms import where
from tests.alarms.faults import SERVICES, START, bad
from tests.alarms.scenario import Expected, Scenario
from tests.alarms.world import both, documentdb, of_service, postgres, proxy, service, world

if TYPE_CHECKING:
    from tests.alarms.world import Change, Service

_MORNING: Final = START + 600
_QUARTER_OF_AN_HOUR: Final = 15


def _without_tasks(one: Service) -> Service:
    """A few requests come all the same, and the load balancer answers them with 503."""
    return replace(one, desired=0, running=0, healthy=0, requests=0, unanswered=10)


_SAYS_SO: Final = world(is_asleep=True)
_NO_TASKS: Final[Change] = both(_SAYS_SO, of_service(change=_without_tasks), world(is_asleep=True, site_answers=False))
_STOPPED: Final[Change] = both(
    _NO_TASKS,
    postgres(reports=False),
    proxy(available_percent=0, refused=5),
    documentdb("1", "2", "3", reports=False),
)

SCENARIOS: Final = (
    Scenario(
        name="the environment sleeps for a night",
        steps=(
            (START, _SAYS_SO),  # the schedule says so before it changes anything
            (START + 1, _NO_TASKS),
            (START + 10, _STOPPED),
            (_MORNING, _NO_TASKS),
            (_MORNING + 12, _SAYS_SO),
            (_MORNING + 15, both()),
        ),
        minutes=_MORNING + 120,
        only=where.SLEEP,
    ),
    bad(
        "the sleep schedule does not run",
        world(transition_minutes=None),
        Expected("warning: sleep-failing", START + 30),  # the last run was five minutes before
        only=where.SLEEP,
    ),
    bad(
        "the sleep schedule does not run",
        world(transition_minutes=None),
        Expected("warning: sleep-failing", START + 30),
        minutes=31,
        only=where.SLEEP,
    ),
    bad("the sleep schedule does not run", world(transition_minutes=None), minutes=19, only=where.SLEEP),
    bad(
        "the sleep schedule does not run, and PostgreSQL fails",
        both(world(transition_minutes=None), postgres(reports=False)),
        Expected("warning: sleep-failing", START + 50),
        Expected("critical: postgres-absence", START + 15),
        only=where.SLEEP,
    ),
    Scenario(
        name="the sleep schedule has not run for half an hour when PostgreSQL fails",
        steps=(
            (START, world(transition_minutes=None)),
            (START + 30, both(world(transition_minutes=None), postgres(reports=False))),
            (START + 90, both()),
        ),
        expected=(
            Expected("warning: sleep-failing", START + 30),
            Expected("critical: postgres-absence", START + 45),
        ),
        minutes=START + 150,
        only=where.SLEEP,
    ),
    bad(
        "the environment does not get to sleep",
        world(transition_minutes=95),
        Expected("warning: sleep-transition", START + 12),
        minutes=5,
        only=where.SLEEP,
    ),
    bad("the environment takes a while to wake", world(transition_minutes=60), only=where.SLEEP),
    bad(
        "the sleep schedule fails",
        world(failed_messages={"sleep": 1}),
        Expected("warning: sleep-schedule-failed", START + 8),
        minutes=1,
        only=where.SLEEP,
    ),
    # Its composite alarms wait a minute for the suppressor, and do not send what is over by then.
    *(
        # The load balancer sends requests to all tasks if none of them is healthy:
        # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health.html
        bad(
            f"{name}: no task passes its health checks, and all answer",
            of_service(name, change=lambda one: replace(one, healthy=0, unhealthy=one.desired)),
            Expected(f"critical: {name}-absence", START + 8),
            minutes=4,
            only=where.SLEEP,
            if_late=True,
        )
        for name in SERVICES
    ),
    Scenario(
        name="a few requests get no answer in two of three minutes of the night",
        always=service(requests=0),
        steps=tuple(
            step
            for start in range(START, START + _QUARTER_OF_AN_HOUR, 3)
            for step in ((start, service(unanswered=3)), (start + 2, both()))
        ),
        only=where.SLEEP,
        if_late=True,
    ),
)
