"""The log of a web ACL: which requests matched which rule, without what lets a reader sign in as somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.cloudwatch_log_resource_policy import CloudwatchLogResourcePolicy
from cdktf_cdktf_provider_aws.wafv2_web_acl_logging_configuration import (
    Wafv2WebAclLoggingConfiguration,
    Wafv2WebAclLoggingConfigurationLoggingFilter,
    Wafv2WebAclLoggingConfigurationLoggingFilterFilter,
    Wafv2WebAclLoggingConfigurationLoggingFilterFilterCondition,
    Wafv2WebAclLoggingConfigurationLoggingFilterFilterConditionActionCondition,
    Wafv2WebAclLoggingConfigurationRedactedFields,
    Wafv2WebAclLoggingConfigurationRedactedFieldsSingleHeader,
)
from constructs import Construct

from modules.label import Label, NameLimit
from modules.log_group import FIREWALL_PREFIX, LogGroup
from modules.policy import Condition, Principal, Statement, render_statements

if TYPE_CHECKING:
    from modules.key import Key

HIDDEN_HEADERS: Final = ("authorization", "cookie")
"""Headers with which requests can be repeated in another's name; in lowercase, as the provider asks for."""
_MATCHED: Final = ("BLOCK", "COUNT", "EXCLUDED_AS_COUNT")
"""Actions of which a request is kept; the last one is what AWS called an overridden rule of a group before."""


def group_name(label: Label) -> str:
    """Name of the log group: AWS requires its start, and two layers in one region cannot share it."""
    return f"{FIREWALL_PREFIX}{label.prefix}-{label.layer}"


class WebAclLog(Construct):
    """Writes requests to a log group with retention and key: those that matched a rule, or all.

    The policy that lets AWS write is this project's own. AWS would otherwise keep one for all web ACLs of the account
    in a region, which grows with each of them and fails when it is full:
    https://github.com/hashicorp/terraform-provider-aws/issues/25296
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        key: Key,
        retention_days: int,
        web_acl_arn: str,
        log_allowed: bool,
    ) -> None:
        super().__init__(scope, id_)
        group = LogGroup(self, "group", label=label, name=group_name(label), retention_days=retention_days, key=key)
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html
        policy = CloudwatchLogResourcePolicy(
            self,
            "policy",
            policy_name=label.name(f"firewall-{label.layer}", limit=NameLimit.LOG_RESOURCE_POLICY),
            policy_document=render_statements(
                Statement(
                    sid="AllowFirewallLogs",
                    principal=Principal.service("delivery.logs.amazonaws.com"),
                    actions=("logs:CreateLogStream", "logs:PutLogEvents"),
                    resources=(f"{group.arn}:*",),
                    conditions=(
                        Condition(operator="StringEquals", key="aws:SourceAccount", values=(label.account_id,)),
                        Condition(operator="ArnLike", key="aws:SourceArn", values=(label.arn("logs", "*"),)),
                    ),
                )
            ),
        )
        Wafv2WebAclLoggingConfiguration(
            self,
            "Default",
            resource_arn=web_acl_arn,
            log_destination_configs=[group.arn],
            redacted_fields=[
                Wafv2WebAclLoggingConfigurationRedactedFields(
                    single_header=Wafv2WebAclLoggingConfigurationRedactedFieldsSingleHeader(name=header)
                )
                for header in HIDDEN_HEADERS
            ],
            logging_filter=None if log_allowed else _only_matched(),
            depends_on=[policy],
        )


def _only_matched() -> Wafv2WebAclLoggingConfigurationLoggingFilter:
    return Wafv2WebAclLoggingConfigurationLoggingFilter(
        default_behavior="DROP",
        filter=[
            Wafv2WebAclLoggingConfigurationLoggingFilterFilter(
                behavior="KEEP",
                requirement="MEETS_ANY",
                condition=[
                    Wafv2WebAclLoggingConfigurationLoggingFilterFilterCondition(
                        action_condition=Wafv2WebAclLoggingConfigurationLoggingFilterFilterConditionActionCondition(
                            action=action
                        )
                    )
                    for action in _MATCHED
                ],
            )
        ],
    )
