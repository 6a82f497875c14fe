"""Which of several records of one name and type Route 53 answers with: by their policy, and by what is healthy.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

RESOLVER_REGION: Final = "us-east-1"
"""Where the resolvers of the emulator are, for records by latency: the nearest region is this one, then any other."""
_MOST_VALUES: Final = 8


@dataclass
class Health:
    """How the health of a record is evaluated; Route 53's own files replace it."""

    check: Callable[[str], bool] = lambda _: True
    """Whether a health check is healthy, by its id."""
    target: Callable[[Any], bool] = lambda _: True
    """Whether the target of an alias is healthy."""


HEALTH: Final = Health()


def choose(records: Sequence[Any]) -> list[Any]:
    """Return those of the records of one name and type that an answer has; all of them have the same policy."""
    if len(records) < 2 and not any(record.failover for record in records):  # noqa: PLR2004  nothing to choose from
        return list(records)
    # If none is healthy, all count as healthy.
    healthy = [record for record in records if _is_healthy(record)] or list(records)
    first = records[0]
    if first.failover:
        return _by_failover(healthy, records)
    if first.region:
        return sorted(healthy, key=lambda record: (record.region != RESOLVER_REGION, record.region))[:1]
    if first.weight is not None:
        weighted = [record for record in healthy if int(record.weight)] or healthy
        return sorted(weighted, key=lambda record: -int(record.weight))[:1]
    if first.multi_value_answer:
        return healthy[:_MOST_VALUES]
    return list(records)


def _by_failover(healthy: Sequence[Any], records: Sequence[Any]) -> list[Any]:
    """The primary one while it is healthy, or if neither is.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-types.html
    """
    order = sorted(healthy, key=lambda record: record.failover != "PRIMARY")
    return order[:1] or [record for record in records if record.failover == "PRIMARY"]


def _is_healthy(record: Any) -> bool:
    """Whether its health check is, and the target of an alias that evaluates it; without both it always is."""
    if record.health_check_id and not HEALTH.check(record.health_check_id):
        return False
    alias = record.alias_target or {}
    return str(alias.get("EvaluateTargetHealth")).lower() != "true" or HEALTH.target(record)
