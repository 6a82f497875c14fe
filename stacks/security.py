"""Layer `security`: audit, threat detection and protection of the whole account."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from modules.event_messages import EventMessages
from modules.security import audit_trail, config_recorder, finding_messages, threat_findings
from modules.security.account_baseline import AccountBaseline
from modules.security.audit_trail import AuditTrail
from modules.security.cis_alarms import CisAlarms
from modules.security.config_recorder import ConfigRecorder
from modules.security.github_roles import GithubRoles
from modules.security.security_hub import SecurityHub
from modules.security.threat_detection import ThreatDetection
from modules.security.threat_findings import ThreatFindings
from stacks.base import LayerStack, topics_for

if TYPE_CHECKING:
    from constructs import Construct

    from config.environment import Environment
    from config.security import SecuritySettings
    from stacks.notifications import NotificationsStack
    from stacks.state import StateStack


class SecurityStack(LayerStack):
    """Audit, threat detection, checks, account-wide protection and the GitHub Actions roles; each by a setting."""

    layer: ClassVar[str] = "security"

    def __init__(
        self,
        scope: Construct,
        *,
        config: Environment,
        settings: SecuritySettings,
        state: StateStack,
        notifications: NotificationsStack | None,
    ) -> None:
        super().__init__(scope, config=config, state=state)
        protect = config.protect_data
        AccountBaseline(self, "account", config=settings, label=self.label)
        self.trail: AuditTrail | None = None
        if settings.trail:
            self.trail = trail = AuditTrail(
                self,
                "trail",
                config=settings.trail,
                label=self.label,
                key=self.key("audit-key", name=audit_trail.KEY, protects="The audit trail"),
                access_logs=state.store.access_logs,
                log_retention_days=config.logs.trail_retention_days,
                protect=protect,
            )
            if settings.cis_alarms:
                CisAlarms(
                    self, "alarms", label=self.label, log_group=trail.log_group, topics=topics_for(self, notifications)
                )
        if settings.config_recorder:
            ConfigRecorder(
                self,
                "config",
                config=settings.config_recorder,
                label=self.label,
                key=self.key("config-key", name=config_recorder.KEY, protects="AWS Config's records"),
                access_logs=state.store.access_logs,
                protect=protect,
            )
        if settings.threat_detection:
            ThreatDetection(self, "threats", config=settings.threat_detection)
            ThreatFindings(
                self,
                "threat-findings",
                retention_days=config.logs.trail_retention_days,
                label=self.label,
                key=self.key("threats-key", name=threat_findings.KEY, protects="Findings of GuardDuty"),
                topics=topics_for(self, notifications),
            )
        if settings.security_hub:
            SecurityHub(self, "hub", standards=settings.security_hub, label=self.label)
        messages = [
            *(finding_messages.access_messages() if settings.access_analyzer else ()),
            *((finding_messages.security_hub_message(self.label),) if settings.security_hub else ()),
        ]
        if messages and notifications:
            EventMessages(
                self,
                "findings",
                label=self.label,
                name=finding_messages.NAME,
                messages=messages,
                topics=notifications.topics,
            )
        if settings.github:
            roles = GithubRoles(
                self,
                "github",
                config=settings.github,
                label=self.label,
                state=state.store,
                copies=state.copies,
                regions=config.regions,
            )
            self.output("github_plan_role_arn", roles.plan.arn)
            self.output("github_apply_role_arn", roles.apply.arn)
