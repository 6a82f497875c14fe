"""The role with which RDS writes the measurements of the operating system below a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules.policy import Statement
from modules.role import Role, ServicePrincipal

if TYPE_CHECKING:
    from constructs import Construct

    from modules.label import Label


def add_monitoring_role(scope: Construct, label: Label) -> Role:
    """Create the role of Enhanced Monitoring of PostgreSQL."""
    role = Role(
        scope,
        "monitoring",
        label=label,
        name="postgres-monitoring",
        service=ServicePrincipal.RDS_MONITORING,
        description="Writes the operating system's measurements of PostgreSQL",
    )
    # One log group for all databases of an account and region, created by RDS with 30 days, so not in this state.
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html
    group = label.arn("logs", "log-group:RDSOSMetrics")
    role.add_to_policy(
        Statement(actions=("logs:CreateLogGroup", "logs:PutRetentionPolicy"), resources=(group, f"{group}:*")),
        Statement(
            actions=("logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams", "logs:GetLogEvents"),
            resources=(f"{group}:log-stream:*",),
        ),
    )
    return role
