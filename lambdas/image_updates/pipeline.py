"""The pipeline: what it has released, and a run that builds that again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

SOURCE: Final = "source"
"""The action that reads the repository."""
REBUILD: Final = "REBUILD"
"""The variable of a run that builds on fresh base images."""
_UNFINISHED: Final = frozenset({"InProgress", "Stopping"})
_RELEASED: Final = "Succeeded"


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """A pipeline with a repository on GitHub."""

    codepipeline: Any
    name: str

    def rebuild(self, *, run_id: str) -> str:
        """Start a run of the released commit, unless another one is on its way; return what happened.

        Another run brings what is newer than the release, and builds on the newest base images too. A run of the
        released commit behind it would take it back.
        """
        commit = None
        # The newest first: https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListPipelineExecutions.html
        for page in self.codepipeline.get_paginator("list_pipeline_executions").paginate(pipelineName=self.name):
            for run in page["pipelineExecutionSummaries"]:
                if run["status"] in _UNFINISHED:
                    return f"run {run['pipelineExecutionId']} has not ended: no other one is started"
                if commit is None and run["status"] == _RELEASED:
                    commit = _commit(run)
            if commit is not None:
                break
        if commit is None:
            return "nothing is released yet: no run is started"
        started = self.codepipeline.start_pipeline_execution(
            name=self.name,
            clientRequestToken=run_id,
            variables=[{"name": REBUILD, "value": "true"}],
            # https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-trigger-source-overrides.html
            sourceRevisions=[{"actionName": SOURCE, "revisionType": "COMMIT_ID", "revisionValue": commit}],
        )
        return f"run {started['pipelineExecutionId']} builds commit {commit} again"


def _commit(run: dict[str, Any]) -> str | None:
    return next((one["revisionId"] for one in run.get("sourceRevisions", []) if one["actionName"] == SOURCE), None)
