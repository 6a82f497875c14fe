"""Credentials of databases: the master's reach no task, a url belongs to one service, a password has one place."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from compliance.credentials import DATABASES, PASSWORDS, Stored, master_credentials, values
from compliance.evaluation import matches_action
from compliance.grants import TASKS, functions_by_role, grants, services_by_role
from compliance.policies import Kind, is_allow, many, statements
from compliance.references import Place, of_same_environment, places
from compliance.rule import Finding, rule_with_others
from compliance.task_definitions import family, role_arns, task_definitions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.policies import Statement
    from synthesis.manifest import Stack
    from synthesis.template import Resource

_CONNECT: Final = "rds-db:connect"
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
_DATABASE_USER: Final = re.compile(r"[^/]*:dbuser:(?P<id>[^/]*)/(?P<user>[^/]*)")
_REFERENCE: Final = re.compile(r"\$\{[^}]*\}")
_UNKNOWN: Final = "reference"
_URL: Final = "/url"
_GENERATED: Final = ("ephemeral.aws_secretsmanager_random_password.", "ephemeral.random_password.")
_STORED: Final = ("ephemeral.aws_secretsmanager_secret_version.", "ephemeral.aws_ssm_parameter.")


@rule_with_others
def task_gets_no_master_credential(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """No container is given the credential of a database's master, and no role of a task may read it."""
    credentials = master_credentials(stack, stacks)
    if not credentials:
        return
    for task, containers in task_definitions(stack):
        for container in containers:
            for database, stored in credentials:
                if stored.is_named_by(container, stack, stacks):
                    yield Finding.about(task, f"{container.get('name')} gets the master's credential of {database}")
    services = services_by_role(stack, stacks)
    for grant in grants(stack, stacks):
        if any(TASKS in services.get(role, ()) for role in grant.roles):
            for database, stored in credentials:
                if stored.may_be_read_by(grant.statement, stack, stacks):
                    yield Finding.about(grant.policy, f"lets a task read the master's credential of {database}")


