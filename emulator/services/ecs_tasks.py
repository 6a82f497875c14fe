"""Task definitions of ECS: moto accepts any size, memory and mount option."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from emulator.errors import AwsError
from emulator.registry import Context, guard

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emulator.store import Shape

# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
_MOST_BYTES: Final = 65_536
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tmpfs.html; the last six have a value after "="
_FLAGS = "suid dev exec atime diratime mand relatime strictatime"
_OTHERS = (
    "defaults ro rw sync async dirsync remount bind rbind unbindable runbindable private rprivate shared rshared "
    "slave rslave mode uid gid nr_inodes nr_blocks mpol"
)
_MOUNT_OPTIONS: Final = frozenset((*_FLAGS.split(), *(f"no{flag}" for flag in _FLAGS.split()), *_OTHERS.split()))


@guard("ecs", "RegisterTaskDefinition")
def refuse_impossible_task(params: Shape, _: Context) -> None:
    """Refuse a task definition that is too large, or whose containers do not fit into it."""
    # https://github.com/aws/containers-roadmap/issues/2004
    size = len(json.dumps(params, separators=(",", ":"), ensure_ascii=False).encode())
    if size > _MOST_BYTES:
        raise AwsError(
            code="ClientException", message=f"Actual length: '{size}'. Max allowed length is '{_MOST_BYTES}' bytes."
        )
    containers = params.get("containerDefinitions") or ()
    for problem in (
        *_cpu_problems(containers, params.get("cpu")),
        *_memory_problems(containers, params.get("memory")),
        *_tmpfs_problems(containers),
    ):
        raise AwsError(code="ClientException", message=problem)


def _cpu_problems(containers: Sequence[Shape], task_cpu: str | None) -> Iterator[str]:
    """Find more CPU units than the task has.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html (cpu)
    """
    total = sum(container.get("cpu") or 0 for container in containers)
    if task_cpu and task_cpu.isdigit() and total > int(task_cpu):
        yield "The sum of all container cpu values cannot be greater than the value of the task."


def _memory_problems(containers: Sequence[Shape], task_memory: str | None) -> Iterator[str]:
    """Find bounds that contradict each other.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html (memory, memoryReservation)
    """
    total = int(task_memory) if task_memory and task_memory.isdigit() else None
    reserved = 0
    for container in containers:
        name, hard, soft = container.get("name"), container.get("memory"), container.get("memoryReservation")
        if hard and soft and soft > hard:
            yield f"Invalid setting for container '{name}'. The memoryReservation must not exceed the memory."
        if hard and total and hard > total:
            yield f"Invalid setting for container '{name}'. The memory must not exceed the memory of the task."
        reserved += soft or hard or 0
    if total and reserved > total:
        yield "The memory reserved for all containers must not exceed the memory of the task."


def _tmpfs_problems(containers: Sequence[Shape]) -> Iterator[str]:
    for container in containers:
        linux: dict[str, Any] = container.get("linuxParameters") or {}
        for mount in linux.get("tmpfs") or ():
            for option in mount.get("mountOptions") or ():
                if option.partition("=")[0] not in _MOUNT_OPTIONS:
                    yield f"Invalid tmpfs mount option '{option}' of container '{container.get('name')}'."
            if not str(mount.get("containerPath", "")).startswith("/"):
                yield f"Invalid tmpfs path '{mount.get('containerPath')}': it must be absolute."
