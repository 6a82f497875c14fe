"""Rejects a release, of which no user may have seen anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acceptance.releases.images import running_images
from acceptance.releases.static_files import change_problems, shown_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import boto3

    from acceptance.releases.pipeline_run import PipelineRuns
    from config.environment import Environment


def reject(
    id_: str, runs: PipelineRuns, environment: Environment, session: boto3.Session, *, shown: Mapping[str, str]
) -> Iterator[str]:
    """Reject a run when it asks, and yield what it has changed nevertheless; `shown` are the files before it."""
    before = running_images(environment, session)
    approval = runs.wait_for_approval(id_)
    if approval is None:
        yield "the release that is to be rejected asked for no approval"
        return
    runs.reject(approval)
    if (status := runs.wait(id_)) != "Failed":
        yield f"the rejected release ended as {status}"
    if running_images(environment, session) != before:
        yield "the rejected release was deployed"
    yield from change_problems(shown, shown_files(environment, session), when="by the release that was rejected")
