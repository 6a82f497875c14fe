"""Amazon CloudWatch: moto lacks composite alarms, and takes alarms that AWS refuses."""

from emulator.services.cloudwatch import composite_alarms, metric_alarms

__all__ = ["composite_alarms", "metric_alarms"]
