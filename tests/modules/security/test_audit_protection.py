"""The names that the apply role is denied are those that the layer's constructs give their resources."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from config.names import MAX_ENVIRONMENT_LENGTH, MAX_PROJECT_LENGTH
from config.security import GithubSettings, TrailSettings
from modules.key import Key
from modules.security.audit_protection import deny_audit_changes
from modules.security.audit_trail import AuditTrail
from modules.security.cis_alarms import CisAlarms
from modules.security.github_roles import GithubRoles
from modules.security.threat_findings import ThreatFindings
from tests.modules.security.stores import state_store
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack, statements

if TYPE_CHECKING:
    from modules.label import Label

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
INLINE_POLICY_LENGTH = 10_240


def layer(label: Label = LABEL) -> Template:
    stack = new_stack()
    state = state_store(stack, label)
    topics = topics_in(stack)
    key = Key(stack, "key", label=label, name="audit", description="Audit", protect=False)
    trail = AuditTrail(
        stack,
        "trail",
        config=TrailSettings(retention_days=400),
        log_retention_days=90,
        label=label,
        key=key,
        access_logs=state.access_logs,
        protect=False,
    )
    CisAlarms(stack, "alarms", label=label, log_group=trail.log_group, topics=topics)
    ThreatFindings(stack, "findings", retention_days=90, label=label, key=key, topics=topics)
    github = GithubSettings(repository="acme/infra", branch="main", plan_pull_requests=False)
    GithubRoles(stack, "github", config=github, label=label, state=state, regions=(label.region,))
    return Template.of(stack)


@pytest.fixture(scope="module")
def plain() -> Template:
    return layer()


def denied(template: Template, sid: str) -> dict[str, Any]:
    policy = statements(template.named("aws_iam_role_policy.github_apply_permissions")["policy"])
    (statement,) = [s for s in policy if s.get("Sid") == sid]
    assert statement["Effect"] == "Deny"
    assert "Condition" not in statement
    return statement


def test_apply_cannot_silence_an_alarm_of_the_audit(plain: Template) -> None:
    statement = denied(plain, "DenyAuditAlarmChanges")
    alarms = [a["alarm_name"] for a in plain.all("aws_cloudwatch_metric_alarm").values()]
    assert sorted(statement["Resource"]) == sorted(
        f"arn:aws:cloudwatch:us-east-1:444444444444:alarm:{name}" for name in alarms
    )
    assert {"cloudwatch:DeleteAlarms", "cloudwatch:DisableAlarmActions", "cloudwatch:PutMetricAlarm"} <= set(
        statement["Action"]
    )


def test_apply_cannot_change_a_log_group_that_an_alarm_reads(plain: Template) -> None:
    statement = denied(plain, "DenyAuditLogChanges")
    groups = [g["name"] for g in plain.all("aws_cloudwatch_log_group").values()]
    arns = [f"arn:aws:logs:us-east-1:444444444444:log-group:{name}" for name in groups]
    assert sorted(statement["Resource"]) == sorted([*arns, *(f"{arn}:*" for arn in arns)])
    assert {"logs:DeleteLogGroup", "logs:DeleteMetricFilter", "logs:PutMetricFilter"} <= set(statement["Action"])


def test_apply_cannot_stop_the_rule_that_keeps_the_findings(plain: Template) -> None:
    statement = denied(plain, "DenyAuditRuleChanges")
    rule = plain.only("aws_cloudwatch_event_rule")["name"]
    assert statement["Resource"] == f"arn:aws:events:us-east-1:444444444444:rule/{rule}"
    assert {"events:DeleteRule", "events:DisableRule", "events:RemoveTargets"} <= set(statement["Action"])


def test_apply_cannot_hide_findings_in_guardduty(plain: Template) -> None:
    statement = denied(plain, "DenyAuditTampering")
    assert {"guardduty:CreateFilter", "guardduty:CreateIPSet", "logs:DeleteResourcePolicy"} <= set(statement["Action"])


def test_apply_may_change_what_other_layers_have() -> None:
    """Else CI could not apply a service that has a name like one of this layer's alarms, and has alarms itself."""
    everywhere = {a for s in deny_audit_changes(LABEL) if s.resources == ("*",) for a in s.actions}
    assert not {a for a in everywhere if a.startswith(("cloudwatch:", "events:"))}
    assert not {"logs:DeleteLogGroup", "logs:PutRetentionPolicy"} & everywhere
    patterns = [r for s in deny_audit_changes(LABEL) for r in s.resources if "*" in r.removesuffix(":*")]
    assert patterns == ["*"]


def test_the_policy_is_short_enough_with_the_longest_names() -> None:
    longest = replace(LABEL, project="p" * MAX_PROJECT_LENGTH, environment="e" * MAX_ENVIRONMENT_LENGTH)
    policy = layer(longest).named("aws_iam_role_policy.github_apply_permissions")["policy"]
    assert len(policy) <= INLINE_POLICY_LENGTH
