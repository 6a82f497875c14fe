"""The services of the cluster: number and size of tasks, permissions, and paths."""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field, WithJsonSchema

from config import fargate
from config.commands import check_command, check_health_command
from config.containers import (
    check_collector_ports,
    check_scratch_size,
    check_task_size,
    check_unique_variables,
    check_writable_paths,
    uses_database,
)
from config.database_connections import MOST_POSTGRES_CONNECTIONS
from config.database_roles import DatabaseName, NamedRole, used_databases
from config.errors import Problem, render_part
from config.filter_patterns import FilterPattern
from config.health_codes import DEFAULT, HealthCodes, check_health_codes
from config.model import Check, Model
from config.plain_variables import check_plain_variables
from config.reserved_variables import check_reserved_variables
from config.service_values import (
    ERROR_LINES,
    PIPELINE_IMAGE,
    FolderPath,
    FreeText,
    HealthPath,
    ParameterName,
    PathPattern,
    UserId,
    VariableName,
)

_MAX_TASKS: Final = 5000
"""https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html (tasks per service)"""

_FIRST_PORT: Final = 1024
_LAST_PORT: Final = 65_535
_MAX_PRIORITY: Final = 50_000
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html"""

_MAX_PATTERNS: Final = 5
"""Values in the conditions of one rule.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
"""

_MAX_WILDCARDS: Final = 6
"""The same page."""

_MAX_STOP_SECONDS: Final = 120
"""The longest time that Fargate waits between SIGTERM and SIGKILL.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
"""

_SLOW_START_SECONDS: Final = (30, 900)
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html"""


def _check_size(cpu_units: int, memory_mib: int) -> Iterator[Problem]:
    if fargate.is_valid(cpu_units, memory_mib):
        return
    if cpu_units not in fargate.MEMORY_MIB:
        nearest = _join_or(fargate.nearest_cpu_units(cpu_units))
        allowed = ", ".join(map(str, fargate.MEMORY_MIB))
        yield Problem(
            key="cpu_units",
            value=cpu_units,
            allowed=f"is not a valid CPU size of Fargate; the nearest is {nearest} (allowed: {allowed})",
        )
        return
    sizes = fargate.MEMORY_MIB[cpu_units]
    allowed = (
        f"must be {sizes[0]} to {sizes[-1]} with cpu_units = {cpu_units}; "
        f"the nearest is {_join_or(fargate.nearest_memory_mib(cpu_units, memory_mib))}"
    )
    if others := fargate.cpu_units_with(memory_mib):
        allowed += f", or keep it with cpu_units = {_join_or(others)}"
    yield Problem(key="memory_mib", value=memory_mib, allowed=allowed)


def _check_count_range(min_count: int, max_count: int) -> Iterator[Problem]:
    if min_count > max_count:
        yield Problem(
            key="min_count",
            value=min_count,
            allowed=f"must be max_count = {max_count} or less; lower it, or raise max_count",
        )


def _join_or(numbers: tuple[int, ...]) -> str:
    return " or ".join(map(str, numbers))


def _check_desired_count(min_count: int, max_count: int, desired_count: int | None) -> Iterator[Problem]:
    if desired_count is not None and not min_count <= desired_count <= max_count:
        yield Problem(
            key="desired_count",
            value=desired_count,
            allowed=f"must be between min_count = {min_count} and max_count = {max_count}; "
            "auto-scaling would change it at once",
        )


def _check_priority(path_patterns: tuple[str, ...], priority: int | None) -> Iterator[Problem]:
    if path_patterns and priority is None:
        yield Problem(
            key="priority",
            allowed="is missing; path_patterns need the priority of their listener rule, "
            "like 100 (lower numbers are evaluated first)",
        )
    if not path_patterns and priority is not None:
        yield Problem(
            key="priority",
            value=priority,
            allowed="has no effect without path_patterns; add them, or remove the line",
        )
    if len(path_patterns) > _MAX_PATTERNS:
        yield Problem(
            key="path_patterns",
            allowed=f"has {len(path_patterns)} patterns; a listener rule can have {_MAX_PATTERNS}; "
            'use a wildcard, like "/api/*"',
        )


def _check_wildcards(path_patterns: tuple[str, ...]) -> Iterator[Problem]:
    count = sum(pattern.count("*") + pattern.count("?") for pattern in path_patterns)
    if count > _MAX_WILDCARDS:
        yield Problem(
            key="path_patterns",
            value=path_patterns,
            allowed=f"have {count} wildcards; a listener rule can have {_MAX_WILDCARDS}: use shorter patterns, like "
            '"/api/*"',
        )


def _check_slow_start(slow_start_seconds: int) -> Iterator[Problem]:
    first, last = _SLOW_START_SECONDS
    if slow_start_seconds and not first <= slow_start_seconds <= last:
        yield Problem(
            key="slow_start_seconds",
            value=slow_start_seconds,
            allowed=f"must be 0 (none) or {first} to {last}",
        )


