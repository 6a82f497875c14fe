"""Messages on deployments, scaling and tasks of the services, from the events that ECS and its helpers send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules.event_messages import EventMessage
from modules.runbook import Runbook
from modules.service.cluster import cluster_name
from modules.topic import Severity

if TYPE_CHECKING:
    from modules.label import Label


def service_messages(label: Label, *, blue_green: bool) -> tuple[EventMessage, ...]:
    """The messages on all services of the cluster.

    Args:
        label: Names the cluster.
        blue_green: Whether CodeDeploy deploys those behind the load balancer, and sends the events of that.
    """
    shifts = _codedeploy_messages(label) if blue_green else ()
    return (*_ecs_messages(label), *shifts, *_task_messages(label), _scaling_message(label))


def _ecs_messages(label: Label) -> tuple[EventMessage, ...]:
    """Deployments by ECS itself.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
    """

    def message(id_: str, what: str, severity: Severity, *names: str, runbook: Runbook | None = None) -> EventMessage:
        return EventMessage(
            id=id_,
            what=what,
            where="<service>",
            severity=severity,
            pattern={
                "source": ["aws.ecs"],
                "detail-type": ["ECS Deployment State Change"],
                "resources": [{"prefix": _services(label)}],  # AWS documents no field for the cluster
                "detail": {"eventName": list(names)},
            },
            details=("Deployment: <deployment>", "Reason: <reason>"),
            values={
                "service": "$.resources[0]",
                "event": "$.detail.eventName",
                "deployment": "$.detail.deploymentId",
                "reason": "$.detail.reason",
            },
            runbook=runbook,
        )

    return (
        message(
            "deployments",
            "a deployment has changed its state to <event>",
            Severity.INFO,
            "SERVICE_DEPLOYMENT_IN_PROGRESS",
            "SERVICE_DEPLOYMENT_COMPLETED",
        ),
        # Not critical: the circuit breaker keeps the tasks of the version before, and an outage has its own alarms.
        message(
            "failed-deployments",
            "a deployment has failed (<event>), and ECS goes back to the version before",
            Severity.WARNING,
            "SERVICE_DEPLOYMENT_FAILED",
            runbook=Runbook.FAILED_DEPLOYMENTS,
        ),
    )


def _codedeploy_messages(label: Label) -> tuple[EventMessage, ...]:
    """Deployments by CodeDeploy.

    https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudwatch-events.html
    """

    def message(id_: str, what: str, severity: Severity, *states: str, runbook: Runbook | None = None) -> EventMessage:
        return EventMessage(
            id=id_,
            what=what,
            where="<application>, deployment group <group>",
            severity=severity,
            pattern={
                "source": ["aws.codedeploy"],
                "detail-type": ["CodeDeploy Deployment State-change Notification"],
                "detail": {"application": [{"prefix": f"{label.prefix}-"}], "state": list(states)},
            },
            details=("Deployment: <deployment>",),
            values={
                "application": "$.detail.application",
                "group": "$.detail.deploymentGroup",
                "deployment": "$.detail.deploymentId",
                "state": "$.detail.state",
            },
            runbook=runbook,
        )

    return (
        message(
            "traffic-shifts",
            "a blue/green deployment has changed its state to <state>",
            Severity.INFO,
            "START",
            "READY",
            "SUCCESS",
        ),
        message(
            "failed-traffic-shifts",
            "a blue/green deployment has ended without success (<state>), and requests stay with the version before",
            Severity.WARNING,
            "FAILURE",
            "STOP",
            runbook=Runbook.FAILED_DEPLOYMENTS,
        ),
    )


def _task_messages(label: Label) -> tuple[EventMessage, ...]:
    cluster = label.arn("ecs", f"cluster/{cluster_name(label)}")
    return (
        # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html
        EventMessage(
            id="impaired-services",
            what="ECS cannot run the tasks of a service as it should (<event>)",
            where="<service>",
            severity=Severity.WARNING,
            pattern={
                "source": ["aws.ecs"],
                "detail-type": ["ECS Service Action"],
                "detail": {"eventType": ["WARN", "ERROR"], "clusterArn": [cluster]},
            },
            values={"service": "$.resources[0]", "event": "$.detail.eventName"},
            runbook=Runbook.STOPPED_TASKS,
        ),
        # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
        # Not what ECS stops for a deployment or for scaling, and not an interruption of Spot: their stopCode differs.
        # A task without memory has the first one. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
        EventMessage(
            id="stopped-tasks",
            what="a task of a service has stopped by itself or could not start (<code>)",
            where="<service>",
            severity=Severity.WARNING,
            pattern={
                "source": ["aws.ecs"],
                "detail-type": ["ECS Task State Change"],
                "detail": {
                    "clusterArn": [cluster],
                    "group": [{"prefix": "service:"}],
                    "lastStatus": ["STOPPED"],
                    "stopCode": ["EssentialContainerExited", "TaskFailedToStart"],
                },
            },
            details=("Task: <task>", "Reason: <reason>"),
            values={
                "service": "$.detail.group",
                "task": "$.detail.taskArn",
                "code": "$.detail.stopCode",
                "reason": "$.detail.stoppedReason",
            },
            runbook=Runbook.STOPPED_TASKS,
        ),
    )


def _scaling_message(label: Label) -> EventMessage:
    """The only event of Application Auto Scaling: that a target has reached its maximum.

    https://docs.aws.amazon.com/autoscaling/application/userguide/automating-with-eventbridge.html
    """
    return EventMessage(
        id="scaled-to-maximum",
        what="a service has <new> tasks, the most that it may have (max_count)",
        where="<service>",
        severity=Severity.INFO,
        pattern={
            "source": ["aws.application-autoscaling"],
            "detail-type": ["Application Auto Scaling Scaling Activity State Change"],
            "detail": {
                "serviceNamespace": ["ecs"],
                "resourceId": [{"prefix": f"service/{cluster_name(label)}/"}],
                "scaledToMax": [True],
            },
        },
        details=("Tasks before: <old>",),
        values={
            "service": "$.detail.resourceId",
            "old": "$.detail.oldDesiredCapacity",
            "new": "$.detail.newDesiredCapacity",
        },
    )


def _services(label: Label) -> str:
    return label.arn("ecs", f"service/{cluster_name(label)}/")
