"""How a deployment shifts requests: AWS's own configurations, and those of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emulator.store import Shape

_MOST_PERCENT: Final = 99
_MOST_MINUTES: Final = 2880
"""https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html"""
_KINDS: Final = {
    "TimeBasedCanary": ("timeBasedCanary", "canaryPercentage", "canaryInterval"),
    "TimeBasedLinear": ("timeBasedLinear", "linearPercentage", "linearInterval"),
}
ALL: Final = 100


def _predefined(name: str, kind: str = "AllAtOnce", percent: int = 0, minutes: int = 0) -> Shape:
    routing: dict[str, Any] = {"type": kind}
    if kind in _KINDS:
        member, share, interval = _KINDS[kind]
        routing[member] = {share: percent, interval: minutes}
    return {
        "deploymentConfigName": f"CodeDeployDefault.ECS{name}",
        "computePlatform": "ECS",
        "trafficRoutingConfig": routing,
    }


PREDEFINED: Final[Mapping[str, Shape]] = {
    str(one["deploymentConfigName"]): one
    for one in (
        _predefined("AllAtOnce"),
        _predefined("Linear10PercentEvery1Minutes", "TimeBasedLinear", 10, 1),
        _predefined("Linear10PercentEvery3Minutes", "TimeBasedLinear", 10, 3),
        _predefined("Canary10Percent5Minutes", "TimeBasedCanary", 10, 5),
        _predefined("Canary10Percent15Minutes", "TimeBasedCanary", 10, 15),
    )
}
"""https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html"""


def require_accepted(params: Shape) -> None:
    """Refuse steps that CodeDeploy does not take.

    Raises:
        AwsError: A percentage or an interval is out of range, or is missing.
    """
    routing = params.get("trafficRoutingConfig")
    if not routing or routing.get("type") not in _KINDS:
        return
    member, share, interval = _KINDS[routing["type"]]
    steps = routing.get(member) or {}
    percent, minutes = steps.get(share) or 0, steps.get(interval) or 0
    problem = None
    if not 1 <= percent <= _MOST_PERCENT:
        problem = f"{share} must be between 1 and {_MOST_PERCENT}"
    elif not 1 <= minutes <= _MOST_MINUTES or _last_minute(percent, minutes, routing["type"]) > _MOST_MINUTES:
        problem = f"{interval} must be 1 or more, and the shift must end within {_MOST_MINUTES} minutes"
    if problem:
        raise AwsError(code="InvalidTrafficRoutingConfigurationException", message=f"{problem}.")


def steps(configuration: Shape) -> Iterator[tuple[int, int]]:
    """Each step: the share of requests that goes to the new tasks, and the minutes until the next step."""
    routing = configuration.get("trafficRoutingConfig") or {}
    if routing.get("type") not in _KINDS:
        yield ALL, 0
        return
    member, share, interval = _KINDS[routing["type"]]
    percent, minutes = int(routing[member][share]), int(routing[member][interval])
    if member == "timeBasedCanary":
        yield percent, minutes
    else:
        for reached in range(percent, ALL, percent):
            yield reached, minutes
    yield ALL, 0


def _last_minute(percent: int, minutes: int, kind: str) -> int:
    waits = 1 if kind == "TimeBasedCanary" else -(-ALL // percent) - 1
    return waits * minutes
