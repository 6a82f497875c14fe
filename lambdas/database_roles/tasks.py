"""Tasks of ECS that still hold a login: they got the url when they started, and keep it until they end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html
_MOST_TASKS: Final = 100
# Of a layer that is not there yet.
_NOT_THERE: Final = frozenset({"ClusterNotFoundException", "ServiceNotFoundException", "ServiceNotActiveException"})
# A task that is to stop still serves requests for a while, and is listed as stopped.
_STATUSES: Final = ("RUNNING", "STOPPED")


@dataclass(frozen=True, kw_only=True)
class Tasks:
    """The tasks of the services of a cluster."""

    ecs: Any
    cluster: str

    def created_before(self, moment: datetime, *, service: str) -> list[str]:
        """The ids of a service's tasks that have not ended and were created before that.

        A task reads its secrets after it was created, so one that was created later has the url of later.
        """
        found = self._describe(self._list(service))
        group = f"service:{service}"
        return sorted(
            task["taskArn"].rsplit("/", 1)[-1]
            for task in found
            if task.get("group", group) == group and task["lastStatus"] != "STOPPED" and task["createdAt"] < moment
        )

    def _list(self, service: str) -> list[str]:
        pages = self.ecs.get_paginator("list_tasks")
        try:
            return [
                arn
                for status in _STATUSES
                for page in pages.paginate(cluster=self.cluster, serviceName=service, desiredStatus=status)
                for arn in page["taskArns"]
            ]
        except ClientError as error:
            if error.response["Error"]["Code"] in _NOT_THERE:
                return []
            raise

    def _describe(self, arns: Sequence[str]) -> Iterator[dict[str, Any]]:
        for first in range(0, len(arns), _MOST_TASKS):
            chunk = list(arns[first : first + _MOST_TASKS])
            yield from self.ecs.describe_tasks(cluster=self.cluster, tasks=chunk)["tasks"]
