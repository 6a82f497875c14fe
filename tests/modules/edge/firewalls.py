"""Web ACLs of the tests, and their rules as AWS's API has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from config.firewall import FirewallSettings
from modules.edge.web_acl import WebAcl
from modules.key import Key
from tests.template import LABEL, Template, new_stack

if TYPE_CHECKING:
    from modules.edge.web_acl import WafScope

EVERYTHING: dict[str, Any] = {
    "deny_ips": ("203.0.113.0/24", "2001:db8::/32"),
    "allow_ips": ("198.51.100.7/32",),
    "sign_in": {"paths": ("/api/auth/", "/login"), "rate_limit": 100},
    "body_limit_kib": 32,
    "upload_paths": ("/api/files/",),
}
"""Settings with every kind of rule."""


def firewall(*, waf_scope: WafScope = "CLOUDFRONT", balancer: str | None = None, **settings: Any) -> Template:
    """A stack with a web ACL of these settings, and its association with a load balancer if one is named."""
    stack = new_stack()
    key = Key(stack, "key", label=LABEL, name="logs", description="Logs", protect=False)
    acl = WebAcl(
        stack,
        "firewall",
        config=FirewallSettings.model_validate(settings),
        label=LABEL,
        waf_scope=waf_scope,
        key=key,
        log_retention_days=30,
    )
    if balancer:
        acl.associate(balancer)
    return Template.of(stack)


def rules_of(made: Template) -> dict[str, Any]:
    """The rules of its web ACL by name, in their order."""
    return {rule["name"]: rule for rule in made.only("aws_wafv2_web_acl")["rule"]}


_OTHER_NAMES = {
    "arn": "ARN",
    "cloudwatch_metrics_enabled": "CloudWatchMetricsEnabled",
    "ip_set_reference_statement": "IPSetReferenceStatement",
    "rule_action_override": "RuleActionOverrides",
    "text_transformation": "TextTransformations",
}


def in_api_form(value: Any) -> Any:
    """A rule of Terraform in the words of AWS's API."""
    if isinstance(value, list):
        return [in_api_form(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {}
    for key, item in value.items():
        if key == "statement" and isinstance(item, list):  # those of AND and OR; NOT has one
            name, inner = ("Statements", item) if len(item) > 1 else ("Statement", item[0])
            found[name] = in_api_form(inner)
        else:
            name = _OTHER_NAMES.get(key) or "".join(word.capitalize() for word in key.split("_"))
            found[name] = in_api_form(item)
    return found
