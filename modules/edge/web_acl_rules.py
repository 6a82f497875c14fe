"""The rules of the web ACL, in the order in which AWS WAF evaluates them."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from cdktf_cdktf_provider_aws.wafv2_web_acl import (
    Wafv2WebAclRule,
    Wafv2WebAclRuleAction,
    Wafv2WebAclRuleActionAllow,
    Wafv2WebAclRuleActionBlock,
    Wafv2WebAclRuleActionBlockCustomResponse,
    Wafv2WebAclRuleActionCount,
    Wafv2WebAclRuleOverrideAction,
    Wafv2WebAclRuleOverrideActionCount,
    Wafv2WebAclRuleOverrideActionNone,
    Wafv2WebAclRuleVisibilityConfig,
)

from config.managed_rule_groups import GROUPS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from config.firewall import FirewallSettings
    from config.managed_rules import RuleGroupSettings

Statement = dict[str, Any]
"""A statement in Terraform's words: the bindings take any."""

_TOO_MANY_REQUESTS: Final = 429
_BYTES_PER_KIB: Final = 1024


class Order(IntEnum):
    """The priorities: what ends the evaluation for sure comes first, then what is cheap, then what reads the request.

    The gaps are for rules to come: a new priority of a rule is a change of that rule only.
    """

    DENIED_ADDRESSES = 0
    ALLOWED_ADDRESSES = 10
    SIGN_IN_RATE = 20
    RATE = 30
    LARGE_BODIES = 40
    IP_REPUTATION = 50
    ANONYMOUS_IP = 60
    KNOWN_BAD_INPUTS = 70
    COMMON = 80
    SQL_INJECTION = 90

    @property
    def rule_name(self) -> str:
        """The name of the rule, and of its metric."""
        return self.name.lower().replace("_", "-")


def rules(
    config: FirewallSettings, *, denied: Sequence[str], allowed: Sequence[str], inspected_kib: int
) -> list[Wafv2WebAclRule]:
    """The rules of these settings.

    Args:
        config: The settings.
        denied: ARNs of the IP sets whose addresses are blocked.
        allowed: ARNs of the IP sets whose addresses pass.
        inspected_kib: What AWS WAF gets of a request's body.
    """
    counts = config.mode == "count"
    found: list[Wafv2WebAclRule] = []
    if denied:
        found.append(_rule(Order.DENIED_ADDRESSES, _addresses(denied), _block(counts=counts)))
    if allowed:
        # The same in both modes: this rule blocks nothing.
        allow = Wafv2WebAclRuleAction(allow=Wafv2WebAclRuleActionAllow())
        found.append(_rule(Order.ALLOWED_ADDRESSES, _addresses(allowed), allow))
    limited = _block(counts=counts, status=_TOO_MANY_REQUESTS)
    if sign_in := config.sign_in:
        statement = _rate(sign_in.rate_limit, sign_in.rate_window_seconds, only=_starts_with(sign_in.paths))
        found.append(_rule(Order.SIGN_IN_RATE, statement, limited))
    found.append(_rule(Order.RATE, _rate(config.rate_limit, config.rate_window_seconds), limited))
    if config.upload_paths is not None:
        statement = _large_body(inspected_kib, config.upload_paths)
        found.append(_rule(Order.LARGE_BODIES, statement, _block(counts=counts)))
    found.extend(_managed_rules(config, counts=counts))
    return found


def _managed_rules(config: FirewallSettings, *, counts: bool) -> Iterator[Wafv2WebAclRule]:
    groups = config.managed_rules.groups
    for name in sorted(groups, key=lambda name: Order[name.upper()]):
        order = Order[name.upper()]
        yield Wafv2WebAclRule(
            name=order.rule_name,
            priority=int(order),
            override_action=Wafv2WebAclRuleOverrideAction(
                count=Wafv2WebAclRuleOverrideActionCount() if counts else None,
                none=None if counts else Wafv2WebAclRuleOverrideActionNone(),
            ),
            statement=_managed(name, groups[name], counts=counts),
            visibility_config=_visibility(order),
        )


