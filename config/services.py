"""The services that run on the cluster: how many tasks, how large."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, Field, WithJsonSchema

from config import fargate
from config.aws import checked_name
from config.errors import Problem
from config.model import Check, Model

_NAME_LENGTH: Final = 20
_MAX_TASKS: Final = 5000
"""https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html (tasks per service)"""


def _service_name(value: str) -> str:
    return checked_name(value, what="service name", max_length=_NAME_LENGTH)


def _size_exists(cpu_units: int, memory_mib: int) -> Iterator[Problem]:
    if fargate.is_valid(cpu_units, memory_mib):
        return
    if cpu_units not in fargate.MEMORY_MIB:
        nearest = _either(fargate.nearest_cpu_units(cpu_units))
        allowed = ", ".join(map(str, fargate.MEMORY_MIB))
        yield Problem(
            key="cpu_units",
            value=cpu_units,
            allowed=f"Fargate has no task of this size; the nearest is {nearest} (allowed: {allowed})",
        )
        return
    sizes = fargate.MEMORY_MIB[cpu_units]
    allowed = (
        f"with cpu_units = {cpu_units} Fargate has {sizes[0]} to {sizes[-1]} MiB; "
        f"the nearest is {_either(fargate.nearest_memory_mib(cpu_units, memory_mib))}"
    )
    if others := fargate.cpu_units_with(memory_mib):
        allowed += f", or keep it with cpu_units = {_either(others)}"
    yield Problem(key="memory_mib", value=memory_mib, allowed=allowed)


def _min_is_below_max(min_count: int, max_count: int) -> Iterator[Problem]:
    if min_count > max_count:
        yield Problem(
            key="min_count",
            value=min_count,
            allowed=f"is more than max_count = {max_count}; lower it or raise max_count",
        )


def _either(numbers: tuple[int, ...]) -> str:
    return " or ".join(map(str, numbers))


class ServiceSettings(Model):
    """One service on Fargate."""

    min_count: int = Field(ge=0, le=_MAX_TASKS)
    """Tasks that always run; 0 lets the service stop when nothing uses it."""

    max_count: int = Field(ge=1, le=_MAX_TASKS)
    """Tasks that auto-scaling may start at most."""

    cpu_units: Annotated[int, WithJsonSchema({"type": "integer", "enum": list(fargate.MEMORY_MIB)})]
    """CPU of one task; 1024 units are one vCPU."""

    memory_mib: Annotated[
        int,
        WithJsonSchema(
            {"type": "integer", "enum": sorted({mib for row in fargate.MEMORY_MIB.values() for mib in row})}
        ),
    ]
    """Memory of one task in MiB; which sizes exist depends on cpu_units."""

    checks: ClassVar[tuple[Check, ...]] = (_size_exists, _min_is_below_max)


ServiceName = Annotated[
    str,
    AfterValidator(_service_name),
    WithJsonSchema({"type": "string", "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$", "maxLength": _NAME_LENGTH}),
]
"""Becomes a part of AWS names: 32 characters at most for a target group's, so 20 for this part.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
"""
