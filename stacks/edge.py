"""Layer `edge`: the resources that CloudFront accepts from one region only."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from config.edge import VIEWER_REGION
from modules.domain.certificate import Certificate
from modules.edge.web_acl import WebAcl
from stacks.base import LayerStack
from synthesis.manifest import METADATA

if TYPE_CHECKING:
    from constructs import Construct

    from config.environment import Environment
    from config.firewall import FirewallSettings
    from stacks.domain import DomainStack
    from stacks.notifications import NotificationsStack
    from stacks.state import StateStack


class EdgeStack(LayerStack):
    """The viewers' certificate, in us-east-1 whatever the environment's region."""

    layer: ClassVar[str] = "edge"

    def __init__(
        self,
        scope: Construct,
        *,
        config: Environment,
        state: StateStack,
        notifications: NotificationsStack | None,
        domain: DomainStack,
    ) -> None:
        """Compose the layer.

        Args:
            config: The environment.
            state: Has the states.
            notifications: The one in us-east-1, which lets AWS WAF write the firewall's log.
            domain: Has the zone, and the records that validate the certificate.
        """
        super().__init__(scope, config=config, state=state, region=VIEWER_REGION)
        if notifications:
            self.add_dependency(notifications)
        # The validation records are the same for both certificates, and they are in the layer `domain`.
        self.certificate = Certificate(
            self,
            "certificate",
            names=domain.names,
            label=self.label,
            zone=domain.zone,
            records=domain.certificate.records,
        )
        self.web_acl = self._add_web_acl(config.firewall) if config.firewall else None
        self.add_override(f"{METADATA}.zone_name", domain.zone.name)
        self.output("certificate_arn", self.certificate.arn)

    def _add_web_acl(self, settings: FirewallSettings) -> WebAcl:
        own = settings.web_acl_arn is None
        return WebAcl(
            self,
            "firewall",
            config=settings,
            label=self.label,
            waf_scope="CLOUDFRONT",
            key=self.key("firewall-key", name="firewall", protects="The firewall's log") if own else None,
            log_retention_days=self.config.logs.firewall_retention_days,
        )
