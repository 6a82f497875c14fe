from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


def register(client: Client, *containers: dict[str, Any]) -> str:
    made = client("ecs").register_task_definition(
        family="tasks",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[
            {"name": f"app-{index}", "image": "app", **container} for index, container in enumerate(containers)
        ],
    )
    return str(made["taskDefinition"]["taskDefinitionArn"])


def mounted(path: str, *options: str) -> dict[str, Any]:
    return {"linuxParameters": {"tmpfs": [{"containerPath": path, "size": 1, "mountOptions": list(options)}]}}


def test_a_task_that_fits_is_registered(client: Client) -> None:
    assert register(client, mounted("/run", "noexec", "uid=1", "gid=1", "mode=0755"), {"memory": 256, "cpu": 256})


def test_a_task_definition_of_more_than_64_kib_is_refused(client: Client) -> None:
    large = {"environment": [{"name": "LARGE", "value": "x" * 65_536}]}
    with pytest.raises(
        ClientError, match=r"ClientException.*Actual length: '\d+'. Max allowed length is '65536' bytes"
    ):
        register(client, large)


@pytest.mark.parametrize("option", ["owner=101", "noruid=1", "size"])
def test_an_unknown_mount_option_is_refused(client: Client, option: str) -> None:
    with pytest.raises(ClientError, match=f"Invalid tmpfs mount option '{option}' of container 'app-0'"):
        register(client, mounted("/run", option))


def test_a_relative_mount_is_refused(client: Client) -> None:
    with pytest.raises(ClientError, match="Invalid tmpfs path 'run': it must be absolute"):
        register(client, mounted("run"))


@pytest.mark.parametrize(
    ("containers", "says"),
    [
        (
            ({"cpu": 225}, {"cpu": 32}),
            "The sum of all container cpu values cannot be greater than the value of the task",
        ),
        (({}, {"memory": 1024}), "container 'app-1'. The memory must not exceed the memory of the task"),
        (({"memory": 128, "memoryReservation": 256},), "The memoryReservation must not exceed the memory"),
        (
            ({"memoryReservation": 400}, {"memory": 256, "memoryReservation": 128}),
            "The memory reserved for all containers must not exceed",
        ),
    ],
)
def test_containers_that_do_not_fit_are_refused(
    client: Client, containers: tuple[dict[str, Any], ...], says: str
) -> None:
    with pytest.raises(ClientError, match=f"ClientException.*{says}"):
        register(client, *containers)
