"""AWS CodePipeline: moto writes timestamps that the Go SDK cannot read."""

from __future__ import annotations

from typing import Any

from moto.codepipeline.models import CodePipeline
from moto.core.utils import unix_time

from emulator.registry import patch


@patch(CodePipeline, "metadata")
def numeric_timestamps(_: Any, pipeline: Any) -> dict[str, Any]:
    """Return timestamps as numbers: "expected Timestamp to be a JSON Number, got string instead"."""
    return {
        "pipelineArn": pipeline._arn,  # noqa: SLF001  moto publishes it nowhere else
        "created": unix_time(pipeline._created),  # noqa: SLF001
        "updated": unix_time(pipeline._updated),  # noqa: SLF001
    }
