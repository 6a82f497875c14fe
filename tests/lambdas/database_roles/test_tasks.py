"""Which tasks still hold the url of before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from lambdas.database_roles.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 11, 26, tzinfo=UTC)
SERVICE = "user-management-test-backend"


class Ecs:
    """The two operations, as AWS answers them."""

    def __init__(self, tasks: dict[str, tuple[str, int]], error: str | None = None) -> None:
        self._tasks = tasks
        self._error = error
        self.described: list[int] = []

    def get_paginator(self, _: str) -> Ecs:
        return self

    def paginate(self, *, cluster: str, serviceName: str, desiredStatus: str) -> Iterator[dict[str, Any]]:  # noqa: N803
        assert (cluster, serviceName) == ("cluster", SERVICE)
        if self._error:
            raise ClientError({"Error": {"Code": self._error, "Message": ""}}, "ListTasks")
        for name, (status, _) in self._tasks.items():
            is_listed = (status == "RUNNING") == (desiredStatus == "RUNNING")
            yield {"taskArns": [name] if is_listed else []}

    def describe_tasks(self, *, cluster: str, tasks: list[str]) -> dict[str, Any]:
        assert cluster == "cluster"
        self.described.append(len(tasks))
        shown = [(name, *self._tasks[name]) for name in tasks]
        return {
            "tasks": [
                {
                    "taskArn": f"arn:aws:ecs:r:1:task/cluster/{name}",
                    "lastStatus": status,
                    "createdAt": NOW + timedelta(minutes=minutes),
                    "group": f"service:{SERVICE}",
                }
                for name, status, minutes in shown
            ]
        }


def test_tasks_that_end_count_until_they_have_ended() -> None:
    ecs = Ecs(
        {
            "old": ("RUNNING", -5),
            "new": ("RUNNING", 5),
            "draining": ("DEACTIVATING", -9),
            "stopping": ("STOPPING", -9),
            "gone": ("STOPPED", -9),
        }
    )
    found = Tasks(ecs=ecs, cluster="cluster").created_before(NOW, service=SERVICE)
    assert found == ["draining", "old", "stopping"]


def test_they_are_described_by_the_hundred() -> None:
    ecs = Ecs({f"t{number}": ("RUNNING", -1) for number in range(230)})
    assert len(Tasks(ecs=ecs, cluster="cluster").created_before(NOW, service=SERVICE)) == 230
    assert ecs.described == [100, 100, 30]


@pytest.mark.parametrize("error", ["ClusterNotFoundException", "ServiceNotFoundException"])
def test_a_service_that_is_not_there_yet_has_none(error: str) -> None:
    assert Tasks(ecs=Ecs({}, error), cluster="cluster").created_before(NOW, service=SERVICE) == []


def test_another_error_is_not_taken_for_none() -> None:
    with pytest.raises(ClientError, match="AccessDeniedException"):
        Tasks(ecs=Ecs({}, "AccessDeniedException"), cluster="cluster").created_before(NOW, service=SERVICE)
