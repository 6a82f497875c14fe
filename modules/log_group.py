"""CloudWatch log groups with retention and key, created before a service would create them without."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.cloudwatch_log_subscription_filter import CloudwatchLogSubscriptionFilter
from constructs import Construct

from modules.errors import WiringError
from modules.key import CRYPTOGRAPHIC_ACTIONS
from modules.policy import Condition, Grantable, Statement

if TYPE_CHECKING:
    from cdktf import TerraformResource

    from modules.key import Key
    from modules.label import Label

FIREWALL_PREFIX: Final = "aws-waf-logs-"
"""The start that AWS WAF requires of the group it writes to.

https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
"""


class LogGroup(Construct):
    """A log group with a retention and a key; a service that writes to it must depend on it.

    If the label has a destination, all its events go there, too. That is one of the two subscription filters that a
    group can have: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html
    """

    def __init__(self, scope: Construct, id_: str, *, label: Label, name: str, retention_days: int, key: Key) -> None:
        super().__init__(scope, id_)
        own = _own_names(label)
        if name.startswith(FIREWALL_PREFIX):
            own = (f"{FIREWALL_PREFIX}{label.prefix}-*",)
        if not any(fnmatchcase(name, pattern) for pattern in own):
            message = f'"{name}" is not a name of this environment; it must match {" or ".join(own)}'
            raise WiringError(self, message)
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
        key.allow_service(
            f"logs.{label.region}.amazonaws.com",
            sid="AllowLogGroups",
            conditions=(
                Condition(
                    operator="ArnLike",
                    key="kms:EncryptionContext:aws:logs:arn",
                    values=tuple(label.arn("logs", f"log-group:{pattern}") for pattern in own),
                ),
            ),
            actions=CRYPTOGRAPHIC_ACTIONS,
        )
        self._group = CloudwatchLogGroup(
            self, "Default", name=name, retention_in_days=retention_days, kms_key_id=key.arn
        )
        if label.log_destination:
            CloudwatchLogSubscriptionFilter(
                self,
                "forward",
                name=f"{label.prefix}-forward",
                log_group_name=self._group.name,
                filter_pattern="",  # every event
                destination_arn=label.log_destination,
            )
        self._name = name

    @property
    def name(self) -> str:
        """Name of the group, known before the group exists."""
        return self._name

    @cached_property
    def id(self) -> str:
        """Name of the group, as a reference to the resource."""
        return self._group.id

    @cached_property
    def arn(self) -> str:
        """ARN of the group, without the `:*` for its streams."""
        return self._group.arn

    @property
    def dependables(self) -> list[TerraformResource]:
        """What must exist before anything uses it."""
        return [self._group]

    def grant_write(self, grantee: Grantable) -> None:
        """Allow `grantee` to create streams in the group and to write to them."""
        grantee.add_to_policy(
            Statement(
                actions=("logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"),
                resources=(self.arn, f"{self.arn}:*"),
            )
        )


def _own_names(label: Label) -> tuple[str, ...]:
    """The names of this environment's groups: its own path, and those that AWS services give."""
    canaries = f"/aws/lambda/{label.canary_functions}"
    return label.path("*"), f"/aws/*/{label.prefix}-*", f"/aws/*/{label.prefix}/*", canaries
