"""Lets AWS services write logs to log groups of this environment, in one region.

Here, and not beside each log group, because such a policy holds for a whole region: who may write one can also replace
the policy of the audit. So the roles of pipelines may not, and this layer is applied by a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.cloudwatch_log_resource_policy import CloudwatchLogResourcePolicy
from constructs import Construct

from modules.label import Label, NameLimit
from modules.log_group import FIREWALL_PREFIX
from modules.policy import Condition, Principal, Statement, render_statements

if TYPE_CHECKING:
    from collections.abc import Sequence


def firewall_groups(label: Label) -> str:
    """The names of the log groups of web ACLs."""
    return f"{FIREWALL_PREFIX}{label.prefix}-*"


class LogDelivery(Construct):
    """One policy for all log groups that match these names.

    AWS WAF would otherwise extend a policy that all web ACLs of the account in a region share, until it is too long:
    https://github.com/hashicorp/terraform-provider-aws/issues/25296
    """

    def __init__(self, scope: Construct, id_: str, *, label: Label, groups: Sequence[str]) -> None:
        super().__init__(scope, id_)
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html
        CloudwatchLogResourcePolicy(
            self,
            "Default",
            policy_name=label.name("log-delivery", limit=NameLimit.LOG_RESOURCE_POLICY),
            policy_document=render_statements(
                Statement(
                    sid="AllowLogDelivery",
                    principal=Principal.service("delivery.logs.amazonaws.com"),
                    actions=("logs:CreateLogStream", "logs:PutLogEvents"),
                    resources=tuple(label.arn("logs", f"log-group:{group}:*") for group in groups),
                    conditions=(
                        Condition(operator="StringEquals", key="aws:SourceAccount", values=(label.account_id,)),
                        Condition(operator="ArnLike", key="aws:SourceArn", values=(label.arn("logs", "*"),)),
                    ),
                )
            ),
        )
