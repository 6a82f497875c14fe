"""What a service's container may be given: writable folders, ports, variables, and how much of all that."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from config.database_roles import used_databases
from config.database_tls import CA_FILE, CA_VARIABLE
from config.errors import Problem, render_part

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from config.services import ServiceSettings

PORT_VARIABLE: Final = "PORT"
"""The variable with the port of the application."""

POOL_VARIABLE: Final = "DATABASE_POOL_SIZE"
"""The variable with the connections that a task may open to each instance of a database."""

BACKUPS_BUCKET_VARIABLE: Final = "BACKUPS_BUCKET"
"""The variable with the name of the bucket for backups."""

BACKUPS_PREFIX_VARIABLE: Final = "BACKUPS_PREFIX"
"""The variable with the start of the keys that a service may write there."""

COLLECTOR_MIB: Final = 256
"""The most memory that the collector of traces may use; the task's memory includes it."""

COLLECTOR_CPU_UNITS: Final = 32
"""Its share of the CPU when the application needs all of it."""

SESSION_PATHS: Final = ("/managed-agents", "/var/lib/amazon/ssm", "/var/log/amazon/ssm")
"""ECS Exec's agent writes to these folders; it does not start if they are read-only.

https://github.com/aws/containers-roadmap/issues/1359
"""

_DATABASES: Final = frozenset({"postgres", "documentdb"})

_KERNEL_FOLDERS: Final = ("/proc", "/sys", "/dev")
"""Every container has these from the kernel, and a folder in memory over one hides what programs need there."""

_PROGRAM_FOLDERS: Final = (
    "/bin",
    "/lib",
    "/lib64",
    "/sbin",
    "/usr/bin",
    "/usr/lib",
    "/usr/local/lib/node_modules",
    "/usr/lib64",
    "/usr/local/bin",
    "/usr/local/lib",
    "/usr/local/sbin",
    "/usr/sbin",
)
"""Where images have programs and their libraries: an empty folder over one hides them, or over one that holds it.

https://refspecs.linuxfoundation.org/FHS_3.0/fhs/index.html
"""

_HIDING_FOLDERS: Final = ("/etc", "/etc/ssl", "/etc/ssl/certs", "/usr", "/usr/local")
"""Folders that hold some of them, or the users and the certificate authorities of the image."""

_COLLECTOR_PORTS: Final = (2000, 4317, 4318, 8888, 13_133)
"""The ports that the collector of traces listens on; a task's containers share its network.

https://github.com/aws-observability/aws-otel-collector/blob/main/config/ecs/ecs-xray.yaml
https://opentelemetry.io/docs/collector/internal-telemetry/
https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/extension/healthcheckextension
"""

_MAX_TASK_BYTES: Final = 65_536
"""https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html (task definition size)"""

PLATFORM_BYTES: Final = 1024
"""What every task definition has besides the settings' texts, at the least; a test renders the smallest one."""


def uses_database(databases: Sequence[str], secrets: Mapping[str, str], parameters: Mapping[str, str]) -> bool:
    """Whether a service connects to a database, or gets where one is."""
    return bool(databases) or any(
        end.partition("/")[0] in _DATABASES for table in (secrets, parameters) for end in table.values()
    )


def check_writable_paths(writable_paths: Sequence[str]) -> Iterator[Problem]:
    """Each is a mount of its own, and the container has other mounts already."""
    for index, path in enumerate(writable_paths):
        key = f"writable_paths[{index}]"
        if path in writable_paths[:index]:
            yield Problem(key=key, value=path, allowed="is listed twice; remove one")
        if any(_is_below(path, folder) for folder in _KERNEL_FOLDERS if path != "/dev/shm"):  # noqa: S108 (in a container)
            yield Problem(
                key=key,
                value=path,
                allowed=f"must not be in {', '.join(_KERNEL_FOLDERS)}, which belong to the kernel; use another folder",
            )
        elif path in (*_HIDING_FOLDERS, *_PROGRAM_FOLDERS):
            yield Problem(
                key=key,
                value=path,
                allowed="is empty at each start and would hide what the image has there, like its programs or "
                'certificate authorities; use the folder that the application writes to, like "/var/cache/nginx"',
            )


def check_collector_ports(port: int, tracing: bool) -> Iterator[Problem]:  # noqa: FBT001 (a setting)
    """Two programs cannot listen on one port, and the collector starts in the same task."""
    if tracing and port in _COLLECTOR_PORTS:
        yield Problem(
            key="port",
            value=port,
            allowed="is a port of the collector, which tracing = true starts beside the application "
            f"(it has {', '.join(map(str, _COLLECTOR_PORTS))}); use another port",
        )


