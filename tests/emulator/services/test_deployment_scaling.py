"""The function that suspends scaling, beside deployments of the emulator: from their start to their end."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.deployment_scaling.handler import IN, OUT, SCHEDULED, handler
from tests.emulator.releases import APP, CLUSTER, SECONDS, SERVICE, Platform, fast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator.conftest import Client

NOTHING, ALL = (dict.fromkeys((IN, OUT, SCHEDULED), value) for value in (False, True))
KEPT = {IN: True, OUT: False, SCHEDULED: True}
TARGET = {"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"}


@pytest.fixture(autouse=True)
def short_minutes() -> Iterator[None]:
    with fast(1.5):
        yield


@pytest.fixture
def platform(client: Client, monkeypatch: pytest.MonkeyPatch) -> Platform:
    made = Platform(client)
    routing = {"type": "TimeBasedCanary", "timeBasedCanary": {"canaryPercentage": 10, "canaryInterval": 1}}
    made.codedeploy.create_deployment_config(
        deploymentConfigName="slow", computePlatform="ECS", trafficRoutingConfig=routing
    )
    made.make_group(deploymentConfigName="slow")
    made.of("application-autoscaling").register_scalable_target(
        **TARGET, ResourceId=f"service/{CLUSTER}/{SERVICE}", MinCapacity=1, MaxCapacity=4
    )
    monkeypatch.setenv("CLUSTER", CLUSTER)
    monkeypatch.setenv("SERVICES", json.dumps({SERVICE: APP}))
    monkeypatch.setenv("SLEEPS", "false")
    return made


def suspended(platform: Platform) -> dict[str, bool]:
    """What is suspended after a call."""
    handler({}, None, client=platform.of)
    (target,) = platform.of("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")[
        "ScalableTargets"
    ]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 4)
    state: dict[str, bool] = target["SuspendedState"]
    return state


def states(platform: Platform, deployment: str) -> list[dict[str, bool]]:
    """What is suspended from the start of a deployment to its end, each state once."""
    seen: list[dict[str, bool]] = []
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        has_ended = platform.info(deployment)["status"] in {"Succeeded", "Failed", "Stopped"}
        state = suspended(platform)
        if not seen or seen[-1] != state:
            seen.append(state)
        if has_ended:
            return seen
        time.sleep(0.02)
    raise AssertionError(seen)


def test_scaling_stops_with_the_start_and_goes_on_step_by_step(platform: Platform) -> None:
    assert suspended(platform) == NOTHING
    assert states(platform, platform.deploy(platform.register("web:2"))) == [ALL, KEPT, NOTHING]


def test_scaling_goes_on_after_a_deployment_that_failed(platform: Platform) -> None:
    failing: Any = {"AfterAllowTestTraffic": platform.hook("refuses", "Failed")}
    seen = states(platform, platform.deploy(platform.register("web:2"), hooks=failing))
    assert (seen[0], seen[-1]) == (ALL, NOTHING)
    assert KEPT not in seen


def test_scaling_goes_on_after_a_person_has_stopped_it(platform: Platform) -> None:
    deployment = platform.deploy(platform.register("web:2"))
    assert suspended(platform) == ALL
    platform.codedeploy.stop_deployment(deploymentId=deployment, autoRollbackEnabled=True)
    platform.wait(deployment)
    deadline = time.monotonic() + SECONDS
    while suspended(platform) != NOTHING:
        assert time.monotonic() < deadline
        time.sleep(0.05)
