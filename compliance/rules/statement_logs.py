"""Logs of statements: they show what was slow or changed, not the data in it."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from compliance.rule import Finding, rule
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_GROUPS: Final = ("aws_db_parameter_group", "aws_rds_cluster_parameter_group")
_POSTGRES: Final = ("postgres", "aurora-postgresql")
# What logs statements, with the values that log none of them; the page of all:
# https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-LOGGING-WHAT
_STATEMENT_LOGS: Final = {
    "auto_explain.log_min_duration": ("-1",),
    "log_duration": ("0", "off"),
    "log_min_duration_sample": ("-1",),
    "log_min_duration_statement": ("-1",),
    "log_statement": ("none",),
    "log_transaction_sample_rate": ("0", "0.0"),
}
_WITHOUT_VALUES: Final = ("log_parameter_max_length", "log_parameter_max_length_on_error")
_EXPLAIN: Final = "auto_explain.log_min_duration"
_EXPLAIN_WITHOUT_VALUES: Final = "auto_explain.log_parameter_max_length"
_STATEMENTS: Final = ("log_statement", ("none",))
_AUDIT_PARAMETERS: Final = ("pgaudit.log_parameter", ("0", "off"))
# The names that RDS and DocumentDB give to logs with statements.
_LOG_GROUPS: Final = ("/aws/rds/*/postgresql", "/aws/docdb/*/profiler")


@rule
def statement_log_has_no_values(stack: Stack) -> Iterator[Finding]:
    """PostgreSQL logs statements without the values that are bound to them."""
    for group, parameters in _parameters(stack):
        logging = [name for name, off in _STATEMENT_LOGS.items() if parameters.get(name, off[0]) not in off]
        if not logging:
            continue
        needed = _WITHOUT_VALUES if logging != [_EXPLAIN] else ()
        for name in (*needed, *([_EXPLAIN_WITHOUT_VALUES] if _EXPLAIN in logging else [])):
            if parameters.get(name) != "0":
                yield Finding.about(group, f"{', '.join(logging)} logs statements, and {name} is not 0")
    for group, parameters in _parameters(stack):
        name, off = _AUDIT_PARAMETERS
        if parameters.get(name, off[0]) not in off:
            yield Finding.about(group, f"{name} logs the values that are bound to statements; set it to 0")


@rule
def statement_log_has_no_passwords(stack: Stack) -> Iterator[Finding]:
    """PostgreSQL does not log ALTER ROLE ... PASSWORD as it was typed: pgAudit logs it without the password."""
    for group, parameters in _parameters(stack):
        name, off = _STATEMENTS
        if (value := parameters.get(name, off[0])) not in off:
            yield Finding.about(group, f"{name} is {value}, which logs passwords; set it to none and use pgaudit.log")


@rule
def statement_log_is_masked(stack: Stack) -> Iterator[Finding]:
    """CloudWatch masks personal data in the logs of statements."""
    for group in stack.all("aws_cloudwatch_log_group"):
        if not any(fnmatchcase(str(group.get("name")), pattern) for pattern in _LOG_GROUPS):
            continue
        policies = stack.all("aws_cloudwatch_log_data_protection_policy")
        if not any(group.is_referred_to_by(policy.get("log_group_name")) for policy in policies):
            yield Finding.about(group, "has no aws_cloudwatch_log_data_protection_policy")


def _parameters(stack: Stack) -> Iterator[tuple[Resource, dict[str, str]]]:
    for group in stack.all(*_GROUPS):
        if str(group.get("family")).rstrip("0123456789.") in _POSTGRES:
            given = {str(each.get("name")): str(each.get("value")) for each in blocks(group.get("parameter"))}
            yield group, given
