"""The task sizes that Fargate supports.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Final

MEMORY_MIB: Final[Mapping[int, Sequence[int]]] = MappingProxyType(
    {
        256: (512, 1024, 2048),
        512: range(1024, 4096 + 1, 1024),
        1024: range(2048, 8192 + 1, 1024),
        2048: range(4096, 16384 + 1, 1024),
        4096: range(8192, 30720 + 1, 1024),
        8192: range(16384, 61440 + 1, 4096),
        16384: range(32768, 122880 + 1, 8192),
    }
)
"""The memory sizes that a task can have, by its CPU units (1024 are one vCPU)."""


def is_valid(cpu_units: int, memory_mib: int) -> bool:
    """Whether Fargate supports this size."""
    return memory_mib in MEMORY_MIB.get(cpu_units, ())


def nearest_cpu_units(cpu_units: int) -> tuple[int, ...]:
    """The one or two CPU sizes nearest to the value."""
    return _nearest(cpu_units, tuple(MEMORY_MIB))


def nearest_memory_mib(cpu_units: int, memory_mib: int) -> tuple[int, ...]:
    """The one or two memory sizes nearest to the value, for CPU units that exist."""
    return _nearest(memory_mib, MEMORY_MIB[cpu_units])


def cpu_units_with(memory_mib: int) -> tuple[int, ...]:
    """The CPU sizes that support this much memory."""
    return tuple(cpu_units for cpu_units, sizes in MEMORY_MIB.items() if memory_mib in sizes)


def _nearest(asked: int, sizes: Sequence[int]) -> tuple[int, ...]:
    if asked in sizes:
        return (asked,)
    if asked < sizes[0]:
        return (sizes[0],)
    return next(((low, high) for low, high in pairwise(sizes) if low < asked < high), (sizes[-1],))
