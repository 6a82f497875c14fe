"""Settings of the layer `observability`: dashboards and objectives."""

from config.model import Model


class ObservabilitySettings(Model):
    """Dashboards of what the environment has; the table, which may be empty, turns them on."""
