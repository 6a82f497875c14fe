"""What a scan of ECR has found: the same for basic scanning and for that of Amazon Inspector."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_SEVERITIES: Final = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNDEFINED")
_MOST_ROWS: Final = 20


@dataclass(frozen=True)
class Finding:
    """A vulnerability of a package in the image."""

    name: str
    severity: str
    package: str
    version: str
    fixed_in: str


def read_findings(answer: Mapping[str, Any]) -> list[Finding]:
    """The findings in an answer of DescribeImageScanFindings; without those that Inspector suppresses."""
    found = answer.get("imageScanFindings") or {}
    basic = [_basic(one) for one in found.get("findings") or ()]
    enhanced = [
        _enhanced(one) for one in found.get("enhancedFindings") or () if one.get("status", "ACTIVE") == "ACTIVE"
    ]
    return [*basic, *enhanced]


def is_complete(answer: Mapping[str, Any]) -> bool:
    """Whether the findings are there: the status alone can come seconds before them.

    https://github.com/aws/aws-sdk/issues/289
    """
    found = answer.get("imageScanFindings") or {}
    return bool(found.get("imageScanCompletedAt") or found.get("findingSeverityCounts") or read_findings(answer))


def summary(findings: Iterable[Finding]) -> str:
    """How many there are of each severity."""
    counts = Counter(finding.severity for finding in findings)
    parts = [f"{counts[severity]} {severity.lower()}" for severity in _SEVERITIES if counts[severity]]
    return ", ".join(parts) or "none"


def table(findings: Sequence[Finding]) -> str:
    """A row for each, the first ones if there are many."""
    rows = [("vulnerability", "package", "version", "fixed in")]
    rows += [(one.name, one.package, one.version, one.fixed_in) for one in findings[:_MOST_ROWS]]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    if more := len(findings) - _MOST_ROWS:
        lines += [f"and {more} more"] if more > 0 else []
    return "\n".join(lines)


def _basic(one: Mapping[str, Any]) -> Finding:
    details = {item["key"]: item.get("value", "") for item in one.get("attributes") or ()}
    return Finding(
        name=one.get("name", "-"),
        severity=one.get("severity", "UNDEFINED"),
        package=details.get("package_name", "-"),
        version=details.get("package_version", "-"),
        fixed_in="-",  # basic scanning does not say
    )


def _enhanced(one: Mapping[str, Any]) -> Finding:
    details = one.get("packageVulnerabilityDetails") or {}
    packages = details.get("vulnerablePackages") or [{}]
    return Finding(
        name=details.get("vulnerabilityId") or one.get("title", "-"),
        severity=one.get("severity", "UNDEFINED"),
        package=_unique(package.get("name") for package in packages),
        version=_unique(package.get("version") for package in packages),
        fixed_in=_unique(package.get("fixedInVersion") for package in packages),
    )


def _unique(values: Iterator[str | None] | Iterable[str | None]) -> str:
    return ", ".join(dict.fromkeys(value for value in values if value)) or "-"
