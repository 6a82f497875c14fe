"""What the function that ends restore drills publishes: lambdas/restore_check/."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tests.alarms.measure import Measured, gauge, of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.alarms.environment import Environment
    from tests.alarms.world import World

_MEASURE_MINUTES: Final = 15
_AGE_DAYS: Final = 3.0
"""Of a database whose last drill succeeded."""


def measure(environment: Environment, world: World) -> Iterator[Measured]:
    """The metrics of each database: two at each call, and how long a restore took when a drill has succeeded."""
    for function in environment.all("aws_lambda_function"):
        if tuple(function.path[:2]) != ("drills", "check"):
            continue
        namespace = f"{environment.prefix.removesuffix('-')}/recovery"
        for store in json.loads(function.resource.block("environment")["variables"]["STORES"]):
            measured = {
                "DrillAgeDays": world.drill_ages.get(store, _AGE_DAYS),
                "LeftRestores": world.left_restores.get(store, 0),
                "RestoreMinutes": world.restore_minutes.get(store),
            }
            for name, value in measured.items():
                samples = () if value is None else gauge(value)
                yield of(function, namespace, name, {"Store": store}, samples, every_minutes=_MEASURE_MINUTES)
