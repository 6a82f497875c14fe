"""Actions that wait until a person approves."""

from __future__ import annotations

import datetime as dt
import json
import time
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from emulator.clock import now
from emulator.pipelines import rights
from emulator.registry import REGISTRY
from emulator.releases.clock import CLOCK

if TYPE_CHECKING:
    from emulator.pipelines.work import Work

_WEEK_MINUTES: Final = 7 * 24 * 60
_APPROVED: Final = "Approved"


def run(work: Work) -> None:
    """Publish the question, and wait for an answer or the timeout.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals-json-format.html
    """
    minutes = float(work.run.declaration.get("timeoutInMinutes") or _WEEK_MINUTES)
    with REGISTRY.lock:
        work.run.ask()
    topic = work.configuration.get("NotificationArn")
    if topic:
        rights.require(work.role, ("sns:Publish",), what=f"the topic {topic}")
        try:
            work.session.client("sns").publish(TopicArn=topic, Subject=_subject(work), Message=_message(work, minutes))
        except ClientError as error:
            work.fail(f"The topic {topic} could not be used: {error}")
    end = time.monotonic() + CLOCK.seconds(minutes)
    while not work.run.answered.is_set():
        if time.monotonic() >= end:
            work.fail("The manual approval has expired", "JobFailed")
        work.pause()
    work.run.summary = str(work.run.result.get("summary") or "")
    if work.run.result.get("status") != _APPROVED:
        work.fail(work.run.summary or "Rejected by a user", "JobFailed")


def _subject(work: Work) -> str:
    return f"APPROVAL NEEDED: AWS CodePipeline {work.execution.pipeline} for action {work.run.name}"[:100]


def _message(work: Work, minutes: float) -> str:
    execution = work.execution
    console = f"https://console.aws.amazon.com/codesuite/codepipeline/pipelines/{execution.pipeline}/view"
    expires = now() + dt.timedelta(minutes=minutes)
    return json.dumps(
        {
            "region": execution.region,
            "consoleLink": f"{console}?region={execution.region}",
            "approval": {
                "pipelineName": execution.pipeline,
                "stageName": work.run.stage,
                "actionName": work.run.name,
                "token": work.run.token,
                "expires": expires.strftime("%Y-%m-%dT%H:%MZ"),
                "externalEntityLink": work.configuration.get("ExternalEntityLink"),
                "approvalReviewLink": f"{console}#/{work.run.stage}/{work.run.name}/approve/{work.run.token}",
                "customData": work.configuration.get("CustomData"),
            },
        }
    )
