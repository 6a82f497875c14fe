"""Parameters of databases: TLS only, and the log shows slow queries and who changed what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.arguments import is_set
from compliance.references import referred
from compliance.rule import Finding, rule_with_others
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_GROUPS: Final = {
    "aws_db_instance": "parameter_group_name",
    "aws_docdb_cluster": "db_cluster_parameter_group_name",
    "aws_neptune_cluster": "neptune_cluster_parameter_group_name",
    "aws_rds_cluster": "db_cluster_parameter_group_name",
    "aws_redshift_cluster": "cluster_parameter_group_name",
}
"""The argument of a database that names its group of parameters."""
_POSTGRES: Final = ("postgres", "aurora-postgresql")
_MYSQL: Final = ("mysql", "mariadb", "aurora-mysql", "aurora")
_OFF: Final = frozenset({"0", "off", "false", "disabled", "none", "no", "-1", ""})
_TLS: Final = {
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html
    **dict.fromkeys(_POSTGRES, "rds.force_ssl"),
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/mysql-ssl-connections.html
    **dict.fromkeys(_MYSQL, "require_secure_transport"),
    # https://docs.aws.amazon.com/documentdb/latest/developerguide/security.encryption.ssl.html
    "docdb": "tls",
    "neptune": "neptune_enforce_ssl",
    "redshift": "require_ssl",
}
_VERSIONS: Final = ("ssl_min_protocol_version", "tls_version")
_OLD_VERSIONS: Final = frozenset({"TLSv1", "TLSv1.0", "TLSv1.1", "TLSv1,TLSv1.1,TLSv1.2", "TLSv1.1,TLSv1.2"})
_SLOW: Final = {
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.Query_Logging.html
    **dict.fromkeys(_POSTGRES, ("log_min_duration_statement",)),
    **dict.fromkeys(_MYSQL, ("slow_query_log", "server_audit_logging")),
    # https://docs.aws.amazon.com/documentdb/latest/developerguide/profiling.html
    "docdb": ("profiler",),
}
_CHANGES: Final = {
    **dict.fromkeys(_POSTGRES, ("pgaudit.log", "log_statement")),
    # https://docs.aws.amazon.com/documentdb/latest/developerguide/event-auditing.html
    "docdb": ("audit_logs",),
    "neptune": ("neptune_enable_audit_log",),
    "redshift": ("enable_user_activity_logging",),
}
_TLS_BY_DEFAULT: Final = frozenset({"docdb", "neptune"})


@rule_with_others
def database_requires_tls(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A database refuses connections in clear text, by a parameter of its own group."""
    for database, engine, groups in _databases(stack, stacks):
        name = _TLS.get(engine)
        if name is None:
            continue
        if not groups and engine not in _TLS_BY_DEFAULT:
            yield Finding.about(database, f"has no parameter group of these stacks, so {name} is not known to be on")
        for group, parameters in groups:
            default = "enabled" if engine in _TLS_BY_DEFAULT else "0"
            if parameters.get(name, default).lower() in _OFF:
                yield Finding.about(database, f"{name} is off in {group.address}, so clear text is possible")
            for version in _VERSIONS:
                if parameters.get(version, "") in _OLD_VERSIONS:
                    yield Finding.about(database, f"{version} is {parameters[version]} in {group.address}; use TLSv1.2")


@rule_with_others
def database_logs_its_queries(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A database logs slow queries, and changes of its structure and its users, by parameters of its own group."""
    for database, engine, groups in _databases(stack, stacks):
        for names, what in ((_SLOW.get(engine), "slow queries"), (_CHANGES.get(engine), "changes")):
            if not names:
                continue
            if not groups:
                yield Finding.about(database, f"has no parameter group of these stacks, so {what} are not logged")
            for group, parameters in groups:
                if all(parameters.get(name, "").lower() in _OFF for name in names):
                    needed = " or ".join(names)
                    yield Finding.about(database, f"{group.address} does not set {needed}, so {what} are not logged")


def _databases(
    stack: Stack, stacks: Mapping[str, Stack]
) -> Iterator[tuple[Resource, str, list[tuple[Resource, dict[str, str]]]]]:
    """Each database, its engine, and the groups of parameters that it has."""
    for kind, argument in _GROUPS.items():
        for database in stack.all(kind):
            groups = [
                (
                    group,
                    {str(each.get("name")): str(each.get("value")).strip() for each in blocks(group.get("parameter"))},
                )
                for _, group in referred(database.get(argument), stack, stacks)
                if group.kind.endswith("parameter_group")
            ]
            is_replica = is_set(database.get("replicate_source_db")) and not is_set(database.get(argument))
            is_known = is_set(database.get(argument)) and "${" in str(database.get(argument)) and not groups
            if not is_replica and not is_known:
                yield database, _engine(database), groups


def _engine(database: Resource) -> str:
    if database.kind == "aws_rds_cluster":
        return str(database.get("engine") or "aurora")
    if database.kind != "aws_db_instance":
        return database.kind.removeprefix("aws_").partition("_")[0]
    return str(database.get("engine") or "")
