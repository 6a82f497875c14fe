"""The web application firewall: AWS WAF before CloudFront, or before a public load balancer."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.shield_protection import ShieldProtection
from cdktf_cdktf_provider_aws.wafv2_ip_set import Wafv2IpSet
from cdktf_cdktf_provider_aws.wafv2_web_acl import (
    Wafv2WebAcl,
    Wafv2WebAclAssociationConfig,
    Wafv2WebAclAssociationConfigRequestBody,
    Wafv2WebAclAssociationConfigRequestBodyCloudfront,
    Wafv2WebAclDataProtectionConfig,
    Wafv2WebAclDataProtectionConfigDataProtection,
    Wafv2WebAclDataProtectionConfigDataProtectionField,
    Wafv2WebAclDefaultAction,
    Wafv2WebAclDefaultActionAllow,
    Wafv2WebAclVisibilityConfig,
)
from cdktf_cdktf_provider_aws.wafv2_web_acl_association import Wafv2WebAclAssociation
from constructs import Construct

from config.firewall import BALANCER_BODY_KIB, CLOUDFRONT_BODY_KIB
from modules.edge.web_acl_alarm import WebAclMetrics, add_block_alarm
from modules.edge.web_acl_log import HIDDEN_HEADERS, WebAclLog
from modules.edge.web_acl_rules import rules
from modules.errors import WiringError
from modules.label import Label, NameLimit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.firewall import FirewallSettings
    from config.ip_blocks import Network
    from modules.key import Key
    from modules.topic import Topics

WafScope = Literal["CLOUDFRONT", "REGIONAL"]
"""What a web ACL is for: distributions of CloudFront, or what is in its own region."""

HIDDEN_ARGUMENTS: Final = ("access_token", "code", "password", "token")
"""Arguments in the query of links that sign in or reset a password, as OAuth and most applications name them."""


class WebAcl(Construct):
    """A web ACL that lets through what no rule blocks, or the user's own one, with the protection by Shield Advanced.

    Its rules, metrics, samples of requests and log never show credentials: `data_protection_config` replaces them
    before AWS WAF stores anything. Only because of that are samples on: they show in the console, for three hours, what
    a rule matched, which is the fastest way to see whether it is right.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: FirewallSettings,
        label: Label,
        waf_scope: WafScope,
        key: Key | None,
        log_retention_days: int,
        topics: Topics | None = None,
    ) -> None:
        """Create it.

        Args:
            config: Its settings.
            label: Names and region; that of the scope CLOUDFRONT is us-east-1.
            waf_scope: What it protects.
            key: Encrypts its log; None only if the web ACL is the user's own.
            log_retention_days: How long its log is kept.
            topics: Whom its alarm notifies; None for no alarm.
        """
        super().__init__(scope, id_)
        self._config = config
        self._label = label
        self._scope = waf_scope
        self._acl: Wafv2WebAcl | None = None
        self.metrics: WebAclMetrics | None = None
        """None if the web ACL is the user's own: its settings say whether it has any, and their name."""
        if config.web_acl_arn:
            return
        if key is None:
            raise WiringError(self, "it has a log, which needs a key; pass one")
        self._acl = self._add_web_acl()
        self.metrics = WebAclMetrics(
            name=label.name("web", limit=NameLimit.WEB_ACL), region=label.region, is_regional=waf_scope == "REGIONAL"
        )
        if topics and config.mode == "block":
            add_block_alarm(self, "blocks", label=label, metrics=self.metrics, topics=topics)
        WebAclLog(
            self,
            "log",
            label=label,
            key=key,
            retention_days=log_retention_days,
            web_acl_arn=self.arn,
            log_allowed=config.log_allowed,
        )

    @cached_property
    def arn(self) -> str:
        """ARN of the web ACL, which a distribution names as its `web_acl_id`."""
        return self._config.web_acl_arn or self._acl.arn  # type: ignore[union-attr]

    def associate(self, load_balancer_arn: str) -> None:
        """Put it before a load balancer, and protect that by Shield Advanced if the settings say so.

        Raises:
            WiringError: It is for CloudFront, whose distributions name their web ACL themselves.
        """
        if self._scope != "REGIONAL":
            raise WiringError(self, "its scope is CLOUDFRONT: a distribution names it as its web_acl_id")
        Wafv2WebAclAssociation(self, "association", resource_arn=load_balancer_arn, web_acl_arn=self.arn)
        self.protect(load_balancer_arn)

    def protect(self, resource_arn: str) -> None:
        """Protect a load balancer or a distribution by Shield Advanced, if the settings say so."""
        if self._config.shield_advanced:
            name = self._label.name(f"{self._label.layer}-entrance", limit=NameLimit.SHIELD_PROTECTION)
            ShieldProtection(self, "shield", name=name, resource_arn=resource_arn)

    def _add_web_acl(self) -> Wafv2WebAcl:
        config = self._config
        name = self._label.name("web", limit=NameLimit.WEB_ACL)
        inspected_kib = BALANCER_BODY_KIB
        if self._scope == "CLOUDFRONT":
            inspected_kib = config.body_limit_kib or CLOUDFRONT_BODY_KIB[0]
        return Wafv2WebAcl(
            self,
            "Default",
            name=name,
            description=f"The requests to {self._label.prefix}",
            scope=self._scope,
            default_action=Wafv2WebAclDefaultAction(allow=Wafv2WebAclDefaultActionAllow()),
            rule=rules(
                config,
                denied=self._add_ip_sets("denied", config.deny_ips),
                allowed=self._add_ip_sets("allowed", config.allow_ips),
                inspected_kib=inspected_kib,
            ),
            visibility_config=Wafv2WebAclVisibilityConfig(
                cloudwatch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
            ),
            association_config=self._association_config(),
            data_protection_config=_data_protection(),
            # Another name is another web ACL, and AWS does not delete one that is in use.
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )

    def _add_ip_sets(self, name: str, blocks: Sequence[Network]) -> list[str]:
        """The ARNs of one set for each IP version that is there."""
        arns = []
        for version in sorted({block.version for block in blocks}):
            ip_set = Wafv2IpSet(
                self,
                f"{name}-ipv{version}",
                name=self._label.name(f"{name}-ipv{version}", limit=NameLimit.WEB_ACL),
                description=f"Addresses that are {name}",
                scope=self._scope,
                ip_address_version=f"IPV{version}",
                addresses=[str(block) for block in blocks if block.version == version],
                # The web ACL changes first, both where it is replaced and where it is removed: AWS does not delete a
                # set that a rule uses.
                lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
            )
            arns.append(ip_set.arn)
        return arns

    def _association_config(self) -> Wafv2WebAclAssociationConfig | None:
        """The size of bodies, where CloudFront passes more than by default; a load balancer has no choice."""
        if self._scope != "CLOUDFRONT" or self._config.body_limit_kib is None:
            return None
        limit = f"KB_{self._config.body_limit_kib}"
        return Wafv2WebAclAssociationConfig(
            request_body=[
                Wafv2WebAclAssociationConfigRequestBody(
                    cloudfront=Wafv2WebAclAssociationConfigRequestBodyCloudfront(default_size_inspection_limit=limit)
                )
            ]
        )


def _data_protection() -> Wafv2WebAclDataProtectionConfig:
    """Replace credentials in everything that AWS WAF stores, also in samples, which redaction of the log leaves as is.

    https://docs.aws.amazon.com/waf/latest/developerguide/data-protection-and-logging.html
    """
    fields = (
        Wafv2WebAclDataProtectionConfigDataProtectionField(field_type="SINGLE_HEADER", field_keys=list(HIDDEN_HEADERS)),
        Wafv2WebAclDataProtectionConfigDataProtectionField(
            field_type="SINGLE_QUERY_ARGUMENT", field_keys=list(HIDDEN_ARGUMENTS)
        ),
        # A rule on SQL or scripts would store the piece of the body that it matched, which can be a password.
        Wafv2WebAclDataProtectionConfigDataProtectionField(field_type="BODY"),
    )
    return Wafv2WebAclDataProtectionConfig(
        data_protection=[
            Wafv2WebAclDataProtectionConfigDataProtection(field=field, action="SUBSTITUTION") for field in fields
        ]
    )
