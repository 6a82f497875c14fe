"""What CodeDeploy sends to EventBridge when the state of a deployment changes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from moto.events.models import events_backends

if TYPE_CHECKING:
    from emulator.releases.deployment import Deployment

_STATES: Final = {"InProgress": "START", "Succeeded": "SUCCESS", "Failed": "FAILURE", "Stopped": "STOP"}


def send(deployment: Deployment) -> None:
    """Send the state that a deployment has now; the caller has the lock.

    https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudwatch-events.html
    """
    start = f"arn:aws:codedeploy:{deployment.region}:{deployment.account}"
    application, group = deployment.application, deployment.group
    detail = {
        "region": deployment.region,
        "deploymentId": deployment.id,
        "instanceGroupId": group.deployment_group_id,
        "deploymentGroup": group.deployment_group_name,
        "state": _STATES[deployment.status],
        "application": application,
    }
    event = {
        "Source": "aws.codedeploy",
        "DetailType": "CodeDeploy Deployment State-change Notification",
        "Detail": json.dumps(detail),
        "Resources": [
            f"{start}:deploymentgroup:{application}/{group.deployment_group_name}",
            f"{start}:application:{application}",
        ],
    }
    events_backends[deployment.account][deployment.region].put_events([event])
