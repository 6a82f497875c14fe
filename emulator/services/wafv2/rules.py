"""The rules that AWS WAF refuses: moto accepts every rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from emulator.arns import parse_arn
from emulator.errors import AwsError
from emulator.registry import Context, guard
from emulator.services.wafv2.managed_rule_groups import CAPACITY, VENDOR
from emulator.services.wafv2.scopes import CLOUDFRONT, backend_of, invalid, invalid_arn, missing
from emulator.validate import check_call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.store import Shape

# https://docs.aws.amazon.com/waf/latest/developerguide/waf-managed-rule-groups-versioning.html
_VERSION: Final = re.compile(r"Version_\d+\.\d+")
_GROUPS: Final = ("ManagedRuleGroupStatement", "RuleGroupReferenceStatement")
_REFERENCES: Final = {
    "IPSetReferenceStatement": "ip_sets",
    "RegexPatternSetReferenceStatement": "regex_pattern_sets",
    "RuleGroupReferenceStatement": "rule_groups",
}


@guard("wafv2", "CheckCapacity", "CreateRuleGroup", "CreateWebACL", "UpdateRuleGroup", "UpdateWebACL")
def refuse_wrong_rules(params: Shape, context: Context) -> None:
    """Refuse rules that contradict each other, and references to what does not exist."""
    check_call(params, context)
    rules = params.get("Rules") or []
    _check_order(rules)
    for rule in rules:
        _check_action(rule)
        for statement in nested_statements(rule["Statement"]):
            _check_statement(statement, params["Scope"], context)


def nested_statements(statement: Shape) -> Iterator[Shape]:
    """Iterate over a statement and those in it, the outer ones first."""
    yield statement
    for body in statement.values():
        inner = [*(body.get("Statements") or ()), body.get("Statement"), body.get("ScopeDownStatement")]
        for one in filter(None, inner):
            yield from nested_statements(one)


def _check_order(rules: list[Shape]) -> None:
    """Each rule has a name and a priority of its own; the documentation has the rule, but not AWS's message.

    https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-processing-order.html
    """
    for member in ("Priority", "Name"):
        found: set[Any] = set()
        for rule in rules:
            if rule[member] in found:
                reason = f"Two rules have the same {member.lower()}."
                raise invalid(reason, "RULE", str(rule[member]))
            found.add(rule[member])


def _check_action(rule: Shape) -> None:
    """A rule has an action, and one of a rule group has an override action.

    https://docs.aws.amazon.com/waf/latest/APIReference/API_Rule.html
    https://thedebonair.co.uk/post/error-when-using-aws-wafv2-create-web-acl has the message.
    """
    needed, other = "Action", "OverrideAction"
    if any(group in rule["Statement"] for group in _GROUPS):
        needed, other = other, needed
    if rule.get(needed) is None or rule.get(other) is not None or len(rule["Statement"]) != 1:
        reason = "Your statement has multiple values set for a field that requires exactly one value."
        raise invalid(reason, "RULE", "Rule")


def _check_statement(statement: Shape, scope: str, context: Context) -> None:
    for kind, body in statement.items():
        if kind == "ManagedRuleGroupStatement":
            _check_managed_group(body)
        elif kind in _REFERENCES:
            _check_reference(body["ARN"], _REFERENCES[kind], scope, context)
        elif kind in {"AndStatement", "OrStatement"} and len(body["Statements"]) == 1:
            reason = (
                "You haven't met a minimum requirement for a threshold setting. Examples include a rule group "
                "capacity setting that's too low and an OR statement with only one nested statement."
            )
            # https://github.com/hashicorp/terraform-provider-aws/issues/34320
            raise invalid(reason, f"{kind.removesuffix('Statement').upper()}_STATEMENT", kind)


def _check_managed_group(body: Shape) -> None:
    """https://github.com/trussworks/terraform-aws-wafv2/issues/23 has the message about a missing group."""
    if body["VendorName"] != VENDOR:
        raise AwsError(
            code="WAFSubscriptionNotFoundException",
            message=(
                "You tried to use a managed rule group that's available by subscription, but you aren't subscribed to "
                "it yet."
            ),
        )
    version = body.get("Version")
    if body["Name"] not in CAPACITY or (version is not None and not _VERSION.fullmatch(version)):
        what = f"ManagedRules with name {body['Name']} by vendor {VENDOR}"
        if body["Name"] in CAPACITY:
            what += f" and version {version}"
        raise AwsError(code="WAFNonexistentItemException", message=f"{what} does not exist. Please check your inputs")


def _check_reference(arn: str, attribute: str, scope: str, context: Context) -> None:
    """https://github.com/hashicorp/terraform-provider-aws/issues/29569 has the message about another scope."""
    parsed = parse_arn(arn)
    prefix = "global/" if scope == CLOUDFRONT else "regional/"
    if parsed is None or not parsed.resource.startswith(prefix):
        raise invalid_arn(arn, field="RESOURCE_ARN")
    if arn not in getattr(backend_of(scope, context), attribute):
        raise missing()
