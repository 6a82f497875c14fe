"""The environment in its second region: the same settings, made for another place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from config.deployment import DeploymentSettings
from config.environment_checks import PLACE_CHECKS
from config.errors import Problem
from config.standby import STANDBY_MODES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.domain import DomainSettings
    from config.environment import Environment
    from config.recovery import RecoverySettings
    from config.services import ServiceSettings

_NOT_THERE: Final = ("security", "observability", "delivery", "cost", "release_source")
"""Tables about what an account has once, what watches all regions, and what releases."""
_NETWORK: Final = "network"
_REGION: Final = "region"


def standby_environment(config: Environment) -> Environment | None:
    """The settings by which the layers are synthesized in the second region; None if nothing serves from there.

    Not validated again: what the second region needs of the settings is checked with the environment's own.
    """
    recovery = config.recovery
    if recovery is None or (recovery.mode not in STANDBY_MODES and recovery.fail_over is None):
        return None
    return _there(config, recovery)


def standby_problems(config: Environment) -> Iterator[Problem]:
    """What the tables need of the second region and its network, also before anything serves from there."""
    there = _there(config, config.recovery) if config.recovery else None
    if there is None:
        return
    own = [*config.problems_among(dict(config), PLACE_CHECKS)]
    # All services run there once that region serves, and then is too late to find that they do not fit.
    for problem in there.problems_among({**dict(there), "services": config.services}, PLACE_CHECKS):
        if problem.key.partition(".")[0] == _NETWORK:
            yield problem.below("recovery.standby")
        elif problem.key != _REGION and problem not in own:  # of regions, [recovery] has its own checks
            yield Problem(
                key=problem.key,
                value=problem.value,
                allowed=f"in the second region, {there.region}: {problem.allowed}",
            )


def _there(config: Environment, recovery: RecoverySettings) -> Environment | None:
    standby = recovery.standby
    if recovery.region is None or standby is None:
        return None
    return config.model_copy(
        update={
            "region": recovery.region,
            "standby_of": config.region,
            "protect_data": config.protect_data and standby.protect_data,
            "network": standby.network,
            "deployment": _deployment(config.deployment),
            "services": {name: _service(service, recovery) for name, service in config.services.items()},
            "domain": _domain(config.domain) if config.domain else None,
            "release_targets": (),
            **dict.fromkeys(_NOT_THERE),
        }
    )


def _deployment(home: DeploymentSettings) -> DeploymentSettings:
    """Task by task: no pipeline shifts traffic there, and Terraform starts each release."""
    return DeploymentSettings(
        max_error_percent=home.max_error_percent,
        max_p95_ms=home.max_p95_ms,
        placeholder_image=home.placeholder_image,
    )


def _domain(home: DomainSettings) -> DomainSettings:
    """The names and their zone; who checks the site from outside does so for both regions."""
    return home.model_copy(update={"health_check": None})


def _service(home: ServiceSettings, recovery: RecoverySettings) -> ServiceSettings:
    """A service as it is there: all of it while that region serves, or none of its tasks.

    Both bounds are 0, because an update of the lower one alone leaves the tasks that run:
    https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
    """
    runs = recovery.fail_over is not None or (recovery.mode in ("warm", "active") and not home.uses_data)
    return home if runs else home.model_copy(update={"min_count": 0, "max_count": 0, "desired_count": None})
