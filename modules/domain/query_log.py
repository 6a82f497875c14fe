"""The log of the DNS queries for a zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.cloudwatch_log_resource_policy import CloudwatchLogResourcePolicy
from cdktf_cdktf_provider_aws.route53_query_log import Route53QueryLog
from constructs import Construct

from modules.label import Label, NameLimit
from modules.log_group import LogGroup
from modules.policy import Condition, Principal, Statement, render_statements

if TYPE_CHECKING:
    from modules.domain.hosted_zone import HostedZone
    from modules.key import Key


class QueryLog(Construct):
    """A log group in the region that Route 53 requires, to which it may write for this zone only."""

    def __init__(
        self, scope: Construct, id_: str, *, label: Label, zone: HostedZone, retention_days: int, key: Key
    ) -> None:
        super().__init__(scope, id_)
        group = LogGroup(
            self,
            "group",
            label=label,
            # AWS recommends the first two parts; the next one marks it as this environment's, for its policies.
            name=f"/aws/route53/{label.prefix}/{zone.name}",
            retention_days=retention_days,
            key=key,
        )
        # https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/query-logs.html#query-logs-configuring
        policy = CloudwatchLogResourcePolicy(
            self,
            "policy",
            policy_name=label.name("dns-queries", limit=NameLimit.LOG_RESOURCE_POLICY),
            policy_document=render_statements(
                Statement(
                    sid="AllowQueryLogs",
                    principal=Principal.service("route53.amazonaws.com"),
                    actions=("logs:CreateLogStream", "logs:PutLogEvents"),
                    resources=(f"{group.arn}:*",),
                    conditions=(
                        Condition(operator="StringEquals", key="aws:SourceAccount", values=(label.account_id,)),
                        Condition(operator="ArnEquals", key="aws:SourceArn", values=(zone.arn,)),
                    ),
                )
            ),
        )
        Route53QueryLog(self, "Default", zone_id=zone.id, cloudwatch_log_group_arn=group.arn, depends_on=[policy])
