"""The apply role cannot silence what watches the account, and nor can a role that it creates; it can do the rest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compliance.rules.boundaries import policy_fits_its_quota
from config.names import MAX_ENVIRONMENT_LENGTH, MAX_PROJECT_LENGTH
from modules.security.audit_protection import deny_audit_changes
from tests.compliance.samples import stack
from tests.modules.security.layer import Principals, security_layer
from tests.template import LABEL, Template

ACCOUNT = "444444444444"
PREFIX = "user-management-test"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1"
ALIASES = "kms:ResourceAliases"
WATCHED_KEYS = ("audit", "config", "threats", "notifications", "state")


@pytest.fixture(scope="module")
def template() -> Template:
    return security_layer()


@pytest.fixture(scope="module")
def who(template: Template) -> Principals:
    return Principals(template)


def bucket(name: str) -> str:
    return f"arn:aws:s3:::{PREFIX}-{name}-{ACCOUNT}"


def group(name: str) -> str:
    return f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{name}"


ON_EVERYTHING = (
    "access-analyzer:CreateArchiveRule",
    "access-analyzer:DeleteAnalyzer",
    "account:DeleteAlternateContact",
    "account:PutAlternateContact",
    "cloudformation:UpdateStack",
    "cloudtrail:AddTags",
    "cloudtrail:DeleteEventDataStore",
    "cloudtrail:DeleteTrail",
    "cloudtrail:DeregisterOrganizationDelegatedAdmin",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:PutInsightSelectors",
    "cloudtrail:StopEventDataStoreIngestion",
    "cloudtrail:StopLogging",
    "cloudtrail:UpdateTrail",
    "config:DeleteConfigurationRecorder",
    "config:DeleteDeliveryChannel",
    "config:DeleteRetentionConfiguration",
    "config:PutConfigurationRecorder",
    "config:PutDeliveryChannel",
    "config:PutRetentionConfiguration",
    "config:StopConfigurationRecorder",
    "ec2:DeleteFlowLogs",
    "ec2:DisableEbsEncryptionByDefault",
    "ec2:DisableSnapshotBlockPublicAccess",
    "ec2:ModifyEbsDefaultKmsKeyId",
    "guardduty:ArchiveFindings",
    "guardduty:CreateFilter",
    "guardduty:CreateIPSet",
    "guardduty:CreateTrustedEntitySet",
    "guardduty:DeleteDetector",
    "guardduty:DisassociateFromAdministratorAccount",
    "guardduty:UpdateDetector",
    "guardduty:UpdateFilter",
    "guardduty:UpdateMalwareScanSettings",
    "iam:DeleteAccountPasswordPolicy",
    "iam:DeleteOpenIDConnectProvider",
    "iam:DeleteServiceLinkedRole",
    "iam:UpdateAccountPasswordPolicy",
    "iam:UpdateOpenIDConnectProviderThumbprint",
    "logs:DeleteResourcePolicy",
    "logs:PutAccountPolicy",
    "logs:PutResourcePolicy",
    "organizations:LeaveOrganization",
    "s3:PutAccountPublicAccessBlock",
    "securityhub:DisableSecurityHub",
    "securityhub:UpdateFindings",
    "sns:SetSubscriptionAttributes",
    "sns:Unsubscribe",
)


@pytest.mark.parametrize("action", ON_EVERYTHING)
def test_neither_it_nor_a_role_of_its_own_may_change_the_account(who: Principals, action: str) -> None:
    assert not who.apply_may(action)
    assert not who.workload_may(action)


def on_resources() -> list[tuple[str, str]]:
    alarms = ("DeleteAlarms", "DisableAlarmActions", "PutAlarmMuteRule", "PutMetricAlarm", "SetAlarmState")
    groups = (
        "AssociateKmsKey",
        "DeleteLogGroup",
        "DeleteLogStream",
        "DeleteMetricFilter",
        "DisassociateKmsKey",
        "PutDataProtectionPolicy",
        "PutMetricFilter",
        "PutRetentionPolicy",
        "PutSubscriptionFilter",
        "PutTransformer",
    )
    writes = (
        "DeleteBucket",
        "DeleteBucketPolicy",
        "PutBucketAcl",
        "PutBucketLogging",
        "PutBucketObjectLockConfiguration",
        "PutBucketOwnershipControls",
        "PutBucketPolicy",
        "PutBucketPublicAccessBlock",
        "PutBucketVersioning",
        "PutEncryptionConfiguration",
        "PutLifecycleConfiguration",
        "PutReplicationConfiguration",
    )
    objects = (
        "BypassGovernanceRetention",
        "DeleteObject",
        "DeleteObjectVersion",
        "PutObject",
        "PutObjectLegalHold",
        "PutObjectRetention",
    )
    topics = ("AddPermission", "DeleteTopic", "PutDataProtectionPolicy", "RemovePermission", "SetTopicAttributes")
    rules = ("DeleteRule", "DisableRule", "PutRule", "PutTargets", "RemoveTargets")
    return [
        *(
            (f"cloudwatch:{one}", f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:{PREFIX}-{alarm}")
            for one in alarms
            for alarm in ("audit-root-use", "findings-undelivered", "threats-high")
        ),
        *(
            (f"logs:{one}", name)
            for one in groups
            for name in (group("/user-management/test/audit"), group(f"/aws/events/{PREFIX}/threat-findings"))
        ),
        *((f"logs:{one}", f"{group('/user-management/test/audit')}:log-stream:a") for one in ("DeleteLogStream",)),
        *((f"logs:{one}", group("/user-management/test/vpc-flow-logs")) for one in ("DeleteLogGroup",)),
        *((f"s3:{one}", bucket(name)) for one in writes for name in ("audit", "config", "access-logs", "state")),
        *((f"s3:{one}", f"{bucket(name)}/a") for one in objects for name in ("audit", "config", "access-logs")),
        *(
            (f"s3:{one}", f"{bucket('state')}/{layer}/terraform.tfstate")
            for one in ("PutObject", "DeleteObject")
            for layer in ("state", "security", "notifications", "notifications-us-east-1")
        ),
        ("s3:DeleteObjectVersion", f"{bucket('state')}/network/terraform.tfstate"),
        *(
            (f"sns:{one}", f"arn:aws:sns:{region}:{ACCOUNT}:{PREFIX}-{topic}")
            for one in topics
            for region in ("us-east-1", "eu-west-1")
            for topic in ("critical", "warning")
        ),
        *(
            (f"events:{one}", f"arn:aws:events:us-east-1:{ACCOUNT}:rule/{PREFIX}-{name}")
            for one in rules
            for name in ("account-failed-checks", "account-health-issues", "account-public-access", "threat-findings")
        ),
        *(
            (f"kms:{one}", f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/{PREFIX}-{key}")
            for one in ("DeleteAlias", "UpdateAlias")
            for key in WATCHED_KEYS
        ),
        ("dynamodb:DeleteTable", f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/{PREFIX}-state-lock"),
    ]


@pytest.mark.parametrize(("action", "resource"), on_resources())
def test_neither_may_change_a_resource_of_the_audit(who: Principals, action: str, resource: str) -> None:
    assert not who.apply_may(action, resource)
    assert not who.workload_may(action, resource)


@pytest.mark.parametrize("key", WATCHED_KEYS)
@pytest.mark.parametrize(
    "action",
    [
        "DeleteImportedKeyMaterial",
        "DisableKey",
        "DisableKeyRotation",
        "PutKeyPolicy",
        "RetireGrant",
        "RevokeGrant",
        "ScheduleKeyDeletion",
        "UpdateAlias",
        "UpdatePrimaryRegion",
    ],
)
def test_neither_may_change_a_key_of_the_audit(who: Principals, action: str, key: str) -> None:
    alias = {ALIASES: f"alias/{PREFIX}-{key}"}
    assert not who.apply_may(f"kms:{action}", KEY, **alias)
    assert not who.workload_may(f"kms:{action}", KEY, **alias)


def test_the_names_in_the_denials_are_those_of_the_resources(template: Template, who: Principals) -> None:
    for alarm in template.all("aws_cloudwatch_metric_alarm").values():
        arn = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:{alarm['alarm_name']}"
        assert not who.apply_may("cloudwatch:DeleteAlarms", arn)
    for log_group in template.all("aws_cloudwatch_log_group").values():
        assert not who.apply_may("logs:PutRetentionPolicy", group(log_group["name"]))
    for topic in template.all("aws_sns_topic").values():
        assert not who.apply_may("sns:DeleteTopic", f"arn:aws:sns:us-east-1:{ACCOUNT}:{topic['name']}")
    for one in template.all("aws_s3_bucket").values():
        assert not who.apply_may("s3:PutBucketPolicy", f"arn:aws:s3:::{one['bucket']}")
    rule = template.only("aws_cloudwatch_event_rule")["name"]
    assert not who.apply_may("events:DisableRule", f"arn:aws:events:us-east-1:{ACCOUNT}:rule/{rule}")


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("cloudwatch:DeleteAlarms", f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:{PREFIX}-audit-errors"),
        ("kms:ScheduleKeyDeletion", KEY),
        ("logs:PutRetentionPolicy", group("/user-management/test/vpc-flow-logs")),
        ("logs:DeleteLogGroup", group("/user-management/test/service/audit")),
        ("s3:PutObject", f"{bucket('state')}/network/terraform.tfstate"),
        ("s3:PutObject", f"{bucket('state')}/security/terraform.tfstate.tflock"),
        ("s3:DeleteObject", f"{bucket('state')}/security/terraform.tfstate.tflock"),
        ("dynamodb:PutItem", f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/{PREFIX}-state-lock"),
        ("guardduty:GetDetector", "*"),
        ("cloudtrail:DescribeTrails", "*"),
        ("iam:GetPolicyVersion", "*"),
        ("sns:GetTopicAttributes", f"arn:aws:sns:us-east-1:{ACCOUNT}:{PREFIX}-critical"),
    ],
)
def test_it_may_still_change_the_rest_and_read_all(who: Principals, action: str, resource: str) -> None:
    assert who.apply_may(action, resource)


def test_a_role_of_its_own_sees_no_state(who: Principals) -> None:
    assert not who.workload_may("s3:GetObject", f"{bucket('state')}/data/terraform.tfstate")
    assert not who.workload_may("s3:PutObject", f"{bucket('state')}/security/terraform.tfstate")
    assert who.workload_may("s3:GetObject", f"{bucket('backups')}/a")


def test_the_denials_have_no_pattern_for_names() -> None:
    """Else CI could not apply a service that has a name like one of the audit's alarms, and has alarms itself."""
    patterns = {
        resource
        for statement in deny_audit_changes(LABEL)
        for resource in statement.resources
        if "*" in resource.removesuffix(":*").removesuffix("/*").replace(f"{ACCOUNT}*", ACCOUNT).replace(":*:", "::")
    }
    rules = f"arn:aws:events:us-east-1:{ACCOUNT}:rule/{PREFIX}-account-*"  # no rule is named after a service
    states = {f"{bucket('state')}/{layer}*/terraform.tfstate" for layer in ("notifications", "recovery")}
    assert patterns == {"*", rules, *states}


@pytest.mark.parametrize("recovery_region", [None, "ap-southeast-4"])
def test_the_policies_are_short_enough_with_the_longest_names(recovery_region: str | None) -> None:
    names = {"project": "p" * MAX_PROJECT_LENGTH, "environment": "e" * MAX_ENVIRONMENT_LENGTH}
    longest = security_layer(replace(LABEL, recovery_region=recovery_region, **names))
    policy = longest.named("aws_iam_role_policy.github_apply_permissions")["policy"]
    policy = policy.replace("us-east-1", "ap-southeast-1")  # and the longest region
    found = stack({"aws_iam_role.r": {}, "aws_iam_role_policy.p": {"role": "${aws_iam_role.r.id}", "policy": policy}})
    assert list(policy_fits_its_quota.check(found, {})) == []
