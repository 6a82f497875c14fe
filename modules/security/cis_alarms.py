"""The alarms of the CIS AWS Foundations Benchmark on the trail (3.0.0, 4.1 to 4.15)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs import Construct

from modules.runbook import Runbook
from modules.security.event_alarm import add_event_alarm
from modules.topic import Severity

if TYPE_CHECKING:
    from modules.label import Label
    from modules.log_group import LogGroup
    from modules.topic import Topics


@dataclass(frozen=True, kw_only=True)
class Control:
    """One control of the benchmark."""

    id: str
    number: str
    description: str
    severity: Severity
    runbook: Runbook
    pattern: str

    @property
    def alarm(self) -> str:
        """Component of its alarm's name."""
        return f"audit-{self.id}"


def _events(*names: str, source: str = "") -> str:
    """The filter pattern of these events; with a source if the names alone are ambiguous."""
    any_of = " || ".join(f"($.eventName = {name})" for name in names)
    return f"{{ ($.eventSource = {source}) && ({any_of}) }}" if source else f"{{ {any_of} }}"


# https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
# `critical` needs a person at once, also at night; the changes with `warning` happen in every apply, too.
CONTROLS: Final = (
    Control(
        id="unauthorized-calls",
        number="4.1",
        description="Calls to AWS were denied",
        severity=Severity.WARNING,
        runbook=Runbook.REFUSED_CALLS,
        pattern='{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }',
    ),
    Control(
        id="sign-in-without-mfa",
        number="4.2",
        description="A user signed in to the console without MFA",
        severity=Severity.CRITICAL,
        runbook=Runbook.SIGN_INS,
        pattern=(
            '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && '
            '($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }'
        ),
    ),
    Control(
        id="root-use",
        number="4.3",
        description="The root user was used",
        severity=Severity.CRITICAL,
        runbook=Runbook.SIGN_INS,
        pattern=(
            '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && '
            '$.eventType != "AwsServiceEvent" }'
        ),
    ),
    Control(
        id="policy-changes",
        number="4.4",
        description="An IAM policy was changed",
        severity=Severity.WARNING,
        runbook=Runbook.PERMISSION_CHANGES,
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
        severity=Severity.CRITICAL,
        runbook=Runbook.AUDIT_TAMPERING,
        pattern=_events("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"),
    ),
    Control(
        id="sign-in-failures",
        number="4.6",
        description="A sign-in to the console failed",
        severity=Severity.WARNING,
        runbook=Runbook.SIGN_INS,
        pattern='{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }',
    ),
    Control(
        id="key-deletion",
        number="4.7",
        description="A KMS key was disabled or scheduled for deletion",
        severity=Severity.CRITICAL,
        runbook=Runbook.KEY_DELETION,
        pattern=_events("DisableKey", "ScheduleKeyDeletion", source="kms.amazonaws.com"),
    ),
    Control(
        id="bucket-policy-changes",
        number="4.8",
        description="A bucket's policy was changed",
        severity=Severity.WARNING,
        runbook=Runbook.PERMISSION_CHANGES,
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
        severity=Severity.CRITICAL,
        runbook=Runbook.AUDIT_TAMPERING,
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
        severity=Severity.WARNING,
        runbook=Runbook.NETWORK_CHANGES,
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
        severity=Severity.WARNING,
        runbook=Runbook.NETWORK_CHANGES,
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
        severity=Severity.WARNING,
        runbook=Runbook.NETWORK_CHANGES,
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
        severity=Severity.WARNING,
        runbook=Runbook.NETWORK_CHANGES,
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
        severity=Severity.WARNING,
        runbook=Runbook.NETWORK_CHANGES,
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
        severity=Severity.CRITICAL,
        runbook=Runbook.ORGANIZATION_CHANGES,
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
    """A metric filter and an alarm for each control: one event within five minutes is enough."""

    def __init__(self, scope: Construct, id_: str, *, label: Label, log_group: LogGroup, topics: Topics) -> None:
        """Create the alarms.

        Args:
            label: Names the alarms.
            log_group: The log group of the trail.
            topics: The topics of the alarms.
        """
        super().__init__(scope, id_)
        namespace = f"{label.prefix}/audit"
        for control in CONTROLS:
            add_event_alarm(
                self,
                control.id,
                label=label,
                name=control.alarm,
                namespace=namespace,
                log_group=log_group,
                pattern=control.pattern,
                description=f"{control.description} (CIS {control.number})",
                severity=control.severity,
                runbook=control.runbook,
                topics=topics,
            )
