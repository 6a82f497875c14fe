"""Amazon CloudWatch: moto lacks composite alarms, and accepts alarms that AWS refuses."""

from emulator.services.cloudwatch import composite_alarms, metric_alarms

__all__ = ["composite_alarms", "metric_alarms"]
