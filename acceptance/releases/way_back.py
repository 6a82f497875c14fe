"""The ways back from a bad release that are not the stage's own: they are those of docs/runbooks.md."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from config.names import NameLimit

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

    from acceptance.releases.pipeline_run import PipelineRuns
    from config.environment import Environment

_DEPLOY: Final = "Deploy"
_POLL_SECONDS: Final = 0.1
_FAILED: Final = "Failed"
_SUCCEEDED: Final = "Succeeded"


@dataclass(frozen=True)
class GoodRelease:
    """The release to which users go back."""

    run: str
    commit: str


@dataclass(frozen=True)
class WayBack:
    """The ways back of one environment."""

    environment: Environment
    session: boto3.Session
    runs: PipelineRuns

    def while_an_alarm_is_red(self, bad: str, known: set[str], good: GoodRelease) -> Iterator[str]:
        """An alarm of a service is red from the bad deployment on: CodeDeploy refuses the rollback until it is not.

        Users still get the good release, because each failed deployment is rolled back.
        """
        while self.runs.stage_of(bad) != _DEPLOY and self.runs.status(bad) == "InProgress":
            time.sleep(_POLL_SECONDS)
        with self._red_alarm() as alarm:
            if (status := self.runs.wait(bad)) != _FAILED:
                yield f"the bad release ended as {status}"
                return
            back = self.runs.wait_for_new({*known, bad}, rollback=True)
            if (status := self.runs.wait(back)) != _FAILED:
                yield f"a rollback ended as {status} while {alarm} was red; CodeDeploy starts no deployment then"
            elif not any(alarm in reason for reason in self.runs.failures(back)):
                yield f"no action of the rollback says that {alarm} is red: {'; '.join(self.runs.failures(back))}"
        again = self.runs.roll_back(_DEPLOY, target=good.run)
        if (status := self.runs.wait(again)) != _SUCCEEDED:
            yield f"the rollback by hand ended as {status}: {'; '.join(self.runs.failures(again))}"

    def change_the_pipeline(self) -> None:
        """As an apply does: no stage goes back to a release of an earlier version of the pipeline."""
        client = self.runs.client
        client.update_pipeline(pipeline=client.get_pipeline(name=self.runs.name)["pipeline"])

    def after_an_apply(self, bad: str, known: set[str], good: GoodRelease) -> Iterator[str]:
        """After a change of the pipeline no stage is rolled back; a run of the good commit deploys it again."""
        if (status := self.runs.wait(bad)) != _FAILED:
            yield f"the bad release ended as {status}"
            return
        again = self.runs.start(commit=good.commit)
        if (status := self.runs.wait(again)) != _SUCCEEDED:
            yield f"the run of the last good commit ended as {status}: {'; '.join(self.runs.failures(again))}"
        for other in self.runs.listed():
            if other["pipelineExecutionId"] not in {*known, bad, again}:
                kind = f"{other.get('executionType')} by {other.get('trigger', {}).get('triggerType')}"
                yield f"after a change of the pipeline AWS rolls no stage back, and a run started: {kind}"

    @contextmanager
    def _red_alarm(self) -> Iterator[str]:
        """An alarm of a deployment group, red until the block ends."""
        alarms: Any = self.session.client("cloudwatch")
        name = self._alarm()
        alarms.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="The bad release answers with errors")
        try:
            yield name
        finally:
            alarms.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="The good release answers")

    def _alarm(self) -> str:
        client: Any = self.session.client("codedeploy")
        service = min(name for name, one in self.environment.services.items() if one.is_load_balanced)
        name = self.environment.names.name(service, limit=NameLimit.CODEDEPLOY)
        found = client.get_deployment_group(applicationName=name, deploymentGroupName=name)
        return str(found["deploymentGroupInfo"]["alarmConfiguration"]["alarms"][0]["name"])
