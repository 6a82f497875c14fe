"""The capacity of rules in WCUs: moto has 3 for every web ACL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.registry import Context, after, guard, operation
from emulator.services.wafv2.managed_rule_groups import CAPACITY
from emulator.services.wafv2.rules import nested_statements
from emulator.services.wafv2.scopes import backend_of, invalid

if TYPE_CHECKING:
    from emulator.store import Shape

# https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html
MOST: Final = 5_000
# https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-match.html
_BASE: Final = {
    "AsnMatchStatement": 1,
    "GeoMatchStatement": 1,
    "IPSetReferenceStatement": 1,
    "LabelMatchStatement": 1,
    "RegexMatchStatement": 3,
    "RegexPatternSetReferenceStatement": 25,
    "SizeConstraintStatement": 1,
    "XssMatchStatement": 40,
}
_SQLI: Final = {"LOW": 20, "HIGH": 30}
_BYTES: Final = {"EXACTLY": 2, "STARTS_WITH": 2, "ENDS_WITH": 2, "CONTAINS": 10, "CONTAINS_WORD": 10}
_ANY_POSITION: Final = 4
# https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-fields.html
_ALL_QUERY_ARGUMENTS: Final = 10
_JSON_FACTOR: Final = 2
_TRANSFORMATION: Final = 10
# https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html
_RATE: Final = 2
_CUSTOM_KEY: Final = 30


def capacity_of(rules: list[Shape], scope: str, context: Context) -> int:
    """Return the WCUs of the rules, without what AWS saves where two rules read the same."""
    return sum(
        _cost_of(kind, body, scope, context)
        for rule in rules
        for statement in nested_statements(rule["Statement"])
        for kind, body in statement.items()
    )


@operation("wafv2", "CheckCapacity")
def check_capacity(params: Shape, context: Context) -> Shape:
    """Return the WCUs of rules."""
    return {"Capacity": capacity_of(params["Rules"], params["Scope"], context)}


@guard("wafv2", "CreateWebACL", "UpdateWebACL", "CreateRuleGroup", "UpdateRuleGroup")
def refuse_too_many_units(params: Shape, context: Context) -> None:
    """Refuse rules over the capacity of a web ACL, or of their rule group.

    https://github.com/trussworks/terraform-aws-wafv2/issues/87 has the message.
    """
    needed = capacity_of(params.get("Rules") or [], params["Scope"], context)
    most, field = MOST, "WEB_ACL"
    if "RuleGroup" in context.operation:
        field = "RULE_GROUP"
        held = backend_of(params["Scope"], context).rule_groups.values()
        own = next((one.capacity for one in held if one.id == params.get("Id")), MOST)
        most = min(MOST, params.get("Capacity", own))
    if needed > most:
        reason = "You exceeded the capacity limit for a rule group or web ACL."
        raise invalid(reason, field, str(needed))


@after("wafv2", "CreateWebACL", "UpdateWebACL")
def keep_capacity(params: Shape, context: Context) -> None:
    """Store the capacity, which the provider reads."""
    acl = next(one for one in backend_of(params["Scope"], context).wacls.values() if one.name == params["Name"])
    acl.capacity = capacity_of(params.get("Rules") or [], params["Scope"], context)


def _cost_of(kind: str, body: Shape, scope: str, context: Context) -> int:
    """Return the cost of one statement, without those in it."""
    if kind == "ManagedRuleGroupStatement":
        return CAPACITY[body["Name"]]
    if kind == "RuleGroupReferenceStatement":
        return int(backend_of(scope, context).rule_groups[body["ARN"]].capacity)
    if kind == "RateBasedStatement":
        return _RATE + _CUSTOM_KEY * len(body.get("CustomKeys") or ())
    return _match(kind, body)


def _match(kind: str, body: Shape) -> int:
    """Return the cost of a statement that matches a part of the request; 0 for one that only joins others."""
    base = _BASE.get(kind, 0)
    if kind == "SqliMatchStatement":
        base = _SQLI[body.get("SensitivityLevel", "LOW")]
    elif kind == "ByteMatchStatement":
        base = _BYTES[body["PositionalConstraint"]]
    elif kind == "IPSetReferenceStatement" and (body.get("IPSetForwardedIPConfig") or {}).get("Position") == "ANY":
        base += _ANY_POSITION
    field = body.get("FieldToMatch") or {}
    if "JsonBody" in field:
        base *= _JSON_FACTOR
    if "AllQueryArguments" in field:
        base += _ALL_QUERY_ARGUMENTS
    changes = [one for one in body.get("TextTransformations") or () if one["Type"] != "NONE"]
    return base + _TRANSFORMATION * len(changes)
