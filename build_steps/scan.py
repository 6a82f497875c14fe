"""Waits for ECR's scan of an image, and fails if it has a critical finding."""

from __future__ import annotations

import time
from typing import Any, Final

from build_steps.commands import CommandError, StepError, aws, main, number, variable
from build_steps.findings import Finding, is_complete, read_findings, summary, table
from build_steps.registry import Repository, valid_digest

_UNTIL_DONE: Final = {"PENDING", "IN_PROGRESS"}
_DONE: Final = {"COMPLETE", "ACTIVE"}  # ACTIVE: Inspector goes on to watch the image
# For an answer that says that the scan is complete, and has neither findings nor a time.
_SETTLE_SECONDS: Final = 60
_SUPPORTED: Final = {
    "basic": "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-basic.html",
    "enhanced": "https://docs.aws.amazon.com/inspector/latest/user/supported.html",
}


def wait_for_findings(repository: Repository, digest: str) -> list[Finding] | None:
    """The findings of an image; None if ECR cannot scan it and the project allows that.

    Raises:
        StepError: There is no result in time, the scan failed, or the image cannot be scanned.
    """
    minutes, pause = number("SCAN_MINUTES", 15), number("SCAN_INTERVAL_SECONDS", 10)
    end, settled = time.monotonic() + minutes * 60, None
    while True:
        answer = _answer(repository, digest)
        status = answer.get("imageScanStatus") or {}
        state, description = status.get("status", ""), status.get("description") or "no reason given"
        if state in _DONE:
            settled = settled or time.monotonic() + number("SCAN_SETTLE_SECONDS", _SETTLE_SECONDS)
            if is_complete(answer) or time.monotonic() >= settled:
                return read_findings(answer)
        elif state == "UNSUPPORTED_IMAGE":
            _accept_unscanned(description)
            return None
        elif state and state not in _UNTIL_DONE:
            message = (
                f"the scan of {repository.name}@{digest} ended as {state}: {description}; scan it again with `aws ecr "
                f"start-image-scan --repository-name {repository.name} --image-id imageDigest={digest}`, then retry"
            )
            raise StepError(message)
        if time.monotonic() >= end:
            message = (
                f"there is no scan result of {repository.name}@{digest} after {minutes:g} minutes "
                f"(status: {state or 'not started'}); check that the registry scans on push, then retry the "
                "stage"
            )
            raise StepError(message)
        time.sleep(pause)


def check(findings: list[Finding]) -> None:
    """Print what was found.

    Raises:
        StepError: A finding is critical, and not allowed by the settings.
    """
    allowed = set(variable("ALLOWED_FINDINGS", "").split())
    critical = [finding for finding in findings if finding.severity == "CRITICAL"]
    refused = [finding for finding in critical if finding.name not in allowed]
    print(f"findings of the scan: {summary(findings)}")
    for finding in critical:
        if finding.name in allowed:
            print(f"allowed by the settings: {finding.name} in {finding.package}")
    if refused:
        print(table(refused), flush=True)
        message = (
            f"the image has {len(refused)} critical finding(s), listed above; update the package or the base image, or "
            "name a finding in allowed_findings of [delivery] if it does not concern the services"
        )
        raise StepError(message)


def scan(repository: Repository, digest: str) -> None:
    """Wait for the findings of an image and check them."""
    findings = wait_for_findings(repository, digest)
    if findings is not None:
        check(findings)


def _answer(repository: Repository, digest: str) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = aws(
            *("ecr", "describe-image-scan-findings", "--repository-name", repository.name),
            *("--registry-id", repository.account, "--region", repository.region),
            *("--image-id", f"imageDigest={digest}"),
        )
    except CommandError as error:
        if error.code == "ScanNotFoundException":  # it starts some seconds after the push
            return {}
        raise
    return answer


def _accept_unscanned(description: str) -> None:
    if variable("ALLOW_UNSCANNED", "false") == "true":
        print(f"warning: ECR cannot scan this image ({description}); allow_unscanned lets it pass")
        return
    pages = ", ".join(f"{kind}: {page}" for kind, page in _SUPPORTED.items())
    message = (
        f"ECR cannot scan this image: {description}; use a base image that it supports ({pages}), or set "
        "allow_unscanned = true in [delivery]"
    )
    raise StepError(message)


def _step() -> None:
    scan(Repository.parse(variable("REPOSITORY_URL")), valid_digest(variable("IMAGE_DIGEST")))


if __name__ == "__main__":
    main(_step)
