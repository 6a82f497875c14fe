"""What ECR says of the scan of an image, one answer after the other; the last one stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.ecr.exceptions import ScanNotFoundException
from moto.ecr.models import ECRBackend

if TYPE_CHECKING:
    import pytest

NONE = {"imageScanStatus": {"status": "COMPLETE"}, "imageScanFindings": {"imageScanCompletedAt": 1.0, "findings": []}}


def status(name: str, description: str = "") -> dict[str, Any]:
    return {"imageScanStatus": {"status": name, "description": description}, "imageScanFindings": {}}


def basic(severity: str, name: str = "CVE-2026-1", package: str = "openssl", version: str = "3.0.1") -> dict[str, Any]:
    attributes = [{"key": "package_name", "value": package}, {"key": "package_version", "value": version}]
    return {
        "imageScanStatus": {"status": "COMPLETE"},
        "imageScanFindings": {
            "imageScanCompletedAt": 1.0,
            "findings": [{"name": name, "severity": severity, "attributes": attributes}],
            "findingSeverityCounts": {severity: 1},
        },
    }


def enhanced(severity: str, name: str = "CVE-2026-2", state: str = "ACTIVE") -> dict[str, Any]:
    package = {"name": "libxml2", "version": "2.9", "fixedInVersion": "2.10"}
    details = {"vulnerabilityId": name, "vulnerablePackages": [package]}
    finding = {"severity": severity, "status": state, "title": name, "packageVulnerabilityDetails": details}
    return {
        "imageScanStatus": {"status": "ACTIVE", "description": "Continuous scan is selected for image."},
        "imageScanFindings": {"findings": [], "enhancedFindings": [finding], "findingSeverityCounts": {severity: 1}},
    }


def answers(monkeypatch: pytest.MonkeyPatch, *scripted: dict[str, Any] | None) -> list[str]:
    """Give these answers, None for a scan that ECR does not know yet; return the digests that are asked for."""
    asked: list[str] = []
    rest = list(scripted)

    def describe(_: ECRBackend, registry_id: str, repository_name: str, image_id: dict[str, str]) -> dict[str, Any]:
        asked.append(image_id["imageDigest"])
        found = rest.pop(0) if len(rest) > 1 else rest[0]
        if found is None:
            raise ScanNotFoundException(
                image_id=image_id["imageDigest"], repository_name=repository_name, registry_id=registry_id
            )
        return {"registryId": registry_id, "repositoryName": repository_name, "imageId": image_id, **found}

    monkeypatch.setattr(ECRBackend, "describe_image_scan_findings", describe)
    return asked