def check_session_paths(cluster__execute_command: bool, services: Mapping[str, ServiceSettings]) -> Iterator[Problem]:  # noqa: FBT001 (a setting)
    """A folder can be mounted once, and shells have mounts of their own."""
    for name, service in services.items():
        for index, path in enumerate(service.writable_paths):
            if cluster__execute_command and path in SESSION_PATHS:
                yield Problem(
                    key=f"services.{name}.writable_paths[{index}]",
                    value=path,
                    allowed="is writable already, because cluster.execute_command = true; remove it",
                )


def check_scratch_size(
    memory_mib: int,
    writable_paths: Sequence[str],
    writable_mib: int,
    tracing: bool,  # noqa: FBT001 (a setting)
) -> Iterator[Problem]:
    """Folders in memory and the collector must leave the application half of what remains."""
    free = memory_mib - (COLLECTOR_MIB if tracing else 0)
    if len(writable_paths) * writable_mib > free // 2:
        besides = f", of which the collector of tracing gets {COLLECTOR_MIB}" if tracing else ""
        yield Problem(
            key="writable_mib",
            value=writable_mib,
            allowed=f"times {len(writable_paths)} writable_paths is more than half of memory_mib = {memory_mib}, "
            f"which includes them{besides}; lower it",
        )


def backups_prefix(service: str) -> str:
    """The start of the keys that a service may write to the bucket for backups."""
    return f"{service}/"


def check_unique_variables(
    *,
    environment: Mapping[str, str],
    secrets: Mapping[str, str],
    parameters: Mapping[str, str],
    postgres_role: str | None,
    documentdb_role: str | None,
    writes_backups: bool,
) -> Iterator[Problem]:
    """A variable has one value, and the platform sets some."""
    databases = used_databases(postgres_role, documentdb_role)
    tables = {"environment": environment, "secrets": secrets, "parameters": parameters}
    first: dict[str, str] = {}
    for table, names in tables.items():
        for name in names:
            owner = first.setdefault(name, table)
            if owner != table:
                yield Problem(
                    key=f"{table}.{render_part(name)}", allowed=f"is also in {owner}; a variable can have one value"
                )
    for table, names in tables.items():
        if PORT_VARIABLE in names:
            yield Problem(
                key=f"{table}.{PORT_VARIABLE}",
                value=names[PORT_VARIABLE],
                allowed="is set by the setting port; remove the line",
            )
        if POOL_VARIABLE in names and databases:
            yield Problem(
                key=f"{table}.{POOL_VARIABLE}",
                value=names[POOL_VARIABLE],
                allowed="is set by the setting pool_size; remove the line",
            )
        for name in (BACKUPS_BUCKET_VARIABLE, BACKUPS_PREFIX_VARIABLE):
            if name in names and writes_backups:
                yield Problem(
                    key=f"{table}.{render_part(name)}",
                    value=names[name],
                    allowed="is set by the setting writes_backups; remove the line",
                )
        if CA_VARIABLE in names and uses_database(databases, secrets, parameters):
            yield Problem(
                key=f"{table}.{CA_VARIABLE}",
                value=names[CA_VARIABLE],
                allowed=f'is "{CA_FILE}" in a service with databases, whose urls name the same file; '
                "put the authorities there in the image, and remove the line",
            )


def check_task_size(
    command: Sequence[str],
    health_command: Sequence[str],
    environment: Mapping[str, str],
    secrets: Mapping[str, str],
    parameters: Mapping[str, str],
) -> Iterator[Problem]:
    """ECS limits a task definition as a whole, so this counts what the settings put into it."""
    texts = [
        *command,
        *health_command,
        *(text for table in (environment, secrets, parameters) for pair in table.items() for text in pair),
    ]
    size = PLATFORM_BYTES + sum(len(json.dumps(text, ensure_ascii=False).encode()) for text in texts)
    if size > _MAX_TASK_BYTES:
        longest, length = max(
            ((f"environment.{name}", len(value.encode())) for name, value in environment.items()),
            key=lambda one: one[1],
            default=("command", 0),
        )
        yield Problem(
            key="environment" if environment else "command",
            allowed=f"makes a task definition of at least {size} bytes, and ECS allows {_MAX_TASK_BYTES}; "
            f"put long texts into the image or a bucket (the longest is {longest}, {length} bytes)",
        )


def _is_below(path: str, folder: str) -> bool:
    return f"{path}/".startswith(f"{folder}/")
