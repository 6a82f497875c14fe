"""What `make tunnel` runs: a task that does nothing, through whose agent Session Manager forwards a port to a database.

Before it runs it costs nothing: a task definition, two roles, a log group and a security group. The group of the
database does not let it in; `make tunnel` adds that rule for as long as somebody uses the tunnel. So the services keep
`execute_command = false`, and what people do has a role, a group and a log of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs import Construct

from config.containers import SESSION_PATHS
from modules.label import NameLimit
from modules.log_group import LogGroup
from modules.network.connections import Port, SecurityGroup
from modules.role import Role, ServicePrincipal
from modules.service import idle_program
from modules.service.cluster import cluster_name
from modules.service.task_definition import Container, LogDestination, TaskDefinition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modules.image_cache import Image
    from modules.key import Key
    from modules.label import Label
    from modules.network.connections import Connections
    from modules.network.vpc import Vpc
    from modules.service.cluster import Cluster
    from modules.service.data_source import TunnelEnd

NAME: Final = "tunnel-into-databases"
"""Longer than the name of any service, so that no service has roles, a log or a task definition of the same name."""

GROUP_VARIABLE: Final = "SECURITY_GROUP"
"""The variable of the container with the security group of the task: `make tunnel` reads it."""

_CONTAINER: Final = "tunnel"
_CPU_UNITS: Final = 256
_MEMORY_MIB: Final = 512
_USER: Final = "65534:65534"  # nobody; the agent is root whatever the container's user is
_STOP_SECONDS: Final = 10
_ANYWHERE: Final = "0.0.0.0/0"
_HTTPS: Final = Port.tcp(443)


class Tunnel(Construct):
    """The task definition of a tunnel into the databases, with a group that no database lets in by itself.

    Its task may open the channels of Session Manager and nothing else. It ends by itself: `IDLE_MINUTES` after the last
    connection to a database, and after `LONGEST_MINUTES` whatever happens.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        vpc: Vpc,
        cluster: Cluster,
        image: Image,
        architecture: str,
        ends: Mapping[str, TunnelEnd],
        key: Key,
    ) -> None:
        """Create what a tunnel runs with.

        Args:
            label: Names it.
            vpc: Its private subnets run the task.
            cluster: Runs the task.
            image: An image with Python, from the account's own registry.
            architecture: Of the processor, as ECS calls it.
            ends: The databases that can be reached, by their names; none in a region where none serves yet.
            key: Encrypts its log.
        """
        super().__init__(scope, id_)
        self._group = SecurityGroup(
            self, "security-group", label=label, vpc=vpc, name=NAME, description="Task of a tunnel into the databases"
        )
        logs = LogGroup(
            self,
            "logs",
            label=label,
            name=label.path("service", NAME),
            retention_days=cluster.log_retention_days,
            key=key,
        )
        self.execution_role = Role(
            self,
            "execution-role",
            label=label,
            name=f"{NAME}-execution",
            service=ServicePrincipal.ECS_TASKS,
            description="ECS starts the task of a tunnel with it",
        )
        logs.grant_write(self.execution_role)
        image.grant_pull(self.execution_role)
        task_role = Role(
            self,
            "task-role",
            label=label,
            name=f"{NAME}-task",
            service=ServicePrincipal.ECS_TASKS,
            description="The agent in the task of a tunnel forwards ports with it",
        )
        cluster.grant_channels(task_role)
        for end in ends.values():
            self.connections.allow_out_to(end)
        volumes = {path: path.strip("/").replace("/", "-") for path in SESSION_PATHS}
        task = TaskDefinition(
            family=label.name(NAME, limit=NameLimit.ECS),
            cpu_units=_CPU_UNITS,
            memory_mib=_MEMORY_MIB,
            architecture=architecture,
            task_role_arn=task_role.arn,
            execution_role_arn=self.execution_role.arn,
            containers=(
                Container(
                    name=_CONTAINER,
                    image=image.uri,
                    user=_USER,
                    logs=LogDestination(group=logs.name, region=label.region),
                    command=idle_program.command(),
                    stop_seconds=_STOP_SECONDS,
                    environment={GROUP_VARIABLE: self._group.id},
                    secrets={},
                    volumes=volumes,
                ),
            ),
            volumes=tuple(volumes.values()),
            tags=label.tags,
        )
        task.resource(self, "task")
        self.description: dict[str, object] = {
            "cluster": cluster_name(label),
            "family": task.family,
            "container": _CONTAINER,
            "log_group": logs.name,
            # By name and not in the container: a further zone would replace the task definition.
            "subnets": label.name("private-*", limit=NameLimit.TAG_VALUE),
            "databases": {name: end.identifier for name, end in ends.items()},
        }
        """What `make tunnel` must know of it."""

    @property
    def connections(self) -> Connections:
        """Adds rules to its security group."""
        return self._group.connections

    def allow_to_internet(self) -> None:
        """Allow the task to call any address over HTTPS, for Session Manager, the registry and the log, through NAT."""
        self.connections.allow_to_cidr(_ANYWHERE, name="internet", port=_HTTPS)

    def allow_to_s3(self, prefix_list_id: str) -> None:
        """Allow the task to reach S3 through its gateway endpoint: the layers of its image are there."""
        self.connections.allow_to_prefix_list(prefix_list_id, name="s3", port=_HTTPS)
