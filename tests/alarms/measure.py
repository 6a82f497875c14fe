"""The metrics of an environment at one time, each with what it gets. What is not here, no resource publishes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cloudwatch.alarm import MetricKey
from tests.cloudwatch.statistics import merged
from tests.cloudwatch.timeline import Published

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.alarms.environment import Place
    from tests.cloudwatch.statistics import Samples

Measured = tuple[MetricKey, Published]
"""A metric, and what it gets."""


def of(
    place: Place,
    namespace: str,
    name: str,
    dimensions: Mapping[str, str],
    samples: Samples,
    *,
    region: str | None = None,
    every_minutes: int = 1,
) -> Measured:
    """A metric of a resource.

    Args:
        place: The resource.
        namespace: Of the metric.
        name: Of the metric.
        dimensions: With the meaning of their values.
        samples: At each time that it is published.
        region: Where it is published; the region of the resource if it is None.
        every_minutes: How often it is published.
    """
    key = MetricKey(region or place.stack.region, namespace, name, frozenset(dimensions.items()))
    return key, Published(merged([(samples, 1)]), every_minutes)


def counted(count: float) -> Samples:
    """Samples of 1, as many as something happened; AWS publishes no zero of most counts."""
    return ((1.0, count),) if count else ()


def gauge(value: float) -> Samples:
    """One sample in a minute."""
    return ((float(value), 1),)
