"""Settings of deployments: how a new version replaces the old one."""

from collections.abc import Iterator
from typing import ClassVar, Final, Literal

from pydantic import Field

from config.errors import Problem
from config.images import ContainerImage
from config.model import Check, Model
from config.provider import NATIVE_BLUE_GREEN_SINCE, PROVIDER, has_native_blue_green

UPDATABLE_WITH_CODEDEPLOY: Final = frozenset(
    {
        "deployment_maximum_percent",
        "deployment_minimum_healthy_percent",
        "desired_count",
        "enable_ecs_managed_tags",
        "health_check_grace_period_seconds",
        "ordered_placement_strategy",
        "placement_constraints",
        "propagate_tags",
    }
)
"""All that AWS lets an update of a service change whose deployments CodeDeploy makes.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
"""

MOST_PERCENT: Final = 99
MOST_SHIFT_MINUTES: Final = 2880
"""The most of one step, and the minutes between the first step and the last.

https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html names both for Lambda; for ECS it names 120 hours
from the start of a deployment, in which the new tasks also have to become healthy.
"""
MOST_KEPT_MINUTES: Final = 2880
"""https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BlueInstanceTerminationOption.html"""
_START_MINUTES: Final = 60
"""How long CodeDeploy waits until the new tasks are healthy.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-bluegreen.html
"""
HOOK_MINUTES: Final = 60
"""How long CodeDeploy waits for the answer of a hook: the limit of a lifecycle event.

https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html
"""
ONLY_BLUE_GREEN: Final[tuple[str, ...]] = ("traffic", "step_percent", "step_minutes", "keep_old_minutes", "test_port")
"""The settings that a rolling deployment does not use."""
_ONLY_STEPS: Final[tuple[str, ...]] = ("step_percent", "step_minutes")
_ONLY_CODEDEPLOY: Final[tuple[str, ...]] = ("test_port",)
MOST_NATIVE_MINUTES: Final = 1440
"""The most of one step, and for which ECS itself keeps the old tasks.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CanaryConfiguration.html
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
"""
LEAST_NATIVE_LINEAR_PERCENT: Final = 3
"""https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinearConfiguration.html"""

Traffic = Literal["canary", "linear", "all_at_once"]


