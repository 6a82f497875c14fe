"""Layer `security`: an account that is watched, and closed where it can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from cdktf import TerraformOutput

from modules.key import Key
from modules.security.account_baseline import AccountBaseline
from modules.security.audit_trail import AuditTrail
from modules.security.cis_alarms import CisAlarms
from modules.security.config_recorder import ConfigRecorder
from modules.security.github_roles import GithubRoles
from modules.security.threat_detection import ThreatDetection
from stacks.base import LayerStack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from config.environment import Environment
    from modules.security.cis_alarms import Severity
    from modules.state_store import StateStore


class SecurityStack(LayerStack):
    """CloudTrail, GuardDuty, AWS Config, the account's own locks, and the roles of GitHub Actions; each by setting."""

    layer: ClassVar[str] = "security"

    def __init__(
        self,
        scope: Construct,
        *,
        config: Environment,
        state: StateStore,
        topic_arns: Mapping[Severity, str] | None = None,
    ) -> None:
        """Wire the layer.

        Args:
            scope: The app.
            config: The environment.
            state: Its bucket takes the access logs, and its grants let GitHub's roles plan and apply.
            topic_arns: Who is told of an alarm. Names, no references: the layer of the topics comes after this one.
        """
        super().__init__(scope, config=config)
        settings, protect = config.security, config.protect_data
        AccountBaseline(self, "account", config=settings, label=self.label)
        if settings.trail:
            trail = AuditTrail(
                self,
                "trail",
                config=settings.trail,
                label=self.label,
                key=self._key("audit", "Who did what", protect=protect),
                access_logs=state.access_logs,
                protect=protect,
            )
            if settings.cis_alarms:
                CisAlarms(self, "alarms", label=self.label, log_group=trail.log_group, topic_arns=topic_arns)
        if settings.config_recorder:
            ConfigRecorder(
                self,
                "config",
                config=settings.config_recorder,
                label=self.label,
                key=self._key("config", "How each resource was configured", protect=protect),
                access_logs=state.access_logs,
                protect=protect,
            )
        if settings.threat_detection:
            ThreatDetection(self, "threats", config=settings.threat_detection)
        if settings.github:
            roles = GithubRoles(self, "github", config=settings.github, label=self.label, state=state)
            TerraformOutput(self, "github_plan_role_arn", value=roles.plan.arn, static_id=True)
            TerraformOutput(self, "github_apply_role_arn", value=roles.apply.arn, static_id=True)

    def _key(self, name: str, what: str, *, protect: bool) -> Key:
        return Key(
            self,
            f"{name}-key",
            label=self.label,
            name=name,
            description=f"{what} in {self.label.prefix}",
            protect=protect,
        )
