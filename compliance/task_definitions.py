"""Reads the containers of task definitions, from the resources and from the files that a pipeline deploys by."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

Container = dict[str, Any]


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
    return [dict(container) for container in blocks(value)]


def _document(file: Resource) -> Mapping[str, Any]:
    document = _parsed(file.get("content"))
    return document if isinstance(document, dict) else {}


def _parsed(text: object) -> object:
    try:
        return json.loads(str(text))
    except ValueError:
        return None
