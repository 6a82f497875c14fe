"""The log of a web ACL: which requests matched which rule, without what lets a reader sign in as another user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

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

from modules.log_group import FIREWALL_PREFIX, LogGroup

if TYPE_CHECKING:
    from modules.key import Key
    from modules.label import Label

HIDDEN_HEADERS: Final = ("authorization", "cookie")
"""Headers with which requests can be repeated in another's name; in lowercase, as the provider asks for."""
_MATCHED: Final = ("BLOCK", "COUNT", "EXCLUDED_AS_COUNT")
"""Actions of which a request is kept; the last one is what AWS called an overridden rule of a group before."""


def group_name(label: Label) -> str:
    """Name of the log group: AWS requires its start, and two layers in one region cannot share it."""
    return f"{FIREWALL_PREFIX}{label.prefix}-{label.layer}"


class WebAclLog(Construct):
    """Writes requests to a log group with retention and key: those that matched a rule, or all.

    AWS may write to it by the policy of the layer `notifications` in the same region, which must be there before.
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
