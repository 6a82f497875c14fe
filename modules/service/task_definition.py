"""One task definition, rendered twice: as Terraform's resource and as the pipeline's taskdef.json.

Both come from the same object, so they never differ and neither reverts a setting of the other.
"""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.ecs_task_definition import (
    EcsTaskDefinition,
    EcsTaskDefinitionRuntimePlatform,
    EcsTaskDefinitionVolume,
)

from config.commands import HEALTH_COMMAND_FORMS
from config.service_values import PIPELINE_IMAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

__all__ = ["PIPELINE_IMAGE", "PLACEHOLDER_FIELDS", "Container", "LogDestination", "TaskDefinition"]

# Fields whose values the placeholder replaces in the first revision; all others are the same in a release.
PLACEHOLDER_FIELDS: Final = frozenset({"image", "entryPoint", "command", "healthCheck"})

_HEALTH_INTERVAL_SECONDS: Final = 30
_HEALTH_TIMEOUT_SECONDS: Final = 5
_HEALTH_RETRIES: Final = 3
_NUMERIC_USER: Final = re.compile(r"\d+(:\d+)?", re.ASCII)
# Where programs expect that every user may write, but delete only what is theirs.
_MODES: Final = {"/tmp": "1777", "/var/tmp": "1777"}  # noqa: S108 (folders in the container)
# The longest start period that ECS allows:
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
_MAX_START_SECONDS: Final = 300


@dataclass(frozen=True, kw_only=True)
class LogDestination:
    """The log group that a container writes to."""

    group: str
    region: str


@dataclass(frozen=True, kw_only=True)
class Container:
    """One container: no root, no capabilities, and writable only in its volumes."""

    name: str
    image: str
    user: str | None
    """User id, and group id after a colon; None uses the image's own."""
    logs: LogDestination
    essential: bool = True
    port: int | None = None
    command: tuple[str, ...] = ()
    health_command: tuple[str, ...] = ()
    health_check_grace_seconds: int = 0
    stop_seconds: int
    environment: Mapping[str, str]
    secrets: Mapping[str, str]
    """ARNs of parameters by the variable that gets their value."""
    labels: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Docker's labels, which people and rules read in the definition."""
    scratch_paths: tuple[str, ...] = ()
    """Folders in memory that belong to `user`."""
    scratch_mib: int = 0
    """The maximum size of each."""
    cpu_units: int = 0
    """Its share if all containers need CPU; 0 is the smallest."""
    memory_mib: int | None = None
    """The most memory that it may use; without it, all of the task's."""
    reserved_memory_mib: int | None = None
    """The memory that the others leave to it."""
    volumes: Mapping[str, str]
    """Names of the task's volumes by their mount path."""

    def __post_init__(self) -> None:
        if self.scratch_paths and not (self.user and _NUMERIC_USER.fullmatch(self.user)):
            message = (
                f"the folders in memory of {self.name} must belong to its user, and {self.user!r} is not a number; "
                "pass the user's id, like 101:101"
            )
            raise ValueError(message)

    def to_json(self) -> dict[str, object]:
        """The container in the format of ECS's API, with every field that the API would add."""
        # The init process removes zombie processes of a shell and forwards SIGTERM.
        linux: dict[str, object] = {"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}}
        definition: dict[str, object] = {
            "name": self.name,
            "image": self.image,
            "essential": self.essential,
            "cpu": self.cpu_units,
            "environment": [{"name": name, "value": value} for name, value in sorted(self.environment.items())],
            "secrets": [{"name": name, "valueFrom": arn} for name, arn in sorted(self.secrets.items())],
            "portMappings": [{"containerPort": self.port, "hostPort": self.port, "protocol": "tcp"}]
            if self.port
            else [],
            "mountPoints": [
                {"sourceVolume": volume, "containerPath": path, "readOnly": False}
                for path, volume in self.volumes.items()
            ],
            "volumesFrom": [],
            "systemControls": [],
            "readonlyRootFilesystem": True,
            "privileged": False,
            "linuxParameters": linux,
            "stopTimeout": self.stop_seconds,
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": self.logs.group,
                    "awslogs-region": self.logs.region,
                    "awslogs-stream-prefix": self.name,
                    # Drop log lines rather than block the application when CloudWatch is slow.
                    "mode": "non-blocking",
                    "max-buffer-size": "25m",
                },
            },
        }
        if self.labels:
            definition["dockerLabels"] = dict(self.labels)
        if self.scratch_paths:
            # Memory, not a volume: on Fargate, volumes belong to root, and no container here runs as root.
            # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tmpfs.html
            linux["tmpfs"] = [
                {"containerPath": path, "size": self.scratch_mib, "mountOptions": self._mount_options(path)}
                for path in self.scratch_paths
            ]
        if self.memory_mib:
            definition["memory"] = self.memory_mib
        if self.reserved_memory_mib:
            definition["memoryReservation"] = self.reserved_memory_mib
        if self.user:
            definition["user"] = self.user
        if self.command:
            definition["command"] = list(self.command)
        if self.health_command:
            definition["healthCheck"] = {
                "command": list(self.health_command)
                if self.health_command[0] in HEALTH_COMMAND_FORMS
                else ["CMD", *self.health_command],
                "interval": _HEALTH_INTERVAL_SECONDS,
                "timeout": _HEALTH_TIMEOUT_SECONDS,
                "retries": _HEALTH_RETRIES,
                "startPeriod": min(self.health_check_grace_seconds, _MAX_START_SECONDS),
            }
        return definition

    def _mount_options(self, path: str) -> list[str]:
        """A mount over a folder of the image belongs to root, with the folder's mode, unless it names an owner.

        https://github.com/moby/moby/issues/39466
        The mode can have no effect (https://github.com/moby/moby/issues/40881), the owner has.
        """
        uid, _, gid = (self.user or "").partition(":")
        mode = _MODES.get(path, "0755")
        return ["noexec", "nosuid", "nodev", f"uid={uid}", f"gid={gid or uid}", f"mode={mode}"]


