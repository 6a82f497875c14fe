"""Settings of the traces: how many requests are recorded."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pydantic import Field

from config.errors import Problem
from config.model import Check, Model
from config.services import ServiceSettings

if TYPE_CHECKING:
    from config.environment import Environment

MOST_RULES: Final = 25
"""Sampling rules, and groups, that X-Ray lets an account have in a region.

https://docs.aws.amazon.com/general/latest/gr/xray.html
"""
GROUPS: Final = ("faults", "slow")
"""The groups of traces of all services; each service has one of its own name too."""
_LAST_PRIORITY: Final = 9999
"""https://docs.aws.amazon.com/xray/latest/api/API_SamplingRule.html, and the longest path: the same page."""
_LONGEST_PATH: Final = 128


class TracingSettings(Model):
    """How many requests of services with tracing = true X-Ray records; the table, which may be empty, sets it."""

    sampling_percent: float = Field(default=5, ge=0, le=100)
    """Share of the requests that are recorded beyond the first ones of each second; a million traces cost 5 USD."""

    reservoir: int = Field(default=1, ge=0, le=1000)
    """Requests that are recorded in each second in any case, of all tasks and services together."""

    first_priority: int = Field(default=1000, ge=1, le=_LAST_PRIORITY - MOST_RULES)
    """Priority of the first sampling rules; environments of the same account and region should have others."""

    insights: bool = True
    """Whether X-Ray looks for anomalies among the faults; it charges 1 USD for a million traces."""


def check_tracing_has_services(
    observability__tracing: TracingSettings | None, services: Mapping[str, ServiceSettings]
) -> Iterator[Problem]:
    """Rules and groups of traces that nothing sends would look as if there were traces."""
    if observability__tracing is None:
        return
    traced = {name: service for name, service in services.items() if service.tracing}
    if not traced:
        yield Problem(
            key="observability.tracing",
            allowed="no service sends traces; set tracing = true in a [services.<name>], or remove the table",
        )
    if len(traced) + len(GROUPS) > MOST_RULES:
        yield Problem(
            key="observability.tracing",
            allowed=f"makes a group for each of {len(traced)} services, and {len(GROUPS)} others; X-Ray allows "
            f"{MOST_RULES} in an account and region: set tracing = false in some services",
        )
    for name, service in traced.items():
        if name in GROUPS:
            yield Problem(
                key=f"services.{name}.tracing",
                value=True,
                allowed=f'the group of its traces would have the name of the group "{name}" of all services; use '
                "another name for the service, or remove [observability.tracing]",
            )
        if len(service.health_path) > _LONGEST_PATH:
            yield Problem(
                key=f"services.{name}.health_path",
                value=service.health_path,
                allowed=f"has {len(service.health_path)} characters, and the sampling rule that leaves health checks "
                f"out can have {_LONGEST_PATH}; use a shorter path, or remove [observability.tracing]",
            )


@dataclass(frozen=True, kw_only=True)
class TraceGroups:
    """The groups of traces that an environment has in an account and region."""

    environment: str
    account_id: object
    region: object
    count: int


def read_trace_groups(environment: str, table: Mapping[str, Any]) -> TraceGroups:
    """What the file of another environment has; what is not valid in it is reported with its own file."""
    observability, services = table.get("observability"), table.get("services")
    is_on = isinstance(observability, Mapping) and "tracing" in observability
    every = services.values() if isinstance(services, Mapping) and is_on else ()
    traced = sum(isinstance(service, Mapping) and service.get("tracing") is True for service in every)
    return TraceGroups(
        environment=environment,
        account_id=table.get("account_id"),
        region=table.get("region"),
        count=traced + len(GROUPS) if traced else 0,
    )


def trace_groups_of(environment: "Environment") -> TraceGroups:
    """What an environment has, also one that has no file yet."""
    is_on = environment.observability is not None and environment.observability.tracing is not None
    traced = sum(service.tracing for service in environment.services.values()) if is_on else 0
    return TraceGroups(
        environment=environment.name,
        account_id=environment.account_id,
        region=environment.region,
        count=traced + len(GROUPS) if traced else 0,
    )


def check_trace_groups(own: TraceGroups, others: Iterable[TraceGroups]) -> Iterator[Problem]:
    """X-Ray counts the groups of all environments of an account and region together."""
    near = [one for one in others if (one.account_id, one.region) == (own.account_id, own.region) and one.count]
    total = own.count + sum(one.count for one in near)
    if own.count and near and total > MOST_RULES:
        with_ = ", ".join(f"{one.count} of {one.environment}" for one in near)
        yield Problem(
            key="observability.tracing",
            allowed=f"makes {own.count} groups, and with {with_} there would be {total} in the account "
            f"{own.account_id} and the region {own.region}, where X-Ray allows {MOST_RULES}: set tracing = false in "
            "some services, or use another account",
        )


TRACING_CHECKS: Final[tuple[Check, ...]] = (check_tracing_has_services,)
