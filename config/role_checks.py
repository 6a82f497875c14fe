"""What the roles of the databases need of the other tables of an environment, and those of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from config.database_roles import OWNER, login_names, role_name_for
from config.errors import Problem, list_allowed, nearest
from config.names import database_user

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from config.database_roles import DatabaseName, DocumentdbRoleSettings, PostgresRoleSettings
    from config.services import ServiceSettings

_DATABASES: Final[tuple[DatabaseName, ...]] = ("postgres", "documentdb")

_PROXY_SECRETS: Final = 200
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html#rds-proxy.limitations"""

MAX_PROXIED_ROLES: Final = _PROXY_SECRETS // 2
"""A proxy has the secrets of both logins of each role."""

_SHIFT_HOURS: Final = 120
_OLD_TASKS_HOURS: Final = 48
"""The longest that CodeDeploy takes until all traffic goes to the new tasks of ECS, and then keeps the old ones.

https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html
https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BlueInstanceTerminationOption.html
"""

MIN_BLUE_GREEN_DAYS: Final = (_SHIFT_HOURS + _OLD_TASKS_HOURS) // 24


def check_service_roles(
    services: Mapping[str, ServiceSettings],
    postgres: object,
    documentdb: object,
    postgres__roles: Mapping[str, PostgresRoleSettings] | None,
    documentdb__roles: Mapping[str, DocumentdbRoleSettings] | None,
) -> Iterator[Problem]:
    """A service signs in as a role that there is, and that no other service has."""
    tables = {"postgres": postgres, "documentdb": documentdb}
    declared = {"postgres": postgres__roles, "documentdb": documentdb__roles}
    for database in _DATABASES:
        first: dict[str, str] = {}
        for name, service in services.items():
            role = service.role(database)
            if role is None:
                continue
            user = first.setdefault(role, name)
            if tables[database] is None:
                allowed = f"there is no [{database}]; add the table, or remove it here"
            elif role not in (declared[database] or ()):
                allowed = _explain_role(role, database, tuple(declared[database] or ()))
            elif user != name:
                free = [one for one in map(role_name_for, (name, user)) if one not in (declared[database] or ())]
                like = f", like [{database}.roles.{free[0]}]" if free else ""
                allowed = (
                    f"is already the role of services.{user}, and two services never share one, so that each has only "
                    f"its own rights; add a table for one of them{like}"
                )
            else:
                continue
            yield Problem(key=f"services.{name}.{database}_role", value=role, allowed=allowed)


def _explain_role(role: str, database: DatabaseName, declared: Collection[str]) -> str:
    if role == OWNER:
        return (
            "is the role of migrations, which may change and delete every table, so no service signs in as it; "
            f"use a role of [{database}.roles]"
        )
    if not declared:
        return f"is not a role: there is no [{database}.roles.{role}]; add the table"
    choices = sorted(declared)
    allowed = list_allowed(choices, meant=nearest(role, choices), quote='"')
    return f"is not a role of [{database}.roles]; {allowed}"


def check_master_has_another_name(
    project: str,
    postgres__roles: Mapping[str, PostgresRoleSettings] | None,
    documentdb__roles: Mapping[str, DocumentdbRoleSettings] | None,
) -> Iterator[Problem]:
    """The master is a user of the same database, named after the project."""
    master = database_user(project)
    for database, roles in (("postgres", postgres__roles), ("documentdb", documentdb__roles)):
        for role in roles or ():
            if master == role:
                has = "is the name of the database's master user"
            elif master in login_names(role):
                has = f'would have a login named "{master}", as the database\'s master user is'
            else:
                continue
            yield Problem(
                key=f"{database}.roles.{role}",
                allowed=f"{has}, which comes from the project's name; use another name for the role",
            )


def check_rotation_is_longer_than_a_release(
    deployment__strategy: str, postgres__rotation_days: int | None, documentdb__rotation_days: int | None
) -> Iterator[Problem]:
    """The tasks of the release before have the password that the next rotation replaces, so they must have ended."""
    shifts = "CodeDeploy" if deployment__strategy == "blue_green" else "ECS"
    for database, days in (("postgres", postgres__rotation_days), ("documentdb", documentdb__rotation_days)):
        # The databases' own check reports days that are never allowed.
        if deployment__strategy != "rolling" and days is not None and 1 <= days < MIN_BLUE_GREEN_DAYS:
            yield Problem(
                key=f"{database}.rotation_days",
                value=days,
                allowed=f'must be {MIN_BLUE_GREEN_DAYS} or more with deployment.strategy = "{deployment__strategy}": '
                f"{shifts} may take {_SHIFT_HOURS // 24} days to shift the traffic and keeps old tasks for up to "
                f"{_OLD_TASKS_HOURS // 24} more, and the next rotation replaces the password that these have",
            )


def check_proxied_roles(
    services: Mapping[str, ServiceSettings],
    postgres__proxy: object,
    postgres__roles: Mapping[str, PostgresRoleSettings] | None,
) -> Iterator[Problem]:
    """The proxy must know both logins of each role that a service has."""
    if postgres__proxy is None or not postgres__roles:
        return
    proxied = {service.postgres_role for service in services.values()} & set(postgres__roles)
    if len(proxied) > MAX_PROXIED_ROLES:
        yield Problem(
            key="postgres.roles",
            allowed=f"has {len(proxied)} roles of services, and the proxy can have {MAX_PROXIED_ROLES}, because AWS "
            f"allows it {_PROXY_SECRETS} secrets and each role has two; remove some, or [postgres.proxy]",
        )


def check_tokens_reach_replicas(
    services: Mapping[str, ServiceSettings],
    postgres__proxy: object,
    postgres__replicas: int | None,
    postgres__roles: Mapping[str, PostgresRoleSettings] | None,
) -> Iterator[Problem]:
    """Behind the proxy a role with tokens has passwords, and the service, which has none, gets past it to replicas."""
    if postgres__proxy is None or not postgres__replicas:
        return
    for name, service in services.items():
        role = (postgres__roles or {}).get(service.postgres_role or "")
        if role is None or not role.iam:
            continue
        for table, parameters in (("secrets", service.secrets), ("parameters", service.parameters)):
            for variable, parameter in parameters.items():
                if parameter == "postgres/reader-hosts":
                    yield Problem(
                        key=f"services.{name}.{table}.{variable}",
                        value=parameter,
                        allowed=f'cannot be used by a role with iam = true, like "{service.postgres_role}": only the '
                        "proxy takes its tokens, and replicas are reached without the proxy; remove it here, or set "
                        f"iam = false in [postgres.roles.{service.postgres_role}]",
                    )
