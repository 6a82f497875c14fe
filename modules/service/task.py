"""The task of a service: its application, and the collector beside it, from the service's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.containers import (
    BACKUPS_BUCKET_VARIABLE,
    BACKUPS_PREFIX_VARIABLE,
    COLLECTOR_CPU_UNITS,
    POOL_VARIABLE,
    PORT_VARIABLE,
    SESSION_PATHS,
    backups_prefix,
)
from config.database_tls import CA_FILE, CA_VARIABLE
from config.plain_variables import not_secret_labels
from modules.label import Label, NameLimit
from modules.service.task_definition import PIPELINE_IMAGE, Container, LogDestination, TaskDefinition
from modules.service.trace_collector import collector, trace_environment, traced_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from config.services import ServiceSettings
    from modules.image_cache import Image
    from modules.role import Role
    from modules.service.cluster import Cluster


def task_of(
    config: ServiceSettings,
    *,
    label: Label,
    name: str,
    cluster: Cluster,
    log_group: str,
    task_role: Role,
    execution_role: Role,
    secrets: Mapping[str, str],
    parameters: Mapping[str, str],
    backups_bucket: str | None,
    collector_image: Image | None,
) -> TaskDefinition:
    """The task with the image of the next release; the collector is in it if its image is given."""
    volumes = {path: path.strip("/").replace("/", "-") for path in (SESSION_PATHS if cluster.execute_command else ())}
    logs = LogDestination(group=log_group, region=label.region)
    application = Container(
        name=name,
        image=PIPELINE_IMAGE,
        user=config.user,
        logs=logs,
        cpu_units=config.cpu_units - COLLECTOR_CPU_UNITS if collector_image else 0,
        port=config.port if config.is_load_balanced else None,
        command=config.command,
        health_command=config.health_command,
        health_check_grace_seconds=config.health_check_grace_seconds,
        stop_seconds=config.drain_seconds,
        environment={
            **(trace_environment(traced_name(label, name)) if config.tracing else {}),
            **config.environment,  # an application can have its own sampler
            **parameters,
            PORT_VARIABLE: str(config.port),
            **(
                {BACKUPS_BUCKET_VARIABLE: backups_bucket, BACKUPS_PREFIX_VARIABLE: backups_prefix(name)}
                if backups_bucket
                else {}
            ),
            **({POOL_VARIABLE: str(config.pool_size)} if config.databases else {}),
            **({CA_VARIABLE: CA_FILE} if config.uses_database else {}),
        },
        secrets=secrets,
        labels=not_secret_labels(config.not_secret),
        scratch_paths=config.writable_paths,
        scratch_mib=config.writable_mib,
        volumes=volumes,
    )
    containers: tuple[Container, ...] = (application,)
    if collector_image:
        collector_image.grant_pull(execution_role)
        containers = (application, collector(collector_image.uri, logs))
    return TaskDefinition(
        family=label.name(name, limit=NameLimit.ECS),
        cpu_units=config.cpu_units,
        memory_mib=config.memory_mib,
        architecture=config.architecture,
        task_role_arn=task_role.arn,
        execution_role_arn=execution_role.arn,
        containers=containers,
        volumes=tuple(volumes.values()),
        tags=label.tags,
    )
