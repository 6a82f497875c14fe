"""SARIF as GitHub's code scanning takes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from compliance import sarif as module
from compliance.rule import AuditFinding
from compliance.sarif import Located, Tool, fingerprint, sarif
from compliance.sources import Source

# https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json, without spaces
SCHEMA = json.loads(Path(__file__).with_name("sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
TOOL = Tool(name="checkov", version="1.2.3", address="https://example.com/checkov")
OWN = Tool(name="rules", version=None, address="https://example.com/rules")


def finding(rule: str = "CKV_AWS_1", place: str = "test-unit/aws_a.a", message: str = "wrong") -> AuditFinding:
    return AuditFinding(rule=rule, place=place, message=message)


def located(found: AuditFinding, *, file: str = "modules/a.py", line: int = 3) -> Located:
    return Located(finding=found, source=Source(file, line))


def document(*found: Located, tool: Tool = TOOL) -> Any:
    content = json.loads(sarif({tool: found, OWN: ()}, descriptions={"CKV_AWS_1": "Ensure one"}))
    jsonschema.Draft4Validator(SCHEMA).validate(content)
    return content


@pytest.mark.parametrize(
    "odd",
    ["plain", 'quotes " and \\', "line\nbreak", "\x00\x1b[31m control", "\ud7ff \U0001f600", "", "x" * 10_000],
)
def test_whatever_a_finding_says_the_document_is_valid(odd: str) -> None:
    content = document(located(finding(place=f"test-unit/aws_a.{odd}", message=odd), file="modules/a b#c.py"))
    (result,) = content["runs"][0]["results"]
    (location,) = result["locations"]
    assert result["message"]["text"] == f"test-unit/aws_a.{odd}: {odd}"
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "modules/a%20b%23c.py"
    assert location["physicalLocation"]["region"]["startLine"] == 3


def test_a_document_that_is_wrong_is_refused() -> None:
    content = document(located(finding()))
    content["runs"][0]["results"][0]["level"] = "terrible"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft4Validator(SCHEMA).validate(content)


def test_the_fingerprint_is_of_rule_and_address_alone() -> None:
    first = document(located(finding()))["runs"][0]["results"][0]
    moved = document(located(finding(message="other words"), line=99))["runs"][0]["results"][0]
    assert first["partialFingerprints"] == moved["partialFingerprints"]
    others = {fingerprint(finding()), fingerprint(finding(rule="CKV_AWS_2")), fingerprint(finding(place="x/aws_a.a"))}
    assert len(others) == 3


def test_a_result_refers_to_its_rule() -> None:
    run = document(*(located(finding(rule=f"CKV_AWS_{number % 3}", place=str(number))) for number in range(9)))["runs"][
        0
    ]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert len(run["tool"]["driver"]["rules"]) == 3


@pytest.mark.parametrize(
    ("rule", "level", "score"),
    [
        ("database-is-not-public", "error", "9.5"),
        ("CKV_AWS_17", "error", "9.5"),
        ("bucket-is-versioned", "error", "7.5"),
        ("CKV_AWS_144", "warning", "5.5"),
    ],
)
def test_the_severity_is_one_that_github_shows(rule: str, level: str, score: str) -> None:
    run = document(located(finding(rule=rule)))["runs"][0]
    (described,) = run["tool"]["driver"]["rules"]
    assert (run["results"][0]["level"], described["properties"]["security-severity"]) == (level, score)


def test_the_worst_come_first_and_what_github_would_refuse_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_RESULTS", 2)
    found = [finding(), finding(rule="text-has-no-secret"), finding(rule="bucket-is-versioned")]
    run = document(*map(located, found))["runs"][0]
    assert [result["ruleId"] for result in run["results"]] == ["text-has-no-secret", "bucket-is-versioned"]
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"] == "1 more findings are left out: GitHub takes 2."


def test_a_tool_without_findings_is_there_so_that_its_alerts_are_closed() -> None:
    empty = document(located(finding()))["runs"][1]
    assert (empty["tool"]["driver"]["name"], empty["results"]) == ("rules", [])
