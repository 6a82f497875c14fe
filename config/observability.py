"""Settings of the layer `observability`: dashboards and objectives, canaries and traces."""

from collections.abc import Mapping

from pydantic import Field

from config.canaries import CanaryName, CanarySettings
from config.canary_runtimes import NEWEST, CanaryRuntime
from config.model import Model
from config.objectives import ObjectivesSettings
from config.tracing import TracingSettings


class ObservabilitySettings(Model):
    """Dashboards of what the environment has; the table, which may be empty, turns them on."""

    canaries: Mapping[CanaryName, CanarySettings] = Field(
        default_factory=dict, json_schema_extra={"additionalProperties": False}
    )
    """Requests that are made from outside as users make them, one [observability.canaries.<name>] table each."""

    canary_runtime: CanaryRuntime = NEWEST
    """Version of the program that runs the canaries; AWS ends the support of old ones: docs/observability.md."""

    tracing: TracingSettings | None = None
    """How many requests X-Ray records; without the table, AWS's default: one per second, and 5 % of the others."""

    objectives: ObjectivesSettings | None = None
    """What users can rely on, with its alarms; without the table there are only dashboards."""
