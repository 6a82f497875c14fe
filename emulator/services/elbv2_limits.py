"""How much of each an application load balancer can have; moto counts none of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.elbv2.models import elbv2_backends

from emulator.errors import AwsError
from emulator.registry import Context, guard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from emulator.store import Shape

# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
_MOST_RULES: Final = 100
_MOST_GROUPS: Final = 100
_MOST_VALUES: Final = 5
_MOST_WILDCARDS: Final = 6


@guard("elbv2", "CreateRule", "ModifyRule")
def refuse_large_conditions(params: Shape, context: Context) -> None:
    """Refuse more values, or wildcards in them, than a rule can have.

    https://github.com/aws/aws-cdk/issues/10065 has the text.
    """
    del context
    values = [value for condition in params.get("Conditions") or () for value in _values(condition)]
    if len(values) > _MOST_VALUES:
        message = f"A rule can only have '{_MOST_VALUES}' condition values"
        raise AwsError(code="ValidationError", message=message)
    if sum(value.count("*") + value.count("?") for value in values) > _MOST_WILDCARDS:
        raise AwsError(code="ValidationError", message=f"A rule can only have '{_MOST_WILDCARDS}' condition wildcards")


@guard("elbv2", "CreateRule")
def refuse_too_many_rules(params: Shape, context: Context) -> None:
    """Refuse a rule, or a further target group, that a load balancer cannot have.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html#API_CreateRule_Errors
    """
    balancers = context.backend(elbv2_backends).load_balancers.values()
    balancer = next((one for one in balancers if params["ListenerArn"] in one.listeners), None)
    if balancer is None:
        return
    rules = [rule for listener in balancer.listeners.values() for rule in listener.rules.values()]
    if sum(not rule.is_default for rule in rules) >= _MOST_RULES:
        message = f"The maximum number of rules has been reached for load balancer '{balancer.arn}'"
        raise AwsError(code="TooManyRules", message=message)
    present = set(_groups(action.data for rule in rules for action in rule.actions))
    if len(present | set(_groups(params.get("Actions") or ()))) > max(_MOST_GROUPS, len(present)):
        message = f"The maximum number of unique target groups has been reached for load balancer '{balancer.arn}'"
        raise AwsError(code="TooManyUniqueTargetGroupsPerLoadBalancer", message=message)


def _values(condition: Shape) -> Iterator[str]:
    """The values of a condition, in either of the two forms of the API."""
    yield from condition.get("Values") or ()
    for name, given in condition.items():
        if name.endswith("Config"):
            yield from (str(one) for one in given.get("Values") or ())


def _groups(actions: Iterable[Any]) -> Iterator[str]:
    for action in actions:
        if "TargetGroupArn" in action:
            yield action["TargetGroupArn"]
        for group in (action.get("ForwardConfig") or {}).get("TargetGroups") or ():
            yield group["TargetGroupArn"]
