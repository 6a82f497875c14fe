"""AWS CloudTrail: moto deletes a trail only by its name, but answers success for its ARN."""

from __future__ import annotations

from typing import Any

from moto.cloudtrail.models import CloudTrailBackend

from emulator.registry import patch


@patch(CloudTrailBackend, "delete_trail")
def delete_by_arn_too(original: Any, backend: Any, name: str) -> None:
    """Find the trail by its ARN as well, which Terraform uses."""
    original(backend, name.rpartition(":trail/")[2])