@rule_with_others
def master_credential_has_one_reader(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """The credential of a database's master is read by one function only, which is in the VPC."""
    services = services_by_role(stack, stacks)
    functions = functions_by_role(stack, stacks)
    for database, policy, roles in _readers(stack, stacks):
        for role in roles:
            used = functions.get(role, [])
            # Of tasks, another rule is. People and pipelines have no service: a person needs it in an emergency.
            if not services.get(role) or TASKS in services[role]:
                continue
            if not used:
                by = ", ".join(services[role])
                yield Finding.about(
                    policy, f"lets {by} read the master's credential of {database}; only a function may"
                )
            for place, function in used:
                if not function.block("vpc_config").get("subnet_ids"):
                    says = f"reads the master's credential of {database}, and is not in the VPC"
                    yield Finding.about(policy, f"{place} {says}")
            others = {
                str(place)
                for other in of_same_environment(stack, stacks)
                for at, _, readers in _readers(other, stacks)
                if at == database
                for reader in readers
                for place, _ in functions.get(reader, ())
            }
            if used and len(others) > 1:
                says = f"is read by {' and '.join(sorted(others))}; only one function may"
                yield Finding.about(policy, f"the master's credential of {database} {says}")


@rule_with_others
def database_url_has_one_service(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """No two services read the same url of a database: each signs in with a role of its own."""
    tasks = [(task, family(task)) for task, _ in task_definitions(stack)]
    if not tasks:
        return
    readers: dict[str, set[str]] = defaultdict(set)
    for other in of_same_environment(stack, stacks):
        for url, name in _urls_of_tasks(other, stacks):
            readers[url].add(name)
    for task, name in tasks:
        for url, names in sorted(readers.items()):
            if name in names and len(names) > 1:
                others = ", ".join(sorted(names - {name}))
                says = f"{name} reads {url}, and so does {others}; give each a role of its own"
                yield Finding.about(task, says)


@rule_with_others
def database_sign_in_names_its_user(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """`rds-db:connect` is allowed for exact users of exact databases, and never for a master.

    The id of a restored database is not known before: a stack with restore tests names the user only.
    """
    has_drills = any(stack.all("aws_backup_restore_testing_plan"))
    masters = {
        str(database.get(argument))
        for other in of_same_environment(stack, stacks)
        for database in other.all(*DATABASES)
        for argument in ("username", "master_username")
    }
    for resource, statement in statements(stack, Kind.PERMISSIONS, stacks=stacks):
        if not is_allow(statement) or not _allows_connect(statement):
            continue
        for text in many(statement.get("Resource")) or ["everything but NotResource"]:
            named = _DATABASE_USER.fullmatch(_REFERENCE.sub(_UNKNOWN, text))
            is_restored = named is not None and has_drills and named["id"] == "*"
            exact = (named["user"] if is_restored else named["id"] + named["user"]) if named else "*"
            if not named or set("*?") & set(exact) or named["user"] == _UNKNOWN:
                says = "name one database and one user, without * and ?"
                yield Finding.about(resource, f"allows {_CONNECT} on {text}; {says}")
            elif named["user"] in masters:
                yield Finding.about(resource, f"allows {_CONNECT} as {named['user']}, which is a master")


@rule_with_others
def generated_value_has_one_consumer(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A generated value, which is another one in each run, is used once; all others read it where it is stored."""
    used: dict[str, list[str]] = defaultdict(list)
    for resource in stack.all():
        for argument, value in resource.arguments.items():
            for one in values(value, stack, stacks):
                used[one.address].append(f"{resource.address}.{argument}")
    for address, consumers in used.items():
        if address.startswith(_GENERATED) and len(consumers) > 1:
            says = f"goes to {' and '.join(sorted(consumers))}; write it to one of them, and read it back from there"
            yield Finding(address=address, message=says)


@rule_with_others
def database_password_is_read_back(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """The password of a database comes from where it is stored, so that a repeated apply sets the same one."""
    for database in stack.all(*DATABASES):
        for argument in PASSWORDS:
            found = values(database.get(argument), stack, stacks)
            if database.get(argument) and not (found and all(one.address.startswith(_STORED) for one in found)):
                yield Finding.about(database, f"{argument} is not read from the secret or the parameter that stores it")


def _readers(stack: Stack, stacks: Mapping[str, Stack]) -> list[tuple[Place, Resource, frozenset[Place]]]:
    """Each statement of a stack that allows to read a master's credential: database, policy, roles."""
    credentials = master_credentials(stack, stacks)
    return [
        (database, grant.policy, grant.roles)
        for grant in (grants(stack, stacks) if credentials else ())
        for database, stored in credentials
        if stored.may_be_read_by(grant.statement, stack, stacks)
    ]


def _urls_of_tasks(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[tuple[str, str]]:
    """Each url of a database that a task of a stack gets or may read, with the task's family."""
    urls = [
        Stored.of(other, parameter)
        for other in of_same_environment(stack, stacks)
        for parameter in other.all("aws_ssm_parameter")
        if str(parameter.get("name")).endswith(_URL)
    ]
    granted = list(grants(stack, stacks)) if urls else []
    for task, containers in task_definitions(stack):
        roles = places(role_arns(task), stack, stacks)
        readable = [grant.statement for grant in granted if grant.roles & roles]
        for url in urls:
            if url.is_named_by(containers, stack, stacks) or any(
                url.may_be_read_by(statement, stack, stacks) for statement in readable
            ):
                yield str(url.place), family(task)


def _allows_connect(statement: Statement) -> bool:
    if "NotAction" in statement:
        return not any(matches_action(pattern, _CONNECT) for pattern in many(statement["NotAction"]))
    return any(matches_action(pattern, _CONNECT) for pattern in many(statement.get("Action")))
