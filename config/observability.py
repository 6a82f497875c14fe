"""Settings of the layer `observability`: dashboards and objectives."""

from config.model import Model
from config.objectives import ObjectivesSettings


class ObservabilitySettings(Model):
    """Dashboards of what the environment has; the table, which may be empty, turns them on."""

    objectives: ObjectivesSettings | None = None
    """What users can rely on, with its alarms; without the table there are only dashboards."""
