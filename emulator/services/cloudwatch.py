"""Amazon CloudWatch: moto lacks composite alarms as an operation, though it can keep them."""

from __future__ import annotations

from moto.cloudwatch.responses import CloudWatchResponse

# moto's put_metric_alarm reads AlarmRule too; only the operation's name is missing.
CloudWatchResponse.put_composite_alarm = CloudWatchResponse.put_metric_alarm  # type: ignore[attr-defined]
