"""What CodeBuild sends to EventBridge when the state of a build changes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from moto.events.models import events_backends

if TYPE_CHECKING:
    from emulator.builds.build import Build


def send(build: Build) -> None:
    """Send the state that a build has now; the caller has the lock.

    https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications.html#sample-build-notifications-ref
    """
    detail = {
        "build-status": build.status,
        "project-name": build.name,
        "build-id": build.arn,
        "current-phase": build.phases[-1].name if build.phases else "SUBMITTED",
        "current-phase-context": f"[{build.failure}]",
        "additional-information": {
            "initiator": build.initiator,
            "build-number": float(build.number),
            "build-complete": build.end is not None,
            "timeout-in-minutes": float(build.project["timeoutInMinutes"]),
            "logs": {"group-name": build.log_group, "stream-name": build.log_stream},
        },
        "version": "1",
    }
    event = {
        "Source": "aws.codebuild",
        "DetailType": "CodeBuild Build State Change",
        "Detail": json.dumps(detail),
        "Resources": [build.arn],
    }
    events_backends[build.account][build.region].put_events([event])
