"""The alarms of the CIS AWS Foundations Benchmark on the trail (3.0.0, 4.1 to 4.15)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from cdktf_cdktf_provider_aws.cloudwatch_log_metric_filter import (
    CloudwatchLogMetricFilter,
    CloudwatchLogMetricFilterMetricTransformation,
)
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from constructs import Construct

from modules.label import NameLimit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modules.label import Label
    from modules.log_group import LogGroup

Severity = Literal["critical", "warning"]
_PERIOD_SECONDS: Final = 300


@dataclass(frozen=True, kw_only=True)
class Control:
    """One demand of the benchmark."""

    id: str
    number: str
    description: str
    severity: Severity
    pattern: str


def _events(*names: str, source: str = "") -> str:
    """The pattern of these calls, of one service where the names alone do not tell."""
    any_of = " || ".join(f"($.eventName = {name})" for name in names)
    return f"{{ ($.eventSource = {source}) && ({any_of}) }}" if source else f"{{ {any_of} }}"


# https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
# Critical is what a person must see at night; the changes of warning come with every apply, too.
CONTROLS: Final = (
    Control(
        id="unauthorized-calls",
        number="4.1",
        description="Calls to AWS were refused",
        severity="warning",
        pattern='{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }',
    ),
    Control(
        id="sign-in-without-mfa",
        number="4.2",
        description="A user signed in to the console without a second factor",
        severity="critical",
        pattern=(
            '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && '
            '($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }'
        ),
    ),
    Control(
        id="root-use",
        number="4.3",
        description="The root user did something",
        severity="critical",
        pattern=(
            '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && '
            '$.eventType != "AwsServiceEvent" }'
        ),
    ),
    Control(
        id="policy-changes",
        number="4.4",
        description="An IAM policy was changed",
        severity="warning",
        pattern=_events(
            "DeleteGroupPolicy",
            "DeleteRolePolicy",
            "DeleteUserPolicy",
            "PutGroupPolicy",
            "PutRolePolicy",
            "PutUserPolicy",
            "CreatePolicy",
            "DeletePolicy",
            "CreatePolicyVersion",
            "DeletePolicyVersion",
            "AttachRolePolicy",
            "DetachRolePolicy",
            "AttachUserPolicy",
            "DetachUserPolicy",
            "AttachGroupPolicy",
            "DetachGroupPolicy",
        ),
    ),
    Control(
        id="trail-changes",
        number="4.5",
        description="A trail was changed or stopped",
        severity="critical",
        pattern=_events("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"),
    ),
    Control(
        id="sign-in-failures",
        number="4.6",
        description="Somebody failed to sign in to the console",
        severity="warning",
        pattern='{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }',
    ),
    Control(
        id="key-deletion",
        number="4.7",
        description="A KMS key was disabled or is to be deleted",
        severity="critical",
        pattern=_events("DisableKey", "ScheduleKeyDeletion", source="kms.amazonaws.com"),
    ),
    Control(
        id="bucket-policy-changes",
        number="4.8",
        description="A bucket's policy was changed",
        severity="warning",
        pattern=_events(
            "PutBucketAcl",
            "PutBucketPolicy",
            "PutBucketCors",
            "PutBucketLifecycle",
            "PutBucketReplication",
            "DeleteBucketPolicy",
            "DeleteBucketCors",
            "DeleteBucketLifecycle",
            "DeleteBucketReplication",
            source="s3.amazonaws.com",
        ),
    ),
    Control(
        id="config-changes",
        number="4.9",
        description="AWS Config was changed or stopped",
        severity="critical",
        pattern=_events(
            "StopConfigurationRecorder",
            "DeleteDeliveryChannel",
            "PutDeliveryChannel",
            "PutConfigurationRecorder",
            source="config.amazonaws.com",
        ),
    ),
    Control(
        id="security-group-changes",
        number="4.10",
        description="A security group was changed",
        severity="warning",
        pattern=_events(
            "AuthorizeSecurityGroupIngress",
            "AuthorizeSecurityGroupEgress",
            "RevokeSecurityGroupIngress",
            "RevokeSecurityGroupEgress",
            "CreateSecurityGroup",
            "DeleteSecurityGroup",
        ),
    ),
    Control(
        id="network-acl-changes",
        number="4.11",
        description="A network ACL was changed",
        severity="warning",
        pattern=_events(
            "CreateNetworkAcl",
            "CreateNetworkAclEntry",
            "DeleteNetworkAcl",
            "DeleteNetworkAclEntry",
            "ReplaceNetworkAclEntry",
            "ReplaceNetworkAclAssociation",
        ),
    ),
    Control(
        id="gateway-changes",
        number="4.12",
        description="A network gateway was changed",
        severity="warning",
        pattern=_events(
            "CreateCustomerGateway",
            "DeleteCustomerGateway",
            "AttachInternetGateway",
            "CreateInternetGateway",
            "DeleteInternetGateway",
            "DetachInternetGateway",
        ),
    ),
    Control(
        id="route-changes",
        number="4.13",
        description="A route was changed",
        severity="warning",
        pattern=_events(
            "CreateRoute",
            "CreateRouteTable",
            "ReplaceRoute",
            "ReplaceRouteTableAssociation",
            "DeleteRouteTable",
            "DeleteRoute",
            "DisassociateRouteTable",
            source="ec2.amazonaws.com",
        ),
    ),
    Control(
        id="vpc-changes",
        number="4.14",
        description="A VPC was changed",
        severity="warning",
        pattern=_events(
            "CreateVpc",
            "DeleteVpc",
            "ModifyVpcAttribute",
            "AcceptVpcPeeringConnection",
            "CreateVpcPeeringConnection",
            "DeleteVpcPeeringConnection",
            "RejectVpcPeeringConnection",
            "AttachClassicLinkVpc",
            "DetachClassicLinkVpc",
            "DisableVpcClassicLink",
            "EnableVpcClassicLink",
        ),
    ),
    Control(
        id="organization-changes",
        number="4.15",
        description="The organization was changed",
        severity="critical",
        pattern=_events(
            "AcceptHandshake",
            "AttachPolicy",
            "CreateAccount",
            "CreateOrganizationalUnit",
            "CreatePolicy",
            "DeclineHandshake",
            "DeleteOrganization",
            "DeleteOrganizationalUnit",
            "DeletePolicy",
            "DetachPolicy",
            "DisablePolicyType",
            "EnablePolicyType",
            "InviteAccountToOrganization",
            "LeaveOrganization",
            "MoveAccount",
            "RemoveAccountFromOrganization",
            "UpdateOrganizationalUnit",
            "UpdatePolicy",
            source="organizations.amazonaws.com",
        ),
    ),
)


class CisAlarms(Construct):
    """A metric and an alarm for each control: one event within five minutes is enough."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        log_group: LogGroup,
        topic_arns: Mapping[Severity, str] | None = None,
    ) -> None:
        """Watch the trail.

        Args:
            label: Names it.
            log_group: Where the trail is written.
            topic_arns: Who is told, by severity; an alarm without a topic only changes its state.
        """
        super().__init__(scope, id_)
        self.names: dict[str, str] = {}
        namespace = f"{label.prefix}/audit"
        for control in CONTROLS:
            CloudwatchLogMetricFilter(
                self,
                control.id,
                name=control.id,
                log_group_name=log_group.id,
                pattern=control.pattern,
                metric_transformation=CloudwatchLogMetricFilterMetricTransformation(
                    name=control.id, namespace=namespace, value="1"
                ),
            )
            topic = (topic_arns or {}).get(control.severity)
            name = label.name(f"audit-{control.id}", limit=NameLimit.ALARM)
            self.names[control.id] = name
            CloudwatchMetricAlarm(
                self,
                f"{control.id}-alarm",
                alarm_name=name,
                alarm_description=f"{control.description} (CIS {control.number})",
                namespace=namespace,
                metric_name=control.id,
                statistic="Sum",
                period=_PERIOD_SECONDS,
                evaluation_periods=1,
                threshold=1,
                comparison_operator="GreaterThanOrEqualToThreshold",
                treat_missing_data="notBreaching",  # no event, no data
                alarm_actions=[topic] if topic else None,
                tags={"Severity": control.severity},
            )
