"""Reads the containers of task definitions, from the resources and from the files that a pipeline deploys by."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

Container = dict[str, Any]
_KEYS: Final = {
    name.lower(): name
    for name in (
        "command",
        "dependsOn",
        "entryPoint",
        "environment",
        "environmentFiles",
        "essential",
        "healthCheck",
        "image",
        "linuxParameters",
        "logConfiguration",
        "memory",
        "memoryReservation",
        "mountPoints",
        "name",
        "portMappings",
        "privileged",
        "readonlyRootFilesystem",
        "secrets",
        "user",
        "logDriver",
        "options",
        "secretOptions",
        "value",
        "valueFrom",
    )
}
"""The provider and ECS take keys in any case: https://pkg.go.dev/encoding/json#Unmarshal"""
_WITH_KEYS: Final = frozenset({"environment", "logConfiguration", "secrets"})


def task_definitions(stack: Stack) -> Iterator[tuple[Resource, list[Container]]]:
    """Every task definition with its containers, the application first; a text that cannot be read has none."""
    for task in stack.all("aws_ecs_task_definition"):
        yield task, _containers(_parsed(task.get("container_definitions")))
    for file in stack.all("aws_s3_object"):
        document = _parsed(file.get("content"))
        if isinstance(document, dict) and "containerDefinitions" in document:
            yield file, _containers(document["containerDefinitions"])


def family(task: Resource) -> str:
    """The family of a task definition, or of a file of one."""
    return str(task.get("family") or _document(task).get("family"))


def role_arns(task: Resource) -> list[object]:
    """The two roles of a task definition, or of a file of one."""
    document = _document(task)
    arguments = (("task_role_arn", "taskRoleArn"), ("execution_role_arn", "executionRoleArn"))
    return [task.get(argument) or document.get(name) for argument, name in arguments]


def tmpfs_mounts(container: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The folders in memory of a container."""
    return blocks((container.get("linuxParameters") or {}).get("tmpfs"))


def _containers(value: object) -> list[Container]:
    return [
        {name: _named(inner) if name in _WITH_KEYS else inner for name, inner in _named(container).items()}
        for container in blocks(value)
    ]


def _named(value: Any) -> Any:  # noqa: ANN401 - JSON is of any type
    """An object, or each of a list, with its keys as AWS's pages write them."""
    if isinstance(value, list):
        return [_named(one) for one in value]
    return {_KEYS.get(key.lower(), key): inner for key, inner in value.items()} if isinstance(value, dict) else value


def _document(file: Resource) -> Mapping[str, Any]:
    document = _parsed(file.get("content"))
    return document if isinstance(document, dict) else {}


def _parsed(text: object) -> object:
    try:
        return json.loads(str(text))
    except ValueError:
        return None
