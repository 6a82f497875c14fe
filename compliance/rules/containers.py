"""Containers: isolated from the host that runs them, and heard of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from compliance.arguments import inside, is_off, is_on, is_set
from compliance.rule import Finding, rule
from compliance.task_definitions import task_definitions
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthesis.manifest import Stack

_PRIVILEGED: Final = re.compile(r"privileged?|privileged_?access|allow_?privilege_?escalation", re.IGNORECASE)
_NAMESPACES: Final = re.compile(r"(pid|ipc)_?mode", re.IGNORECASE)
_NETWORK: Final = re.compile(r"network_?mode", re.IGNORECASE)
_HOST_FLAGS: Final = re.compile(r"host_?(pid|ipc|network)", re.IGNORECASE)
_CAPABILITIES: Final = frozenset(
    {"ALL", "BPF", "DAC_READ_SEARCH", "NET_ADMIN", "PERFMON", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO"}
)
"""Those by which a container changes or reads its host: https://man7.org/linux/man-pages/man7/capabilities.7.html"""
_HOST: Final = "host"
_TASKS: Final = ("aws_ecs_task_definition", "aws_batch_job_definition", "aws_s3_object")


@rule
def container_is_not_privileged(stack: Stack) -> Iterator[Finding]:
    """No container has the rights of its host: not privileged, without capabilities that are as much (ECS.4)."""
    for task in stack.all(*_TASKS):
        for path, name, value in inside(dict(task.arguments)):
            if _PRIVILEGED.fullmatch(name) and isinstance(value, (bool, str, int)) and is_on(value):
                yield Finding.about(task, f"{path} is on")
            elif name.lower() == "add" and isinstance(value, list):
                given = {str(one).upper().removeprefix("CAP_") for one in value} & _CAPABILITIES
                if given and "capabilities" in path.lower():
                    yield Finding.about(task, f"{path} has {', '.join(sorted(given))}")


@rule
def container_shares_nothing_with_its_host(stack: Stack) -> Iterator[Finding]:
    """No container is in the process, IPC or network namespace of its host, or has a folder of it (ECS.3)."""
    for task in stack.all(*_TASKS):
        for path, name, value in inside(dict(task.arguments)):
            if (_NAMESPACES.fullmatch(name) or _NETWORK.fullmatch(name)) and str(value).lower() == _HOST:
                yield Finding.about(task, f"{path} is {value}")
            elif _HOST_FLAGS.fullmatch(name) and is_on(value):
                yield Finding.about(task, f"{path} is on")
            elif name.lower() in {"host_path", "sourcepath"} and is_set(value):
                yield Finding.about(task, f"{path} is a folder of the host: {value}")


@rule
def container_has_a_log(stack: Stack) -> Iterator[Finding]:
    """Every container writes its log somewhere (ECS.9)."""
    for task, containers in task_definitions(stack):
        for container in containers:
            drivers = [block.get("logDriver") for block in blocks(container.get("logConfiguration"))]
            if not any(is_set(driver) and not is_off(driver) for driver in drivers):
                yield Finding.about(task, f"{container.get('name')} has no logConfiguration with a logDriver")


@rule
def container_cannot_write_its_root(stack: Stack) -> Iterator[Finding]:
    """The root of a container's file system is read-only, so that nothing can be added to its image (ECS.5)."""
    for task, containers in task_definitions(stack):
        for container in containers:
            if container.get("readonlyRootFilesystem") not in (True, "true"):
                yield Finding.about(task, f"{container.get('name')} has no readonlyRootFilesystem")
