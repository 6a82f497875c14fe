"""Markers in Parameter Store: what a service signs tokens with, and its API keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from acceptance.region_loss.world import World


@dataclass(frozen=True)
class ParameterValue:
    """The value of a parameter, as a task of the service gets it."""

    world: World
    service: str
    variable: str
    parameter: str
    is_secret: bool
    """Whether ECS gives the task the value, and not only the name."""
    keeps_all: bool = False

    @property
    def name(self) -> str:
        """What is written, in words."""
        return f"the value of {self.parameter}"

    def write(self, region: str, text: str) -> str | None:
        """Set the value of an API key, as a person does; what signs tokens is left as the function has made it."""
        if not self.is_secret:
            return next(iter(self.find(region)))
        ssm, path = self.world.client("ssm", region), self.world.environment.names.path(self.parameter)
        filters = [{"Key": "Name", "Option": "Equals", "Values": [path]}]
        (before,) = ssm.describe_parameters(ParameterFilters=filters)["Parameters"]
        # With the key, or Parameter Store would take the account's own.
        ssm.put_parameter(Name=path, Value=text, Type=before["Type"], KeyId=before["KeyId"], Overwrite=True)
        return text

    def find(self, region: str) -> set[str]:
        """Read it with the rights of the service."""
        task = self.world.task(self.service, region)
        return {task.secret(self.variable) if self.is_secret else task.parameter(self.variable)}
