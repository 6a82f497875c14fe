"""Amazon CloudWatch: moto lacks composite alarms, and accepts alarms and dashboards that AWS refuses."""

from emulator.services.cloudwatch import alarm_filters, composite_alarms, dashboards, metric_alarms

__all__ = ["alarm_filters", "composite_alarms", "dashboards", "metric_alarms"]
