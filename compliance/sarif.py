"""Findings as SARIF 2.1.0, as GitHub's code scanning reads it.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html,
https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support. An alert stays the same one
as long as its rule, its file and the fingerprint are the same; the fingerprint is of rule and address, so that a line
that moves opens no new alert. What an exception accepts is not in it: GitHub would open an alert for that, too.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from compliance.severity import severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from compliance.rule import AuditFinding
    from compliance.sources import Source

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST_RESULTS: Final = 25_000
"""GitHub refuses a run with more: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support#file-limits"""


@dataclass(frozen=True, kw_only=True)
class Located:
    """A finding and where it is fixed."""

    finding: AuditFinding
    source: Source


@dataclass(frozen=True, kw_only=True)
class Tool:
    """What has found something."""

    name: str
    version: str | None
    """Its version, None if it is a part of this repository."""
    address: str
    """A page about it."""


def sarif(runs: Mapping[Tool, Sequence[Located]], *, descriptions: Mapping[str, str]) -> str:
    """The findings of several tools as one document.

    Args:
        runs: What each tool has found; a tool without findings is there too, so that GitHub closes its alerts.
        descriptions: What each rule demands, by its id.
    """
    document = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [_run(tool, found, descriptions) for tool, found in runs.items()],
    }
    return json.dumps(document, indent=2) + "\n"


def fingerprint(finding: AuditFinding) -> str:
    """The same for the same rule and address, whatever the line, the message and the order."""
    digest = hashlib.sha256(f"{finding.rule}\n{finding.place}".encode()).hexdigest()
    return f"{digest[:16]}:1"  # the form of GitHub's own: a hash and which of equal ones it is


def _run(tool: Tool, found: Sequence[Located], descriptions: Mapping[str, str]) -> dict[str, Any]:
    ordered = sorted(
        found, key=lambda each: (-severity(each.finding.rule).score, each.finding.rule, each.finding.place)
    )
    shown = ordered[:MOST_RESULTS]
    rules = list(dict.fromkeys(each.finding.rule for each in shown))
    driver: dict[str, Any] = {"name": tool.name, "informationUri": tool.address}
    if tool.version:
        driver["version"] = tool.version
    driver["rules"] = [_rule(rule, descriptions) for rule in rules]
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"compliance/{tool.name}/"},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, rules.index(each.finding.rule)) for each in shown],
    }
    if len(ordered) > len(shown):
        text = f"{len(ordered) - len(shown)} more findings are left out: GitHub takes {MOST_RESULTS}."
        run["invocations"] = [
            {"executionSuccessful": True, "toolExecutionNotifications": [{"message": {"text": text}}]}
        ]
    return run


def _rule(rule: str, descriptions: Mapping[str, str]) -> dict[str, Any]:
    description = descriptions.get(rule, "What is wrong with an exception, or with the check itself.")
    how = severity(rule)
    help_ = (
        f"{description}\n\nChange the file that makes the resource, or accept it in compliance/exceptions.toml with a "
        "reason (docs/compliance.md)."
    )
    return {
        "id": rule,
        "name": rule,
        "shortDescription": {"text": description},
        "fullDescription": {"text": description},
        "help": {"text": help_},
        "defaultConfiguration": {"level": how.level},
        "properties": {"tags": ["security"], "precision": "high", "security-severity": f"{how.score:.1f}"},
    }


def _result(each: Located, index: int) -> dict[str, Any]:
    finding, source = each.finding, each.source
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": severity(finding.rule).level,
        "message": {"text": f"{finding.place}: {finding.message}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(source.file), "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": source.line},
                },
                "logicalLocations": [{"fullyQualifiedName": finding.place, "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint(finding)},
    }


def with_sources(findings: Iterable[AuditFinding], sources: Mapping[str, Source], *, default: Source) -> list[Located]:
    """Each finding with its file, by its place."""
    return [Located(finding=each, source=sources.get(each.place, default)) for each in findings]
