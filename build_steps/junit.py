"""Reports that CodeBuild shows: the format JUNITXML."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Case:
    """One test."""

    name: str
    failure: str = ""
    """Why it failed; empty if it passed."""
    output: str = ""


def write_junit(file: Path, *, suite: str, cases: Sequence[Case]) -> None:
    """Write a report with one suite."""
    failures = sum(1 for case in cases if case.failure)
    root = ET.Element("testsuite", name=suite, tests=str(len(cases)), failures=str(failures))
    for case in cases:
        element = ET.SubElement(root, "testcase", name=case.name, classname=suite)
        if case.failure:
            ET.SubElement(element, "failure", message=case.failure)
        ET.SubElement(element, "system-out").text = case.output
    file.parent.mkdir(parents=True, exist_ok=True)
    ET.ElementTree(root).write(file, encoding="utf-8", xml_declaration=True)
