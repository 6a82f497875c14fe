"""A log of every connection in a VPC, accepted or rejected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.flow_log import FlowLog
from constructs import Construct

from modules.log_group import LogGroup
from modules.policy import Statement
from modules.role import Role, ServicePrincipal

if TYPE_CHECKING:
    from modules.key import Key
    from modules.label import Label
    from modules.network.network import Network


FLOW_LOGS: Final = "vpc-flow-logs"
"""Component of the names of the log group and of the role of the environment's network in a region."""


def group_name(label: Label) -> str:
    """Name of the log group of the flow logs of the environment's network."""
    return label.path(FLOW_LOGS)


class FlowLogs(Construct):
    """Flow logs of a VPC, in a log group with retention and key."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        retention_days: int,
        label: Label,
        vpc: Network,
        key: Key,
        name: str = FLOW_LOGS,
    ) -> None:
        """Create them.

        Args:
            retention_days: Days that they are kept.
            label: Names them.
            vpc: Whose connections they record.
            key: Encrypts them.
            name: Component of the names of the log group and of the role; another one for each VPC of a region.
        """
        super().__init__(scope, id_)
        group = LogGroup(
            self,
            "group",
            label=label,
            name=label.path(name),
            retention_days=retention_days,
            key=key,
        )
        role = Role(
            self,
            "role",
            label=label,
            name=name,
            service=ServicePrincipal.VPC_FLOW_LOGS,
            description="Writes the VPC's flow logs",
        )
        group.grant_write(role)
        # IAM does not grant it on a single group. Of AWS's list only CreateLogGroup is not here: the group exists, and
        # a late record would create it again, without retention and key, after it was destroyed.
        # https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
        role.add_to_policy(
            Statement(actions=("logs:DescribeLogGroups",), resources=(label.arn("logs", "log-group:*"),))
        )
        FlowLog(
            self,
            "Default",
            vpc_id=vpc.id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=60,  # seconds; the shortest one, at no extra cost
            tags=label.name_tag(name),
            depends_on=role.dependables,
        )
