"""What ECR may say of a scan, without ECR."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from build_steps import scan
from build_steps.commands import CommandError, StepError
from build_steps.registry import Repository
from tests.build_steps import scans

if TYPE_CHECKING:
    from collections.abc import Callable

REPOSITORY: Final = Repository.parse("123456789012.dkr.ecr.eu-central-1.amazonaws.com/backend")
DIGEST: Final = f"sha256:{'0' * 64}"
NOT_STARTED: Final = CommandError(
    ("aws", "ecr", "describe-image-scan-findings"), "An error occurred (ScanNotFoundException) when calling the .."
)
Answers = dict[str, Any] | CommandError


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[tuple[str, ...]]]:
    """Set what `aws` answers, the last one again and again; returns its calls."""
    monkeypatch.setenv("SCAN_INTERVAL_SECONDS", "0")
    monkeypatch.setenv("SCAN_SETTLE_SECONDS", "0.01")
    monkeypatch.setenv("SCAN_MINUTES", "0.002")

    def set_answers(*answers: Answers) -> list[tuple[str, ...]]:
        calls: list[tuple[str, ...]] = []
        rest = list(answers)

        def aws(*arguments: str) -> Any:
            calls.append(arguments)
            found = rest.pop(0) if len(rest) > 1 else rest[0]
            if isinstance(found, CommandError):
                raise found
            return found

        monkeypatch.setattr(scan, "aws", aws)
        return calls

    return set_answers


def test_it_waits_until_the_scan_has_started_and_ended(script: Any) -> None:
    calls = script(NOT_STARTED, scans.status("PENDING"), scans.status("IN_PROGRESS"), scans.basic("LOW"))
    findings = scan.wait_for_findings(REPOSITORY, DIGEST)
    assert [finding.severity for finding in findings or ()] == ["LOW"]
    assert len(calls) == 4
    assert calls[0][-2:] == ("--image-id", f"imageDigest={DIGEST}")
    assert calls[0][calls[0].index("--region") + 1] == "eu-central-1"


def test_a_status_that_comes_before_the_findings_is_not_believed(script: Any) -> None:
    """https://github.com/aws/aws-sdk/issues/289."""
    script(scans.status("COMPLETE"), scans.status("COMPLETE"), scans.enhanced("CRITICAL"))
    assert [finding.severity for finding in scan.wait_for_findings(REPOSITORY, DIGEST) or ()] == ["CRITICAL"]


def test_a_scan_that_stays_without_findings_has_none(script: Any) -> None:
    script(scans.status("ACTIVE"))
    assert scan.wait_for_findings(REPOSITORY, DIGEST) == []


@pytest.mark.parametrize(("answer", "shown"), [(scans.status("PENDING"), "PENDING"), (NOT_STARTED, "not started")])
def test_no_result_in_time_is_reported(script: Any, answer: Answers, shown: str) -> None:
    script(answer)
    message = rf"^there is no scan result of backend@{DIGEST} after 0\.002 minutes \(status: {shown}\); check that"
    with pytest.raises(StepError, match=message):
        scan.wait_for_findings(REPOSITORY, DIGEST)


@pytest.mark.parametrize("status", ["FAILED", "FINDINGS_UNAVAILABLE", "LIMIT_EXCEEDED", "SCAN_ELIGIBILITY_EXPIRED"])
def test_a_scan_that_failed_is_reported_at_once(script: Any, status: str) -> None:
    calls = script(scans.status(status, "internal failure"))
    with pytest.raises(StepError, match=rf"ended as {status}: internal failure; scan it again with `aws ecr start-"):
        scan.wait_for_findings(REPOSITORY, DIGEST)
    assert len(calls) == 1


def test_an_image_that_cannot_be_scanned_is_refused_unless_the_project_allows_it(
    script: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script(scans.status("UNSUPPORTED_IMAGE", "The operating system is not supported"))
    with pytest.raises(StepError, match=r"ECR cannot scan this image: The operating system is not supported; use a"):
        scan.scan(REPOSITORY, DIGEST)
    monkeypatch.setenv("ALLOW_UNSCANNED", "true")
    scan.scan(REPOSITORY, DIGEST)
    assert capsys.readouterr().out.startswith("warning: ECR cannot scan this image")


def test_other_errors_of_ecr_are_passed_on(script: Any) -> None:
    script(CommandError(("aws", "ecr", "x"), "An error occurred (AccessDeniedException) when calling: no"))
    with pytest.raises(CommandError, match="AccessDeniedException"):
        scan.wait_for_findings(REPOSITORY, DIGEST)


def test_critical_findings_are_refused_but_those_that_are_allowed(
    script: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script(scans.basic("CRITICAL", name="CVE-2026-7"))
    with pytest.raises(StepError, match=r"^the image has 1 critical finding\(s\), listed above"):
        scan.scan(REPOSITORY, DIGEST)
    assert capsys.readouterr().out == (
        "findings of the scan: 1 critical\n"
        "vulnerability  package  version  fixed in\n"
        "CVE-2026-7     openssl  3.0.1    -\n"
    )
    monkeypatch.setenv("ALLOWED_FINDINGS", "CVE-2026-6 CVE-2026-7")
    scan.scan(REPOSITORY, DIGEST)
    assert "allowed by the settings: CVE-2026-7 in openssl\n" in capsys.readouterr().out
    monkeypatch.setenv("ALLOWED_FINDINGS", "CVE-2026-77")
    with pytest.raises(StepError, match="critical"):
        scan.scan(REPOSITORY, DIGEST)


def test_what_inspector_suppresses_does_not_count(script: Any) -> None:
    script(scans.enhanced("CRITICAL", state="SUPPRESSED"))
    scan.scan(REPOSITORY, DIGEST)


def test_a_number_that_is_not_one_is_reported(script: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    script(scans.NONE)
    monkeypatch.setenv("SCAN_MINUTES", "soon")
    with pytest.raises(StepError, match=r"^the variable SCAN_MINUTES is 'soon'; it must be a number of 0 or more$"):
        scan.wait_for_findings(REPOSITORY, DIGEST)