@dataclass(frozen=True, kw_only=True)
class TaskDefinition:
    """A service's task, with the image of the next release in its first container."""

    family: str
    cpu_units: int
    memory_mib: int
    architecture: str
    task_role_arn: str
    execution_role_arn: str
    containers: tuple[Container, ...]
    volumes: tuple[str, ...]
    tags: Mapping[str, str]

    def to_json(self) -> dict[str, object]:
        """The input of RegisterTaskDefinition."""
        return {
            "family": self.family,
            "taskRoleArn": self.task_role_arn,
            "executionRoleArn": self.execution_role_arn,
            "networkMode": "awsvpc",
            "requiresCompatibilities": ["FARGATE"],
            "cpu": str(self.cpu_units),
            "memory": str(self.memory_mib),
            "runtimePlatform": {"cpuArchitecture": self.architecture, "operatingSystemFamily": "LINUX"},
            "containerDefinitions": [container.to_json() for container in self.containers],
            "volumes": [{"name": name} for name in self.volumes],
            "tags": [{"key": key, "value": value} for key, value in self.tags.items()],
        }

    def file(self) -> str:
        """The text of taskdef.json."""
        return json.dumps(self.to_json(), indent=2)

    def with_placeholder(self, *, image: str, command: tuple[str, ...]) -> TaskDefinition:
        """The same task, with another image and command until there is a release."""
        application, *others = self.containers
        first = dataclasses.replace(application, image=image, command=command, health_command=())
        return dataclasses.replace(self, containers=(first, *others))

    def with_image(self, image: str) -> TaskDefinition:
        """The same task with the image of a release, as the pipeline would register it."""
        application, *others = self.containers
        return dataclasses.replace(self, containers=(dataclasses.replace(application, image=image), *others))

    def resource(self, scope: Construct, id_: str) -> EcsTaskDefinition:
        """Create Terraform's resource in `scope`; the provider adds its tags."""
        return EcsTaskDefinition(
            scope,
            id_,
            family=self.family,
            task_role_arn=self.task_role_arn,
            execution_role_arn=self.execution_role_arn,
            network_mode="awsvpc",
            requires_compatibilities=["FARGATE"],
            cpu=str(self.cpu_units),
            memory=str(self.memory_mib),
            runtime_platform=EcsTaskDefinitionRuntimePlatform(
                cpu_architecture=self.architecture, operating_system_family="LINUX"
            ),
            container_definitions=json.dumps([container.to_json() for container in self.containers]),
            volume=[EcsTaskDefinitionVolume(name=name) for name in self.volumes] or None,
        )
