from __future__ import annotations

from build_steps.findings import Finding, is_complete, read_findings, summary, table
from tests.build_steps import scans


def finding(name: str, severity: str = "CRITICAL") -> Finding:
    return Finding(name=name, severity=severity, package="openssl", version="3", fixed_in="4")


def test_findings_of_both_kinds_of_scan_are_read() -> None:
    assert read_findings(scans.basic("HIGH")) == [
        Finding(name="CVE-2026-1", severity="HIGH", package="openssl", version="3.0.1", fixed_in="-")
    ]
    assert read_findings(scans.enhanced("LOW")) == [
        Finding(name="CVE-2026-2", severity="LOW", package="libxml2", version="2.9", fixed_in="2.10")
    ]
    assert read_findings({}) == []


def test_a_finding_without_details_has_its_title() -> None:
    (found,) = read_findings({"imageScanFindings": {"enhancedFindings": [{"title": "code", "severity": "HIGH"}]}})
    assert (found.name, found.package) == ("code", "-")


def test_an_answer_is_complete_with_a_time_counts_or_findings() -> None:
    assert is_complete(scans.NONE)
    assert is_complete(scans.enhanced("LOW"))
    assert is_complete({"imageScanFindings": {"findings": [{"name": "CVE"}]}})
    assert not is_complete(scans.status("COMPLETE"))
    assert not is_complete({})


def test_the_summary_starts_with_the_worst() -> None:
    found = [finding("a", "LOW"), finding("b"), finding("c", "UNDEFINED"), finding("d", "LOW")]
    assert summary(found) == "1 critical, 2 low, 1 undefined"
    assert summary([]) == "none"


def test_a_long_table_is_cut() -> None:
    lines = table([finding(f"CVE-{index}") for index in range(23)]).splitlines()
    assert len(lines) == 22
    assert lines[-1] == "and 3 more"
    assert table([finding(f"CVE-{index}") for index in range(20)]).splitlines()[-1].startswith("CVE-19")
