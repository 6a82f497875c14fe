"""The patterns of the saved queries find what they name in the lines of the databases."""

from __future__ import annotations

import json
import re

import pytest

from modules.data.saved_queries import DOCUMENTDB_AUDIT, DOCUMENTDB_PROFILER, POSTGRES, SavedQueries
from modules.key import Key
from modules.log_group import LogGroup
from tests.modules.data import log_lines
from tests.template import LABEL, Template, new_stack

ALL = {**POSTGRES, **DOCUMENTDB_PROFILER, **DOCUMENTDB_AUDIT}
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
COMMANDS = {"fields", "filter", "parse", "stats", "sort", "limit"}
PATTERN = re.compile(r"(?:like|@message) /(.+)/$", re.MULTILINE)


def found(query: str, line: str) -> dict[str, str] | None:
    """The fields that the query takes from the line; None if it is not about the line."""
    first, *others = (re.compile(p.replace("(?<", "(?P<")) for p in PATTERN.findall(POSTGRES[query]))
    if not first.search(line):
        return None
    fields: dict[str, str] = {}
    for pattern in others:
        match = pattern.search(line)
        assert match, f"{query}: {pattern.pattern} does not match {line!r}"
        fields |= match.groupdict()
    return fields


@pytest.mark.parametrize(
    ("query", "line", "fields"),
    [
        (
            "slow-statements",
            log_lines.SLOW_BOUND,
            {"milliseconds": "1512.003", "statement": "SELECT id FROM audit WHERE actor = $1"},
        ),
        (
            "dead-rows",
            log_lines.VACUUM,
            {"table_name": "users.public.sessions", "removed": "8", "remaining": "8871", "dead": "524"},
        ),
        ("connections-by-user", log_lines.AUTHORIZED, {"user_name": "user_management", "database_name": "users"}),
        (
            "failed-sign-ins",
            log_lines.FULL,
            {"reason": "remaining connection slots are reserved for roles with the SUPERUSER attribute"},
        ),
        (
            "lock-waits",
            log_lines.LOCK_WAIT,
            {"lock": "ShareLock", "object": "transaction 991", "milliseconds": "1000.082"},
        ),
    ],
)
def test_a_query_takes_its_fields_from_the_line(query: str, line: str, fields: dict[str, str]) -> None:
    assert found(query, line) == fields


def test_a_statement_as_typed_and_an_aggressive_vacuum_are_found_too() -> None:
    assert (found("slow-statements", log_lines.SLOW_STATEMENT) or {})["milliseconds"] == "73.412"
    assert (found("dead-rows", log_lines.AGGRESSIVE_VACUUM) or {})["dead"] == "524"


@pytest.mark.parametrize("query", POSTGRES)
def test_a_query_is_not_about_the_lines_of_others(query: str) -> None:
    about = [line for line in log_lines.POSTGRES if found(query, line) is not None]
    assert 1 <= len(about) <= 2


@pytest.mark.parametrize("query", ALL)
def test_every_step_is_a_command_and_uses_fields_that_are_there(query: str) -> None:
    steps = [step.split() for step in re.split(r"\n\| ", ALL[query])]
    assert {step[0] for step in steps} <= COMMANDS
    taken = set(re.findall(r"\(\?<(\w+)>", ALL[query])) | set(re.findall(r"\bas (\w+)", ALL[query]))
    (order,) = [step[1] for step in steps if step[0] == "sort"]
    assert order in taken | {"millis"}
    documents = (log_lines.COLLECTION_SCAN, log_lines.SIGN_IN)
    known = {name for line in documents for name in json.loads(line)}
    grouped = re.search(r"\bby (.+)$", next((" ".join(step) for step in steps if step[0] == "stats"), ""))
    for name in re.split(r",\s*", grouped.group(1)) if grouped else []:
        assert name == "bin(5m)" or name.partition(".")[0] in taken | known, name


def test_the_fields_of_documentdb_are_those_of_its_logs() -> None:
    operation = json.loads(log_lines.COLLECTION_SCAN)
    named = re.findall(r"[a-z]+[A-Za-z]*", DOCUMENTDB_PROFILER["slow-operations"].splitlines()[0])[2:]
    assert set(named) <= set(operation)
    assert 'planSummary = "COLLSCAN"' in DOCUMENTDB_PROFILER["missing-indexes"]
    assert operation["planSummary"] == "COLLSCAN"
    assert json.loads(log_lines.SIGN_IN)["atype"] == "authenticate"


def test_queries_are_in_the_folder_of_their_database() -> None:
    stack = new_stack()
    key = Key(stack, "key", label=LABEL, name="logs", description="Logs", protect=False)
    name = f"/aws/rds/instance/{LABEL.prefix}-postgres/postgresql"
    logs = [LogGroup(stack, "log", label=LABEL, name=name, retention_days=7, key=key)]
    SavedQueries(stack, "queries", label=LABEL, folder="postgres", queries=POSTGRES, logs=logs)
    saved = Template.of(stack).all("aws_cloudwatch_query_definition").values()
    assert {query["name"] for query in saved} == {f"user-management-test/postgres/{name}" for name in POSTGRES}
    assert {tuple(query["log_group_names"]) for query in saved} == {("${aws_cloudwatch_log_group.log.id}",)}