def _check_pipeline_image(
    environment: Mapping[str, str], command: tuple[str, ...], health_command: tuple[str, ...]
) -> Iterator[Problem]:
    texts = {f"environment.{render_part(name)}": text for name, text in environment.items()}
    for setting, words in (("command", command), ("health_command", health_command)):
        texts |= {f"{setting}[{index}]": text for index, text in enumerate(words)}
    for key, text in texts.items():
        if PIPELINE_IMAGE in text:
            yield Problem(
                key=key,
                value=text,
                allowed=f"contains {PIPELINE_IMAGE}, which the pipeline replaces by the image of each release; "
                "use another text",
            )


def _check_request_target(path_patterns: tuple[str, ...], requests_per_target: int | None) -> Iterator[Problem]:
    if requests_per_target is not None and not path_patterns:
        yield Problem(
            key="requests_per_target",
            value=requests_per_target,
            allowed="has no effect: this service gets no requests from the load balancer; "
            "add path_patterns, or remove the line",
        )


class ServiceSettings(Model):
    """One service on Fargate."""

    min_count: int = Field(ge=0, le=_MAX_TASKS)
    """The minimum number of tasks; 0 lets the service stop when it is not used."""

    max_count: int = Field(ge=1, le=_MAX_TASKS)
    """The maximum number of tasks for auto-scaling."""

    desired_count: Annotated[int | None, Field(ge=0, le=_MAX_TASKS)] = None
    """The initial number of tasks, before auto-scaling changes it; without it, min_count."""

    cpu_units: Annotated[int, WithJsonSchema({"type": "integer", "enum": list(fargate.MEMORY_MIB)})]
    """CPU of one task; 1024 units are one vCPU, which costs about 24 USD a month with ARM64."""

    memory_mib: Annotated[
        int,
        WithJsonSchema(
            {"type": "integer", "enum": sorted({mib for row in fargate.MEMORY_MIB.values() for mib in row})}
        ),
    ]
    """Memory of one task in MiB, 2.60 USD a month per GiB with ARM64; the valid sizes depend on cpu_units."""

    architecture: Literal["ARM64", "X86_64"] = "ARM64"
    """CPU architecture of the image; ARM64 costs about 20 % less: per vCPU 24 USD a month, not 30 USD."""

    path_patterns: tuple[PathPattern, ...] = Field(default=(), json_schema_extra={"maxItems": _MAX_PATTERNS})
    """Paths that the load balancer forwards to this service, like "/api/*"; without any it takes no requests."""

    priority: Annotated[int | None, Field(ge=1, le=_MAX_PRIORITY)] = None
    """Priority of its listener rule; lower numbers come first. Two services cannot exchange theirs: docs/growth.md."""

    port: int = Field(default=8443, ge=_FIRST_PORT, le=_LAST_PORT)
    """Port that the container listens on; ports below 1024 need root, which no container has."""

    protocol: Literal["HTTPS", "HTTP"] = "HTTPS"
    """Protocol of that port. HTTPS keeps traffic encrypted up to the task; any certificate will do.

    Changing it or the port later replaces the target groups, with an interruption: docs/services.md.
    """
    # The load balancer does not validate it, so a self-signed one from the start of the container is enough:
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html

    health_path: HealthPath = "/health"
    """Path that answers one of health_codes while the task is healthy; it may have a query, like "/health?full=0"."""

    health_codes: HealthCodes = DEFAULT
    """Status codes of a healthy task from 200 to 499, each or in ranges, like "200", "200,301" or "200-299"."""

    smoke_paths: tuple[HealthPath, ...] = Field(default=(), json_schema_extra={"uniqueItems": True})
    """Paths that a new version must answer before blue_green shifts requests to it; without any, health_path."""

    health_command: tuple[FreeText, ...] = ()
    """Command of the container's health check, like ["node", "health.js"] or ["CMD-SHELL", "..."]; or there is none."""

    health_check_grace_seconds: int = Field(default=60, ge=0, le=300)
    """Seconds in which health checks of a new task may fail."""

    slow_start_seconds: int = 0
    """Seconds over which a new task gets a growing share of the requests; 0, or 30 to 900."""

    drain_seconds: int = Field(default=30, ge=2, le=_MAX_STOP_SECONDS)
    """Seconds to finish requests: the load balancer waits this long before SIGTERM, ECS this long after it."""

    user: UserId = "1000:1000"
    """User id of the container: 1000 is `node` in Node.js images, 101 is `nginx` in Nginx images."""

    writable_paths: tuple[FolderPath, ...] = ("/tmp",)  # noqa: S108 (a folder in the container)
    """Folders that the container may write to, in memory and empty at each start; all others are read-only."""

    writable_mib: int = Field(default=64, ge=1)
    """The maximum size of each of them, included in the task's memory."""

    command: tuple[FreeText, ...] = ()
    """Replaces the image's own command."""

    environment: Mapping[VariableName, FreeText] = Field(
        default_factory=dict, json_schema_extra={"additionalProperties": False}
    )
    """Environment variables that are not secret."""

    not_secret: Mapping[VariableName, FreeText] = Field(
        default_factory=dict, json_schema_extra={"additionalProperties": False}
    )
    """Why a variable of environment that looks like a secret is none: MAPS_TOKEN = "public, for our own site only"."""

    secrets: Mapping[VariableName, ParameterName] = Field(
        default_factory=dict, json_schema_extra={"additionalProperties": False}
    )
    """Variables that get a parameter's value when a task starts: DATABASE_URL = "postgres/url", that of its role."""

    parameters: Mapping[VariableName, ParameterName] = Field(
        default_factory=dict, json_schema_extra={"additionalProperties": False}
    )
    """Variables that get a parameter's full name, for values that are rotated: the application reads them itself."""

    postgres_role: NamedRole | None = None
    """The role of [postgres.roles] that the service signs in as; its image must have the certificate authorities."""

    documentdb_role: NamedRole | None = None
    """The same of [documentdb.roles]; without a role the service cannot connect to the database."""

    pool_size: int = Field(default=10, ge=1, le=MOST_POSTGRES_CONNECTIONS)
    """Connections that one task may open to each instance of a database; it gets the number in DATABASE_POOL_SIZE."""
    # The default of node-postgres: https://node-postgres.com/apis/pool

    writes_backups: bool = False
    """Whether it may add files to the bucket of [backups], in a folder of its own; it can neither read nor delete them.

    It gets the bucket's name in BACKUPS_BUCKET, and in BACKUPS_PREFIX what the keys must start with.
    """

    calls_internet: bool = True
    """Whether the application calls addresses outside AWS; if not, interface_endpoints can replace the internet."""

    spot_percent: int = Field(default=0, ge=0, le=100)
    """Share of the tasks on Fargate Spot: up to 70 % cheaper, can be stopped with two minutes' notice.

    A task of one vCPU and 2 GiB costs about 29 USD a month, and on Spot 8.65 USD at best.
    """

    on_demand_count: int = Field(default=0, ge=0, le=_MAX_TASKS)
    """Tasks that never run on Spot, whatever spot_percent is."""

    cpu_target_percent: int = Field(default=60, ge=10, le=90)
    """Target CPU utilization of auto-scaling."""

    memory_target_percent: int = Field(default=75, ge=10, le=90)
    """Target memory utilization of auto-scaling."""

    requests_per_target: Annotated[int | None, Field(ge=1)] = None
    """Target requests per task and minute of auto-scaling; without it, requests are not used."""

    error_pattern: FilterPattern = ERROR_LINES
    """The filter pattern of CloudWatch Logs that finds the error lines in the log of the application."""

    max_error_lines: int = Field(default=10, ge=1)
    """Error lines within five minutes, three times in a row, at which an alarm warns."""

    tracing: bool = False
    """Whether a collector beside each task sends traces to X-Ray; it may use 256 MiB of the task's memory.

    A million traces cost 5.00 USD; 100,000 a month are free.
    """

    judged_alone: ClassVar[frozenset[str]] = frozenset({"command", "environment", "health_command"})

    checks: ClassVar[tuple[Check, ...]] = (
        _check_size,
        _check_count_range,
        _check_desired_count,
        _check_priority,
        _check_wildcards,
        _check_slow_start,
        check_unique_variables,
        check_reserved_variables,
        check_plain_variables,
        check_command,
        check_health_command,
        check_health_codes,
        check_collector_ports,
        check_writable_paths,
        check_scratch_size,
        check_task_size,
        _check_pipeline_image,
        _check_request_target,
    )

    @property
    def initial_count(self) -> int:
        """The number of tasks at first."""
        return self.min_count if self.desired_count is None else self.desired_count

    @property
    def is_load_balanced(self) -> bool:
        """Whether the load balancer forwards requests to it."""
        return bool(self.path_patterns)

    @property
    def tested_paths(self) -> tuple[str, ...]:
        """The paths that the smoke test asks for."""
        return self.smoke_paths or (self.health_path,)

    def role(self, database: DatabaseName) -> str | None:
        """The role that it signs in as; None if it does not use the database."""
        return self.postgres_role if database == "postgres" else self.documentdb_role

    @property
    def databases(self) -> tuple[DatabaseName, ...]:
        """The databases that it may connect to."""
        return used_databases(self.postgres_role, self.documentdb_role)

    @property
    def uses_database(self) -> bool:
        """Whether its containers need the certificate authorities of the databases."""
        return uses_database(self.databases, self.secrets, self.parameters)

    @property
    def uses_data(self) -> bool:
        """Whether it reads or writes what only one region may have: a database, or the bucket for backups."""
        return self.uses_database or self.writes_backups