def _rule(order: Order, statement: Statement, action: Wafv2WebAclRuleAction) -> Wafv2WebAclRule:
    return Wafv2WebAclRule(
        name=order.rule_name,
        priority=int(order),
        action=action,
        statement=statement,
        visibility_config=_visibility(order),
    )


def _visibility(order: Order) -> Wafv2WebAclRuleVisibilityConfig:
    return Wafv2WebAclRuleVisibilityConfig(
        cloudwatch_metrics_enabled=True, metric_name=order.rule_name, sampled_requests_enabled=True
    )


def _block(*, counts: bool, status: int | None = None) -> Wafv2WebAclRuleAction:
    """Block, with AWS's own answer (403) or another status; or count."""
    if counts:
        return Wafv2WebAclRuleAction(count=Wafv2WebAclRuleActionCount())
    answer = Wafv2WebAclRuleActionBlockCustomResponse(response_code=status) if status else None
    return Wafv2WebAclRuleAction(block=Wafv2WebAclRuleActionBlock(custom_response=answer))


def _addresses(arns: Sequence[str]) -> Statement:
    return _any_of([{"ip_set_reference_statement": {"arn": arn}} for arn in arns])


def _rate(limit: int, window_seconds: int, *, only: Statement | None = None) -> Statement:
    rate: Statement = {"limit": limit, "evaluation_window_sec": window_seconds, "aggregate_key_type": "IP"}
    if only:
        rate["scope_down_statement"] = only
    return {"rate_based_statement": rate}


def _starts_with(paths: Sequence[str]) -> Statement:
    """Requests whose path starts with one of these, however it is escaped and in whatever letters."""
    return _any_of(
        [
            {
                "byte_match_statement": {
                    "field_to_match": {"uri_path": {}},
                    "positional_constraint": "STARTS_WITH",
                    "search_string": path,
                    "text_transformation": [
                        {"priority": 0, "type": "URL_DECODE"},
                        {"priority": 1, "type": "LOWERCASE"},
                    ],
                }
            }
            for path in paths
        ]
    )


def _large_body(kib: int, upload_paths: Sequence[str]) -> Statement:
    """Requests with a body of which AWS WAF sees only the start, except to these paths.

    https://docs.aws.amazon.com/waf/latest/developerguide/waf-oversize-request-components.html
    """
    large = {
        "size_constraint_statement": {
            "comparison_operator": "GT",
            "field_to_match": {"body": {"oversize_handling": "MATCH"}},
            "size": kib * _BYTES_PER_KIB,
            "text_transformation": [{"priority": 0, "type": "NONE"}],
        }
    }
    if not upload_paths:
        return large
    elsewhere = {"not_statement": {"statement": [_starts_with(upload_paths)]}}
    return {"and_statement": {"statement": [large, elsewhere]}}


def _managed(name: str, settings: RuleGroupSettings, *, counts: bool) -> Statement:
    """A group of AWS.

    In the mode `count` each rule counts on its own too: a group that only counts as a whole stops at its first match,
    so that the others would show up one after the other, each after the one before is fixed.
    https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-rule-group-override-options.html
    """
    group = GROUPS[name]
    counted = group.counted if settings.count is None else settings.count
    statement: Statement = {"vendor_name": "AWS", "name": group.name}
    if settings.version:
        statement["version"] = settings.version
    overrides = [{"name": rule, "action_to_use": {"count": {}}} for rule in group.rules if counts or rule in counted]
    if overrides:
        statement["rule_action_override"] = overrides
    return {"managed_rule_group_statement": statement}


def _any_of(statements: Sequence[Statement]) -> Statement:
    """One of them: AWS refuses an OR of a single statement."""
    return statements[0] if len(statements) == 1 else {"or_statement": {"statement": list(statements)}}
