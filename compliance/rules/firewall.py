"""The web application firewall: it is there, it blocks, its rules exist, and its log has no credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.rule import Finding, rule
from compliance.rules.network import WORLD
from config.managed_rule_groups import GROUPS
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_ACL: Final = "aws_wafv2_web_acl"
_LOGGING: Final = "aws_wafv2_web_acl_logging_configuration"
_LISTED: Final = "ip_set_reference_statement"
_LOG_PREFIX: Final = "aws-waf-logs-"
"""https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html"""
_CREDENTIALS: Final = frozenset({"authorization", "cookie"})
_RULES: Final[Mapping[str, tuple[str, ...]]] = {group.name: group.rules for group in GROUPS.values()}


@rule
def public_entrance_has_firewall(stack: Stack) -> Iterator[Finding]:
    """What the internet reaches of a protected environment has a web ACL."""
    if not stack.is_protected:
        return
    for distribution in stack.all("aws_cloudfront_distribution"):
        if not distribution.get("web_acl_id"):
            yield Finding.about(distribution, "has no web_acl_id")
    for balancer in stack.all("aws_lb"):
        if _is_open(stack, balancer) and not stack.attached(
            balancer, "aws_wafv2_web_acl_association", by="resource_arn"
        ):
            yield Finding.about(balancer, "is open to the internet and has no aws_wafv2_web_acl_association")


@rule
def firewall_blocks(stack: Stack) -> Iterator[Finding]:
    """A web ACL of a protected environment does not only count."""
    if not stack.is_protected:
        return
    for acl in stack.all(_ACL):
        if not any(map(_can_block, blocks(acl.get("rule")))):
            yield Finding.about(acl, "every rule of it only counts")


@rule
def firewall_lets_only_listed_addresses_pass(stack: Stack) -> Iterator[Finding]:
    """A rule that allows ends the evaluation, so it is for a list of addresses: all else goes on to the other rules.

    https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-processing.html
    """
    for acl in stack.all(_ACL):
        for one in blocks(acl.get("rule")):
            is_allow = any("allow" in action for action in blocks(one.get("action")))
            if is_allow and not any(_LISTED in statement for statement in _demanded(one.get("statement"))):
                yield Finding.about(acl, f"{one.get('name')} allows requests that the other rules have not seen")


@rule
def firewall_override_names_a_rule(stack: Stack) -> Iterator[Finding]:
    """A rule that is overridden exists in its group: AWS ignores any other name, and the rule goes on as before."""
    for acl in stack.all(_ACL):
        for one in blocks(acl.get("rule")):
            for statement in blocks(one.get("statement")):
                for group in blocks(statement.get("managed_rule_group_statement")):
                    known = _RULES.get(str(group.get("name")), ())
                    for override in blocks(group.get("rule_action_override")):
                        if override.get("name") not in known:
                            yield Finding.about(acl, f"{override.get('name')} is not a known rule of {group['name']}")


@rule
def firewall_has_log(stack: Stack) -> Iterator[Finding]:
    """A web ACL writes to a log group of the name that AWS WAF requires."""
    for acl in stack.all(_ACL):
        logs = stack.attached(acl, _LOGGING, by="resource_arn")
        if not logs:
            yield Finding.about(acl, f"has no {_LOGGING}")
        for log in logs:
            destinations = log.get("log_destination_configs") or []
            if any(str(destination).endswith(":*") for destination in destinations):
                yield Finding.about(log, "AWS WAF takes the ARN of a log group without :*")
            for group in stack.all("aws_cloudwatch_log_group"):
                if group.is_referred_to_by(destinations) and not str(group.get("name")).startswith(_LOG_PREFIX):
                    yield Finding.about(group, f"is the log of a web ACL, so its name must start with {_LOG_PREFIX}")


@rule
def firewall_hides_credentials(stack: Stack) -> Iterator[Finding]:
    """Neither the log of a web ACL nor its samples have the headers by which a user is known."""
    for log in stack.all(_LOGGING):
        fields = blocks(log.get("redacted_fields"))
        redacted = {header.get("name") for field in fields for header in blocks(field.get("single_header"))}
        if missing := sorted(_CREDENTIALS - redacted):
            yield Finding.about(log, f"redacted_fields has no {', '.join(missing)}")
    for acl in stack.all(_ACL):
        protections = blocks(acl.block("data_protection_config").get("data_protection"))
        hidden = {
            key
            for protection in protections
            for field in blocks(protection.get("field"))
            if field.get("field_type") == "SINGLE_HEADER"
            for key in field.get("field_keys") or ()
        }
        if missing := sorted(_CREDENTIALS - hidden):
            yield Finding.about(acl, f"data_protection_config has no {', '.join(missing)}, which samples would show")


def _demanded(value: object) -> Iterator[Mapping[str, object]]:
    """The statements that a request must all match."""
    for statement in blocks(value):
        yield statement
        for both in blocks(statement.get("and_statement")):
            yield from _demanded(both.get("statement"))


def _is_open(stack: Stack, balancer: Resource) -> bool:
    """Whether a load balancer is public and open to all addresses; CloudFront's own are a prefix list."""
    if balancer.get("internal") is True:
        return False
    groups = [
        group for group in stack.all("aws_security_group") if group.is_referred_to_by(balancer.get("security_groups"))
    ]
    rules = [
        ingress
        for group in groups
        for ingress in stack.attached(group, "aws_vpc_security_group_ingress_rule", by="security_group_id")
    ]
    return not groups or any(one.get("cidr_ipv4") in WORLD or one.get("cidr_ipv6") in WORLD for one in rules)


def _can_block(one: Mapping[str, object]) -> bool:
    """Whether a rule of a web ACL blocks, or is a group whose rules do."""
    actions = (*blocks(one.get("action")), *blocks(one.get("override_action")))
    return any("block" in action or "none" in action for action in actions)
