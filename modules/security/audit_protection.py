"""What denies a role the calls that switch off, change or silence what watches the account.

The services of the layer `security` (CloudTrail, GuardDuty, AWS Config, Access Analyzer) are not here: the boundary of
a role allows none of their changes. Here are the resources of other services that the audit consists of, by exact
names, since a service may have a name like `audit` or `threats`. Verbs with a wildcard also deny what AWS adds later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from config.buckets import AUDIT
from modules.event_messages import ACCOUNT_MESSAGE, undelivered_alarm
from modules.key import key_alias
from modules.label import NameLimit
from modules.network import flow_logs
from modules.notifications import account_messages, severity_topics
from modules.policy import Condition, Statement
from modules.security import audit_trail, config_recorder, finding_messages, threat_findings
from modules.security.cis_alarms import CONTROLS
from modules.security.copy_protection import KEYS as COPY_KEYS
from modules.security.copy_protection import deny_copy_writes
from modules.security.threat_findings import BANDS
from modules.state_store import ACCESS_LOGS, STATE_KEY, StateLocation
from modules.topic import Severity, topic_name

if TYPE_CHECKING:
    from modules.label import Label

# For the whole account; the layers that a role applies need none of these.
_ACCOUNT: Final = (
    "ec2:DeleteFlowLogs",
    "ec2:ModifyEbsDefaultKmsKeyId",
    "ec2:ResetEbsDefaultKmsKeyId",
    "ec2:DisableEbsEncryptionByDefault",
    "ec2:*ImageBlockPublicAccess",
    "ec2:*SnapshotBlockPublicAccess",
    "logs:*AccountPolicy",
    "logs:*ResourcePolicy",
    "s3:PutAccountPublicAccessBlock",
    # IAM does not compare these with a topic:
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
    "sns:SetSubscriptionAttributes",
    "sns:Unsubscribe",
)
# A rule that mutes an alarm needs the permission on the alarm, too:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutAlarmMuteRule.html
_ALARMS: Final = ("cloudwatch:Delete*", "cloudwatch:Disable*", "cloudwatch:Put*", "cloudwatch:Set*")
_LOG_GROUPS: Final = (
    "logs:Associate*",
    "logs:Delete*",
    "logs:Disassociate*",
    "logs:Put*",
)
# The layer `network` sets the retention of this group when it creates it.
_FLOW_LOG_GROUP: Final = ("logs:Delete*", "logs:Disassociate*", "logs:PutDataProtectionPolicy")
_RULES: Final = ("events:Delete*", "events:Disable*", "events:Put*", "events:Remove*")
_TOPICS: Final = ("sns:AddPermission", "sns:Delete*", "sns:Put*", "sns:Remove*", "sns:Set*")
_KEYS: Final = (
    "kms:Delete*",
    "kms:Disable*",
    "kms:Put*",
    "kms:RetireGrant",
    "kms:RevokeGrant",
    "kms:Schedule*",
    "kms:Update*",
)
_ALIASES: Final = ("kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias")
_BUCKETS: Final = ("s3:Bypass*", "s3:Delete*", "s3:Put*", "s3:Replicate*", "s3:Update*")
_STATE_OBJECTS: Final = ("s3:Delete*", "s3:Put*")
_PERSONS_LAYERS: Final = ("state", "security", "notifications*", "recovery*")
"""The layers that a person applies; the last two have stacks in several regions."""


def deny_audit_changes(label: Label) -> tuple[Statement, ...]:
    """The statements for a role that applies the other layers."""
    return (*deny_audit_silencing(label), *deny_audit_erasure(label))


def deny_audit_silencing(label: Label) -> tuple[Statement, ...]:
    """Of them, those about what reports: the account's settings, alarms, logs, rules and topics.

    With the others they are too long for one policy.
    """
    alarms = (
        *(control.alarm for control in CONTROLS),
        *(band.alarm for band in BANDS),
        *(undelivered_alarm(name) for name in (account_messages.NAME, finding_messages.NAME)),
    )
    groups = (audit_trail.group_name(label), threat_findings.group_name(label))
    return (
        _deny("DenyAccountChanges", _ACCOUNT, "*"),
        _deny(
            "DenyAuditAlarmChanges",
            _ALARMS,
            *(label.arn("cloudwatch", f"alarm:{label.name(alarm, limit=NameLimit.ALARM)}") for alarm in alarms),
        ),
        _deny("DenyAuditLogChanges", _LOG_GROUPS, *_log_groups(label, *groups)),
        _deny("DenyFlowLogDeletion", _FLOW_LOG_GROUP, *_log_groups(label, flow_logs.group_name(label))),
        _deny(
            "DenyAuditRuleChanges",
            _RULES,
            label.arn("events", f"rule/{threat_findings.rule_name(label)}"),
            label.arn("events", f"rule/{label.prefix}-{ACCOUNT_MESSAGE}*"),
        ),
        _deny(
            "DenyTopicChanges",
            _TOPICS,
            *(label.arn("sns", topic_name(label, severity), region="*") for severity in Severity),
        ),
    )


def deny_audit_erasure(label: Label) -> tuple[Statement, ...]:
    """Of them, those about what is kept: keys, buckets and states."""
    return (
        *_deny_key_changes(label),
        deny_audit_bucket_writes(label),
        *deny_copy_writes(label),
        *_deny_state_changes(label),
    )


def deny_audit_bucket_writes(label: Label) -> Statement:
    """The statement about the buckets that hold the audit; who writes it has no role."""
    names = (AUDIT, config_recorder.BUCKET, ACCESS_LOGS)
    buckets = [f"arn:aws:s3:::{label.in_home_region().bucket_name(name)}" for name in names]
    # That of the layer `edge`, in us-east-1, is not among them: a role applies that layer.
    buckets += [f"arn:aws:s3:::{one.bucket_name(ACCESS_LOGS)}" for one in label.in_regions_with_state[1:]]
    # A name ends in the account's number, so these are the bucket and its objects, in half as many characters.
    return _deny("DenyAuditBucketWrites", _BUCKETS, *(f"{bucket}*" for bucket in buckets))


def deny_state_access(label: Label) -> Statement:
    """The statement for a role that needs no state: who writes a state decides what the next apply does."""
    locations = StateLocation.all_from_names(label)
    # A name ends in the account's number, so this is the bucket and its objects.
    buckets = (f"arn:aws:s3:::{location.bucket}*" for location in locations)
    tables = (label.arn("dynamodb", f"table/{location.lock_table}", region="*") for location in locations)
    stores = dict.fromkeys((*buckets, *tables))
    return _deny("DenyStateAccess", ("s3:*", "dynamodb:*"), *stores)


def _deny_key_changes(label: Label) -> tuple[Statement, ...]:
    names = (audit_trail.KEY, config_recorder.KEY, threat_findings.KEY, severity_topics.KEY, STATE_KEY, *COPY_KEYS)
    aliases = tuple(key_alias(label, name) for name in names)
    return (
        Statement(
            sid="DenyAuditKeyChanges",
            effect="Deny",
            actions=_KEYS,
            resources=("*",),
            conditions=(Condition(operator="ForAnyValue:StringEquals", key="kms:ResourceAliases", values=aliases),),
        ),
        # The statement above finds a key by its alias.
        _deny("DenyAuditAliasChanges", _ALIASES, *(label.arn("kms", alias, region="*") for alias in aliases)),
    )


def _deny_state_changes(label: Label) -> tuple[Statement, ...]:
    bucket, *copies = (f"arn:aws:s3:::{location.bucket}" for location in StateLocation.all_from_names(label))
    states = (f"{bucket}/{layer}/terraform.tfstate" for layer in _PERSONS_LAYERS)
    # In the second region a person applies every stack.
    return (
        _deny("DenyStateBucketChanges", _STATE_OBJECTS, bucket, *states, *(f"{copy}*" for copy in copies)),
        _deny("DenyStateHistoryDeletion", ("s3:DeleteObjectVersion*",), f"{bucket}/*"),
    )


def _log_groups(label: Label, *names: str) -> tuple[str, ...]:
    # Both forms, since IAM compares some actions with the group and some with its streams:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
    groups = (label.arn("logs", f"log-group:{name}") for name in names)
    return tuple(arn for group in groups for arn in (group, f"{group}:*"))


def _deny(sid: str, actions: tuple[str, ...], *resources: str) -> Statement:
    return Statement(sid=sid, effect="Deny", actions=actions, resources=resources)
