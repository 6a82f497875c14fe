"""A metric for tests of alarms and of expressions."""

from __future__ import annotations

from modules.metric import Metric

CPU = Metric(
    namespace="AWS/RDS", name="CPUUtilization", statistic="Average", dimensions={"DBInstanceIdentifier": "one"},
    region="us-east-1",
)  # fmt: skip
