"""What refuses a role the calls that switch off, change or silence what the layer `security` sets up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from modules.label import NameLimit
from modules.policy import Statement
from modules.security import audit_trail, threat_findings
from modules.security.cis_alarms import CONTROLS
from modules.security.threat_findings import BANDS

if TYPE_CHECKING:
    from modules.label import Label

# Only this layer has such resources, so a role that applies the other layers needs none of these.
_ACCOUNT: Final = (
    "access-analyzer:DeleteAnalyzer",
    "cloudtrail:DeleteTrail",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:StopLogging",
    "cloudtrail:UpdateTrail",
    "config:DeleteConfigurationRecorder",
    "config:DeleteDeliveryChannel",
    "config:PutConfigurationRecorder",
    "config:StopConfigurationRecorder",
    "ec2:DisableEbsEncryptionByDefault",
    "ec2:DisableSnapshotBlockPublicAccess",
    "guardduty:ArchiveFindings",
    "guardduty:CreateFilter",
    "guardduty:CreateIPSet",
    "guardduty:DeleteDetector",
    "guardduty:UpdateDetector",
    "guardduty:UpdateFilter",
    "guardduty:UpdateIPSet",
    "logs:DeleteResourcePolicy",
    "logs:PutResourcePolicy",
    "s3:PutAccountPublicAccessBlock",
)
# Other layers have alarms, log groups and rules too, so these are refused for this layer's own only.
_ALARMS: Final = (
    "cloudwatch:DeleteAlarms",
    "cloudwatch:DisableAlarmActions",
    "cloudwatch:PutMetricAlarm",
    "cloudwatch:SetAlarmState",
)
_LOG_GROUPS: Final = (
    "logs:AssociateKmsKey",
    "logs:DeleteLogGroup",
    "logs:DeleteLogStream",
    "logs:DeleteMetricFilter",
    "logs:DisassociateKmsKey",
    "logs:PutMetricFilter",
    "logs:PutRetentionPolicy",
)
_RULES: Final = (
    "events:DeleteRule",
    "events:DisableRule",
    "events:PutRule",
    "events:PutTargets",
    "events:RemoveTargets",
)


def deny_audit_changes(label: Label) -> tuple[Statement, ...]:
    """The statements; exact names, since a service may have a name like `audit` or `threats`."""
    alarms = (*(control.alarm for control in CONTROLS), *(band.alarm for band in BANDS))
    groups = (audit_trail.group_name(label), threat_findings.group_name(label))
    return (
        Statement(sid="DenyAuditTampering", effect="Deny", actions=_ACCOUNT, resources=("*",)),
        Statement(
            sid="DenyAuditAlarmChanges",
            effect="Deny",
            actions=_ALARMS,
            resources=tuple(
                label.arn("cloudwatch", f"alarm:{label.name(alarm, limit=NameLimit.ALARM)}") for alarm in alarms
            ),
        ),
        Statement(
            sid="DenyAuditLogChanges",
            effect="Deny",
            actions=_LOG_GROUPS,
            # Both forms, since IAM compares some actions with the group and some with its streams:
            # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
            resources=tuple(
                arn
                for group in groups
                for arn in (label.arn("logs", f"log-group:{group}"), label.arn("logs", f"log-group:{group}:*"))
            ),
        ),
        Statement(
            sid="DenyAuditRuleChanges",
            effect="Deny",
            actions=_RULES,
            resources=(label.arn("events", f"rule/{threat_findings.rule_name(label)}"),),
        ),
    )
