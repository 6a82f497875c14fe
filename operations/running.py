"""What runs of each service, and which release it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from operations.services import cluster_name, services
from preflight.account import error_code

if TYPE_CHECKING:
    from collections.abc import Iterable

    from operations.account import Account
    from synthesis.manifest import Stack

_MOST: Final = 10
"""Services in a call: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html"""

_MOST_TASKS: Final = 100
_DIGEST_LENGTH: Final = 19
"""`sha256:` and twelve characters, which tell two images of a repository apart."""


@dataclass(frozen=True, kw_only=True)
class Running:
    """What runs of a service."""

    service: str
    desired: int
    running: int
    release: str
    """Name and tag of its image, as the task definition has it."""
    digest: str
    """The digest that its tasks run; several if they differ."""
    deployment: str
    """What is being changed, or failed; empty if nothing is."""

    @property
    def is_steady(self) -> bool:
        """Whether as many tasks run as wanted, and nothing is being changed."""
        return self.desired == self.running and not self.deployment


def read_running(account: Account, stack: Stack) -> list[Running] | None:
    """What runs of each service of a stack; None if it is not applied yet."""
    cluster, every = cluster_name(stack), services(stack)
    by_name = {one.full_name: one.name for one in every.values()}
    ecs, found = account.client("ecs"), []
    names = sorted(by_name)
    try:
        for start in range(0, len(names), _MOST):
            answer = ecs.describe_services(cluster=cluster, services=names[start : start + _MOST])
            found += [one for one in answer["services"] if one["status"] == "ACTIVE"]
    except ClientError as error:
        if error_code(error) == "ClusterNotFoundException":
            return None
        raise
    return [_running(account, cluster, by_name[one["serviceName"]], one) for one in found] or None


def _running(account: Account, cluster: str, name: str, service: dict[str, Any]) -> Running:
    definition = _definition(service)
    ecs = account.client("ecs")
    found = ecs.describe_task_definition(taskDefinition=definition)["taskDefinition"]
    image = next((one["image"] for one in found["containerDefinitions"] if one["name"] == name), "unknown")
    return Running(
        service=name,
        desired=service["desiredCount"],
        running=service["runningCount"],
        release=image.rpartition("/")[2].partition("@")[0],
        digest=", ".join(sorted(_digests(account, cluster, service["serviceName"], name))) or "-",
        deployment=_deployment(service),
    )


def _definition(service: dict[str, Any]) -> str:
    """The task definition that users get: that of the primary task set where CodeDeploy deploys."""
    for one in service.get("taskSets", ()):
        if one["status"] == "PRIMARY":
            return str(one["taskDefinition"])
    return str(service["taskDefinition"])


def _digests(account: Account, cluster: str, service: str, container: str) -> set[str]:
    arns = account.items("ecs", "list_tasks", "taskArns", cluster=cluster, serviceName=service, desiredStatus="RUNNING")
    if not arns:
        return set()
    tasks = account.client("ecs").describe_tasks(cluster=cluster, tasks=arns[:_MOST_TASKS])["tasks"]
    return {
        one["imageDigest"][:_DIGEST_LENGTH]
        for task in tasks
        for one in task.get("containers", ())
        if one["name"] == container and one.get("imageDigest")
    }


def _deployment(service: dict[str, Any]) -> str:
    """What CodeDeploy or ECS changes right now, or what failed last."""
    parts = [_task_set(one) for one in service.get("taskSets", ()) if one["status"] not in {"PRIMARY", "DRAINING"}]
    parts += list(_rollouts(service.get("deployments", ())))
    return "; ".join(parts)


def _task_set(one: dict[str, Any]) -> str:
    return f"{one.get('externalId') or 'CodeDeploy'} since {_minute(one['createdAt'])}"


def _rollouts(deployments: Iterable[dict[str, Any]]) -> Iterable[str]:
    for one in deployments:
        match one.get("rolloutState"):
            case "IN_PROGRESS":
                yield f"in progress since {_minute(one['createdAt'])}"
            case "FAILED":
                yield f"failed: {one.get('rolloutStateReason') or 'ECS gives no reason'}"


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%H:%M} UTC"