def shift_minutes(traffic: Traffic, step_percent: int, step_minutes: int) -> int:
    """The minutes between the first step and the last; the first is taken at once."""
    if traffic == "all_at_once":
        return 0
    steps = 2 if traffic == "canary" else -(-100 // step_percent)
    return (steps - 1) * step_minutes


def _check_shift(strategy: str, traffic: Traffic, step_percent: int, step_minutes: int) -> Iterator[Problem]:
    minutes = shift_minutes(traffic, step_percent, step_minutes)
    if minutes > MOST_SHIFT_MINUTES:
        yield Problem(
            key="step_minutes",
            value=step_minutes,
            allowed=f'makes the shift last {minutes} minutes with traffic = "{traffic}" and '
            f"step_percent = {step_percent}; {'CodeDeploy' if strategy == 'blue_green' else 'this program'} allows "
            f"{MOST_SHIFT_MINUTES} (two days); use fewer minutes"
            + ("" if traffic == "canary" else ", or a higher step_percent"),
        )


def _check_native(strategy: str, traffic: Traffic, step_percent: int) -> Iterator[Problem]:
    if strategy != "native_blue_green":
        return
    if not has_native_blue_green():
        yield Problem(
            key="strategy",
            value=strategy,
            allowed=f"needs hashicorp/aws {NATIVE_BLUE_GREEN_SINCE} or newer, and this program uses {PROVIDER}, which "
            'does not have its arguments; use "blue_green" or "rolling" (docs/leaving-cdktf.md has a way to newer '
            "versions)",
        )
    if traffic == "linear" and step_percent < LEAST_NATIVE_LINEAR_PERCENT:
        yield Problem(
            key="step_percent",
            value=step_percent,
            allowed=f'must be {LEAST_NATIVE_LINEAR_PERCENT} or more with traffic = "linear" and '
            f'strategy = "{strategy}"',
        )


def _check_native_minutes(strategy: str, step_minutes: int, keep_old_minutes: int) -> Iterator[Problem]:
    if strategy != "native_blue_green":
        return
    for key, minutes in (("step_minutes", step_minutes), ("keep_old_minutes", keep_old_minutes)):
        if minutes > MOST_NATIVE_MINUTES:
            yield Problem(
                key=key,
                value=minutes,
                allowed=f'must be {MOST_NATIVE_MINUTES} (a day) or less with strategy = "{strategy}"',
            )


class DeploymentSettings(Model):
    """How a new version of a service replaces the old one, and when it is rolled back."""

    strategy: Literal["rolling", "blue_green", "native_blue_green"] = "rolling"
    """rolling: ECS replaces task by task. blue_green: CodeDeploy starts all beside the old and shifts the traffic.

    native_blue_green: ECS itself does that, without a smoke test; only with a newer provider (docs/leaving-cdktf.md).
    """

    test_port: int = Field(default=8443, ge=1024, le=65_535)
    """Port on which blue_green offers the new version for tests before users see it; it is not open to users."""

    traffic: Traffic = "canary"
    """How blue_green shifts the requests: canary in two steps, linear in equal ones, or all_at_once."""

    step_percent: int = Field(default=10, ge=1, le=MOST_PERCENT)
    """Share of the requests that goes to the new version first with canary, or with each step of linear."""

    step_minutes: int = Field(default=5, ge=1)
    """Minutes between two steps; all of them together may take two days."""

    keep_old_minutes: int = Field(default=60, ge=1, le=MOST_KEPT_MINUTES)
    """Minutes for which blue_green keeps the old tasks after the shift, so that a rollback is only a switch.

    An alarm needs about five. Until they end, twice as many tasks are paid for.
    """

    max_error_percent: int = Field(default=5, ge=1, le=100)
    """Share of requests with a 5xx response, over three minutes, at which a deployment is rolled back."""

    max_p95_ms: int = Field(default=1000, ge=10, le=60_000)
    """95th percentile of the response time, over three minutes, at which a deployment is rolled back."""

    placeholder_image: ContainerImage = "public.ecr.aws/docker/library/python:3.13-slim"
    """Image until the first release, by tag or by digest: any with python3 and openssl.

    ECR keeps a copy in the account's registry, where a tag never changes. It copies by tag only, so an image by
    digest must be there already, and without NAT any image.
    """

    checks: ClassVar[tuple[Check, ...]] = (_check_shift, _check_native, _check_native_minutes)

    def problems(self) -> Iterator[Problem]:
        """The checks, and the settings in the file that its strategy does not use."""
        yield from super().problems()
        if self.strategy == "rolling":
            unused, why = ONLY_BLUE_GREEN, 'strategy = "rolling"; set strategy = "blue_green"'
        elif self.traffic == "all_at_once":
            unused, why = _ONLY_STEPS, 'traffic = "all_at_once"; use "canary" or "linear"'
        else:
            unused, why = (), ""
        yield from self._unused(unused, why)
        if self.strategy == "native_blue_green":
            yield from self._unused(_ONLY_CODEDEPLOY, 'strategy = "native_blue_green"; set strategy = "blue_green"')

    def _unused(self, names: tuple[str, ...], why: str) -> Iterator[Problem]:
        for name in names:
            if name in self.model_fields_set:
                yield Problem(
                    key=name, value=getattr(self, name), allowed=f"has no effect with {why}, or remove the line"
                )

    @property
    def shift_minutes(self) -> int:
        """The minutes that a blue/green deployment takes from its first step to its last."""
        return shift_minutes(self.traffic, self.step_percent, self.step_minutes)

    @property
    def longest_release_minutes(self) -> int | None:
        """The longest time from the start of a release to the end of the old tasks; None without a limit.

        With blue_green: the start of the new tasks, the smoke test, the shift, and the wait before the old tasks end.
        ECS itself repeats a deployment until it succeeds or its circuit breaker stops it.
        """
        if self.strategy != "blue_green":
            return None
        return _START_MINUTES + HOOK_MINUTES + self.shift_minutes + self.keep_old_minutes
