"""Layer `edge`: what CloudFront takes from us-east-1 only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.edge import VIEWER_REGION
from synthesis.manifest import read_stacks

if TYPE_CHECKING:
    from pathlib import Path


def test_it_is_in_the_region_of_cloudfront(output: Path) -> None:
    assert read_stacks(output)["prod-edge"].region == VIEWER_REGION


def test_it_is_not_planned_before_the_records_exist(output: Path) -> None:
    """ACM would wait for them for hours."""
    stacks = read_stacks(output)
    assert "prod-domain" in stacks["prod-edge"].producers(stacks).values()
    (validation,) = stacks["prod-edge"].all("aws_acm_certificate_validation")
    names = validation.get("validation_record_fqdns")
    assert names
    assert all("route53_record" in name for name in names)
