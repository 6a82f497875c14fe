"""JUnit XML: suites, failures, what is accepted, and text that XML cannot have."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from compliance.junit import junit
from compliance.rule import AuditFinding

DESCRIPTIONS = {"CKV_AWS_1": "Ensure one", "rule-a": "Everything is <right> & good."}


def finding(rule: str, place: str = "test-unit/aws_a.a", message: str = "wrong") -> AuditFinding:
    return AuditFinding(rule=rule, place=place, message=message)


def test_each_rule_is_a_test_of_its_environment() -> None:
    findings = [("dev", finding("CKV_AWS_1", place=place)) for place in ("dev-a/aws_a.a", "dev-b/aws_a.b")]
    excepted = [("dev", finding("rule-a", message="accepted")), ("dev", finding("CKV_AWS_1", message="accepted too"))]
    suites = ET.fromstring(  # noqa: S314 - its own
        junit({"dev": ["rule-a", "rule-b"], "prod": ["rule-a"]}, findings, excepted, descriptions=DESCRIPTIONS)
    )
    assert [suite.get("name") for suite in suites] == ["dev", "prod"]
    assert (suites.get("tests"), suites.get("failures"), suites.get("skipped")) == ("4", "1", "1")
    cases = {str(case.get("name")): case for case in suites[0]}
    failure = cases["CKV_AWS_1: Ensure one"].find("failure")
    assert failure is not None
    assert failure.text == "dev-a/aws_a.a: wrong\ndev-b/aws_a.b: wrong"
    skipped = cases["rule-a: Everything is <right> & good."].find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "test-unit/aws_a.a: accepted"
    assert len(cases["rule-b"]) == 0


def test_a_finding_of_no_environment_has_a_suite_too() -> None:
    suites = ET.fromstring(junit({"dev": []}, [("exceptions", finding("rule-a"))], [], descriptions={}))  # noqa: S314 - its own
    assert [(suite.get("name"), suite.get("failures")) for suite in suites] == [("dev", "0"), ("exceptions", "1")]


def test_text_that_xml_cannot_have_does_not_break_it() -> None:
    for odd in ("\x00", "\x1b[31m", "\ufffe", "]]>", "&#0;", "\U0001f600"):
        document = junit({}, [(odd, finding(odd, odd, odd))], [], descriptions={odd: odd})
        assert len(ET.fromstring(document).findall("testsuite/testcase/failure")) == 1  # noqa: S314 - its own
