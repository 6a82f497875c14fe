"""The layer `security` with the roles of GitHub Actions and the boundaries, and who may do what with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compliance.evaluation import Request, is_allowed
from config.security import GithubSettings, TrailSettings
from modules.key import Key
from modules.security.audit_trail import AuditTrail
from modules.security.cis_alarms import CisAlarms
from modules.security.github_roles import GithubRoles
from modules.security.permissions_boundaries import PermissionsBoundaries
from modules.security.threat_findings import ThreatFindings
from tests.modules.security.stores import state_copies, state_store
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack, statements

if TYPE_CHECKING:
    from modules.label import Label

# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/PowerUserAccess.html
_POWER_USER = [
    {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"},
    {
        "Effect": "Allow",
        "Action": [
            "account:GetAccountInformation",
            "account:GetPrimaryEmail",
            "account:ListRegions",
            "iam:CreateServiceLinkedRole",
            "iam:DeleteServiceLinkedRole",
            "iam:ListRoles",
            "organizations:DescribeOrganization",
        ],
        "Resource": "*",
    },
]
_READ_ONLY = [{"Effect": "Allow", "Action": ["*:Get*", "*:List*", "*:Describe*"], "Resource": "*"}]
_ANYTHING = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]


def security_layer(label: Label = LABEL) -> Template:
    """The constructs in one stack."""
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
    copies = state_copies(stack, label, state)
    GithubRoles(stack, "github", config=github, label=label, state=state, copies=copies, regions=(label.region,))
    PermissionsBoundaries(stack, "boundaries", label=label)
    return Template.of(stack)


@dataclass(frozen=True)
class Principals:
    """What the roles of the layer may do, by their emitted policies and boundaries."""

    template: Template

    def apply_may(self, action: str, resource: str = "*", **context: str) -> bool:
        """Whether the apply role may make a call."""
        own = statements(self.template.named("aws_iam_role_policy.github_apply_permissions")["policy"])
        boundary = self._boundary(self.template.named("aws_iam_role.github_apply")["permissions_boundary"])
        request = _request(action, resource, context)
        denials = statements(self.template.named("aws_iam_policy.github_apply-denials")["policy"])
        return is_allowed(request, identity=[*_POWER_USER, *_READ_ONLY, *own, *denials], boundary=boundary)

    def plan_may(self, action: str, resource: str = "*", **context: str) -> bool:
        """Whether the plan role may make a call by its own policy, without what ReadOnlyAccess adds."""
        own = statements(self.template.named("aws_iam_role_policy.github_plan_permissions")["policy"])
        boundary = self._boundary(self.template.named("aws_iam_role.github_plan")["permissions_boundary"])
        return is_allowed(_request(action, resource, context), identity=own, boundary=boundary)

    def workload_may(self, action: str, resource: str = "*", **context: str) -> bool:
        """Whether a role that allows everything may make a call, with the boundary of a workload."""
        boundary = self._boundary(self.template.named("aws_iam_role.trail_role")["permissions_boundary"])
        return is_allowed(_request(action, resource, context), identity=_ANYTHING, boundary=boundary)

    def _boundary(self, arn: str) -> list[dict[str, Any]]:
        return statements(self.template.only("aws_iam_policy", name=arn.rpartition("/")[2])["policy"])


def _request(action: str, resource: str, context: dict[str, str]) -> Request:
    sent = {name.replace("__", ":").lower(): [value] for name, value in context.items()}
    return Request(action=action, resource=resource, context=sent)
