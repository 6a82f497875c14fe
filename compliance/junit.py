"""Findings as JUnit XML, for what CI shows of tests: a suite for each environment, a test for each rule and check.

What an exception accepts is a skipped test with its reason. The format is that of
https://github.com/testmoapp/junitxml, which the usual readers agree on.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from compliance.rule import AuditFinding

_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot have, not even escaped: https://www.w3.org/TR/xml/#charsets"""


def junit(
    passed: Mapping[str, Iterable[str]],
    findings: Iterable[tuple[str, AuditFinding]],
    excepted: Iterable[tuple[str, AuditFinding]],
    *,
    descriptions: Mapping[str, str],
) -> str:
    """The document.

    Args:
        passed: For each environment, the rules and checks that found nothing, if they are known.
        findings: What is wrong, with its environment.
        excepted: What exceptions accept, with its environment.
        descriptions: What each rule demands, by its id.
    """
    failed = _by_test(findings)
    accepted = _by_test(excepted)
    suites = ET.Element("testsuites", name="compliance")
    names = list(dict.fromkeys((*passed, *(environment for environment, _ in (*failed, *accepted)))))
    for environment in names:
        rules = {rule for found, rule in (*failed, *accepted) if found == environment} | set(
            passed.get(environment, ())
        )
        suite = ET.SubElement(suites, "testsuite", name=_text(environment))
        for rule in sorted(rules):
            case = ET.SubElement(
                suite, "testcase", classname=_text(environment), name=_text(_named(rule, descriptions))
            )
            if found := failed.get((environment, rule)):
                failure = ET.SubElement(case, "failure", message=_text(f"{len(found)} found"), type=_text(rule))
                failure.text = _text("\n".join(f"{each.place}: {each.message}" for each in found))
            elif found := accepted.get((environment, rule)):
                reasons = "\n".join(f"{each.place}: {each.message}" for each in found)
                ET.SubElement(case, "skipped", message=_text(reasons))
        _count(suite)
    _count(suites)
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _named(rule: str, descriptions: Mapping[str, str]) -> str:
    return f"{rule}: {descriptions[rule]}" if rule in descriptions else rule


def _by_test(found: Iterable[tuple[str, AuditFinding]]) -> dict[tuple[str, str], list[AuditFinding]]:
    tests = defaultdict(list)
    for environment, finding in found:
        tests[environment, finding.rule].append(finding)
    return tests


def _count(element: ET.Element) -> None:
    element.set("tests", str(sum(1 for _ in element.iter("testcase"))))
    element.set("failures", str(sum(1 for _ in element.iter("failure"))))
    element.set("skipped", str(sum(1 for _ in element.iter("skipped"))))
    element.set("errors", "0")


def _text(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
