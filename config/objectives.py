"""Settings of the objectives: what the environment promises its users, of which alarms and budgets are computed."""

import math
from collections.abc import Iterator, Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from config.burn_rates import FASTEST
from config.errors import Problem
from config.model import Model
from config.services import ServiceSettings

_HUNDRED: Final = 100
_MOST_PERCENT: Final = 99.99
"""It leaves four minutes of outage in 30 days; fewer are over before the shortest window, five minutes, shows them."""
_LEAST_PERCENT: Final = math.ceil(_HUNDRED * (_HUNDRED - _HUNDRED / FASTEST.rate)) / _HUNDRED
"""Below it, all requests could fail and the fastest burn rate would still not be reached."""


def _reachable(value: float) -> float:
    """Return an objective in percent if an alarm can see that it is broken."""
    if _LEAST_PERCENT <= value <= _MOST_PERCENT:
        return value
    if value >= _HUNDRED:
        reason = "leaves no request that may fail, so the first one would break it"
    elif value > _MOST_PERCENT:
        reason = "is too strict: the budget would be used up before the shortest window, five minutes, shows it"
    else:
        reason = f"is too low: not even the failure of all requests is a burn rate of {FASTEST.rate:g}"
    message = f"{reason}; it must be from {_LEAST_PERCENT} to {_MOST_PERCENT}"
    raise ValueError(message)


Objective = Annotated[
    float,
    Field(allow_inf_nan=False, json_schema_extra={"minimum": _LEAST_PERCENT, "maximum": _MOST_PERCENT}),
    AfterValidator(_reachable),
]
"""A share of the requests in percent."""


class ObjectivesSettings(Model):
    """What users can rely on, over 30 days: alarms say when the error budget is used up too fast."""

    availability_percent: Objective = 99.9
    """Share of all requests to the load balancer that must not be answered with 5xx, its own answers included."""

    latency_ms: int = Field(default=200, ge=10, le=60_000)
    """Milliseconds in which a service must answer."""

    latency_percent: Objective = 95.0
    """Share of the requests to a service that must be answered in that time."""


def check_objectives_have_requests(
    observability__objectives: object, services: Mapping[str, ServiceSettings]
) -> Iterator[Problem]:
    """An objective counts requests."""
    if observability__objectives is not None and services and not any(s.is_load_balanced for s in services.values()):
        yield Problem(
            key="observability.objectives",
            allowed="count requests, but no service takes any; add path_patterns to a service, "
            "or remove [observability.objectives]",
        )


def check_objectives_are_stricter_than_rollbacks(
    observability__objectives__availability_percent: float | None,
    observability__objectives__latency_ms: int | None,
    deployment__max_error_percent: int,
    deployment__max_p95_ms: int,
) -> Iterator[Problem]:
    """Else a deployment that keeps the objectives would be rolled back."""
    availability, latency_ms = observability__objectives__availability_percent, observability__objectives__latency_ms
    budget = round(_HUNDRED - availability, 6) if availability is not None else 0
    if deployment__max_error_percent < budget:
        yield Problem(
            key="deployment.max_error_percent",
            value=deployment__max_error_percent,
            allowed=f"rolls back a release with fewer errors than [observability.objectives] allows, {budget:g} %; "
            "raise it, or raise availability_percent",
        )
    if latency_ms is not None and deployment__max_p95_ms < latency_ms:
        yield Problem(
            key="deployment.max_p95_ms",
            value=deployment__max_p95_ms,
            allowed=f"rolls back a release that answers within the latency_ms of [observability.objectives], "
            f"{latency_ms}; raise it, or lower latency_ms",
        )
