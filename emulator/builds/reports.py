"""The reports of a build: the JUnit files that it leaves, counted."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from emulator.clock import now
from emulator.permissions import role_actions
from emulator.registry import REGISTRY
from emulator.store import Kind, Shape

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from emulator.builds.build import Build
    from emulator.builds.machine import Outcome

REPORTS: Kind[Shape] = Kind("report", missing="ResourceNotFoundException", message="Report {key} does not exist")
_RIGHTS: Final = ("codebuild:CreateReport", "codebuild:UpdateReport", "codebuild:BatchPutTestCases")
"""https://docs.aws.amazon.com/codebuild/latest/userguide/test-permissions.html."""


def keep(build: Build, outcome: Outcome) -> None:
    """Keep the reports of a build as far as its role allows it; the caller has the lock."""
    if set(_RIGHTS) - role_actions(build.project["serviceRole"], _RIGHTS):
        return
    table = REGISTRY.store.table(REPORTS, build.account, build.region)
    for group, files in outcome.report_files.items():
        name = group.rpartition("report-group/")[2]
        arn = f"arn:aws:codebuild:{build.region}:{build.account}:report/{name}:{uuid.uuid4()}"
        counts = _counts(files.values())
        failed = counts["FAILED"] or not outcome.succeeded
        table[arn] = {
            "arn": arn,
            "type": "TEST",
            "name": name,
            "reportGroupArn": group,
            "executionId": build.arn,
            "status": "FAILED" if failed else "SUCCEEDED",
            "created": now(),
            "truncated": False,
            "testSummary": {
                "total": sum(counts.values()),
                "statusCounts": dict(counts),
                "durationInNanoSeconds": 0,
            },
        }
        build.reports.append(arn)


def _counts(files: Iterable[Path]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for file in files:
        try:
            root = ET.parse(file).getroot()  # noqa: S314 (written on this machine)
        except ET.ParseError:
            continue
        for case in root.iter("testcase"):
            kinds = {child.tag for child in case}
            status = "FAILED" if kinds & {"failure", "error"} else "SKIPPED" if "skipped" in kinds else "SUCCEEDED"
            counts[status] += 1
    return counts
