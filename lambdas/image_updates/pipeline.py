"""The pipeline: what it has released, and a run that builds that again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

SOURCE: Final = "source"
"""The action that reads the repository."""
REBUILD: Final = "REBUILD"
"""The variable of a run that builds on fresh base images."""
DEPLOY: Final = "Deploy"
"""The stage after which users have the new version."""
_UNFINISHED: Final = frozenset({"InProgress", "Stopping"})
_SUCCEEDED: Final = "Succeeded"


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
                if commit is None and self._is_deployed(run):
                    commit = self._commit(run)
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

    def _is_deployed(self, run: dict[str, Any]) -> bool:
        """Whether users got the version of a run, which may have failed or been stopped after that.

        Not ListPipelineExecutions with succeededInStage: it leaves out the runs before the last change of the pipeline.
        https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineExecutionFilter.html
        """
        if run["status"] == _SUCCEEDED:
            return True
        found = self.codepipeline.get_paginator("list_action_executions").paginate(
            pipelineName=self.name, filter={"pipelineExecutionId": run["pipelineExecutionId"]}
        )
        actions = [one for page in found for one in page["actionExecutionDetails"] if one["stageName"] == DEPLOY]
        # The last try of each action.
        last = {one["actionName"]: one["status"] for one in sorted(actions, key=lambda one: one["startTime"])}
        return bool(last) and set(last.values()) == {_SUCCEEDED}

    def _commit(self, run: dict[str, Any]) -> str | None:
        """The commit of a run; that of a rollback is the one of the run to which it goes back."""
        revisions = run.get("sourceRevisions")
        target = (run.get("rollbackMetadata") or {}).get("rollbackTargetPipelineExecutionId")
        if not revisions and target:
            back = self.codepipeline.get_pipeline_execution(pipelineName=self.name, pipelineExecutionId=target)
            revisions = [
                {"actionName": one["name"], "revisionId": one["revisionId"]}
                for one in back["pipelineExecution"]["artifactRevisions"]
            ]
        return next((one["revisionId"] for one in revisions or () if one["actionName"] == SOURCE), None)
