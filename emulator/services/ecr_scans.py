"""The scans of images in Amazon ECR: moto scans nothing on push, and always finds the same."""

from __future__ import annotations

from collections import Counter
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from moto.core.utils import utcnow
from moto.ecr.models import ECRBackend

from emulator.registry import REGISTRY, patch

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.store import Shape

FINDINGS: Final[dict[str, list[Shape]]] = {}
"""What a scan finds, by the digest of an image or the name of its repository; nothing without it. For tests."""
REGISTRY.resets.append(FINDINGS.clear)
_OF_MOTO: Final = "CVE-9999-9999"
_ON_PUSH: Final = ("SCAN_ON_PUSH", "CONTINUOUS_SCAN")
_ENHANCED: Final = "ENHANCED"


@patch(ECRBackend, "put_image")
def scan_on_push(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
    """Scan an image at once, if the repository or the registry says so.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
    """
    image = original(backend, *args, **kwargs)
    name = str(kwargs.get("repository_name") or args[0])
    if image.last_scan is None and _scans(backend, name):
        image.last_scan = utcnow()
    return image


@patch(ECRBackend, "describe_image_scan_findings")
def find(original: Callable[..., Shape], backend: Any, *args: Any, **kwargs: Any) -> Shape:
    """Return what the scan has found, in the form of the registry's kind of scan, instead of moto's example."""
    answer = original(backend, *args, **kwargs)
    found = answer["imageScanFindings"]
    if not any(one.get("name") == _OF_MOTO for one in found.get("findings") or ()):
        return answer  # what a test has told moto
    digest = answer["imageId"]["imageDigest"]
    findings = FINDINGS.get(digest) or FINDINGS.get(answer["repositoryName"]) or []
    counts = dict(Counter(one["severity"] for one in findings))
    enhanced = backend.registry_scanning_configuration.get("scanType") == _ENHANCED
    kept = {name: found[name] for name in ("imageScanCompletedAt", "vulnerabilitySourceUpdatedAt") if name in found}
    return {
        **answer,
        "imageScanStatus": {
            "status": "ACTIVE" if enhanced else "COMPLETE",
            "description": "Continuous scan is selected for image."
            if enhanced
            else "The scan was completed successfully.",
        },
        "imageScanFindings": {
            **kept,
            "enhancedFindings" if enhanced else "findings": findings,
            "findingSeverityCounts": counts,
        },
    }


def _scans(backend: Any, name: str) -> bool:
    if backend.repositories[name].image_scanning_configuration.get("scanOnPush"):
        return True
    return any(
        rule.get("scanFrequency") in _ON_PUSH
        and any(fnmatchcase(name, one["filter"]) for one in rule.get("repositoryFilters") or ())
        for rule in backend.registry_scanning_configuration.get("rules") or ()
    )
