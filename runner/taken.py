"""Refuses a plan in which a resource takes what another one has until the same apply changes or deletes that one.

Terraform changes resources that do not refer to each other at the same time, each by a call of its own, and AWS gives
such a thing to one at a time: the apply would stop half done, and where two exchange theirs, each repetition too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, Final

from runner.errors import RunnerError
from runner.priorities import Rule, same_order, steps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runner.terraform import Plan, Terraform
    from synthesis.manifest import Stack

_RULE: Final = "aws_lb_listener_rule"
_SERVICE: Final = re.compile(rf"{_RULE}\.(?P<name>.+)-service_target_")
"""The address of a service's rule: `target` in `FargateService` has the rules."""


@dataclass(frozen=True)
class _Unique:
    """What one resource of a type has at a time."""

    within: tuple[str, ...]
    """Arguments that name the place in which it is unique."""
    argument: str
    conflicts: Callable[[Any, Any], bool]


def _same(one: object, other: object) -> bool:
    return one == other


def _overlap(one: str, other: str) -> bool:
    return ip_network(one).overlaps(ip_network(other))


_UNIQUE: Final[Mapping[str, _Unique]] = {
    # PriorityInUse: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetRulePriorities.html
    _RULE: _Unique(("listener_arn",), "priority", _same),
    # InvalidChangeBatch: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
    "aws_route53_record": _Unique(("zone_id", "type", "set_identifier"), "name", _same),
    # InvalidSubnet.Conflict: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html
    "aws_subnet": _Unique(("vpc_id",), "cidr_block", _overlap),
}


@dataclass(frozen=True)
class _Change:
    address: str
    type: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def takes(self) -> object:
        """What it will have and does not have now; None if that is nothing."""
        argument = _UNIQUE[self.type].argument
        value = self.after.get(argument)
        return value if value != self.before.get(argument) else None

    @property
    def has(self) -> object:
        """What it has now and will not have; None if that is nothing."""
        argument = _UNIQUE[self.type].argument
        value = self.before.get(argument)
        return value if value != self.after.get(argument) else None

    def is_beside(self, other: _Change) -> bool:
        """Whether both are where only one may have a thing; what is not known yet is a new place."""
        within = _UNIQUE[self.type].within
        here, there = ([side.get(name) or None for name in within] for side in (self.after, other.before))
        is_free = self.after.get("allow_overwrite")  # of a record: it then takes the place of the other one
        return self.type == other.type and here == there and here[0] is not None and not is_free


def refuse_taken(stack: Stack, terraform: Terraform, plan: Plan) -> None:
    """Refuse a plan that AWS would refuse in the middle of the apply; say how to get there.

    Raises:
        RunnerError: A resource takes what another one still has.
    """
    if not any(_type(line) in _UNIQUE for line in plan.planned):
        return
    changes = [
        _Change(each["address"], each["type"], each["change"].get("before") or {}, each["change"].get("after") or {})
        for each in terraform.content(plan).get("resource_changes", ())
        if each["type"] in _UNIQUE and "deposed" not in each
    ]
    taken = [(taker, holder) for taker in changes for holder in changes if _is_taken(taker, holder)]
    if not taken:
        return
    rules = [pair for pair in taken if pair[0].type == _RULE]
    if rules:
        raise _priorities_error(stack, rules, [change for change in changes if change.type == _RULE])
    raise _taken_error(stack, taken)


def _type(line: str) -> str:
    return line.partition(" ")[2].partition(".")[0]


def _is_taken(taker: _Change, holder: _Change) -> bool:
    if taker is holder or taker.takes is None or holder.has is None or not taker.is_beside(holder):
        return False
    return _UNIQUE[taker.type].conflicts(taker.takes, holder.has)


def _taken_error(stack: Stack, taken: list[tuple[_Change, _Change]]) -> RunnerError:
    lines = [f"{taker.address} takes {taker.takes}, which {holder.address} still has" for taker, holder in taken]
    takers = ", ".join(dict.fromkeys(taker.address for taker, _ in taken))
    return RunnerError(
        f"{stack.id} is not applied: {'; '.join(lines)}. AWS gives it to one at a time, and Terraform changes both at "
        "the same time.",
        f"Two applies: in environments/{stack.environment}.toml change or remove first what has it now, without "
        f"{takers}; run `make apply ENV={stack.environment}`; then make the other change, and apply again.",
    )


def _priorities_error(stack: Stack, taken: list[tuple[_Change, _Change]], changes: list[_Change]) -> RunnerError:
    rules = {_service(change): Rule(change.before.get("priority"), change.after.get("priority")) for change in changes}
    lines = dict.fromkeys(
        f"{_service(taker)} takes {taker.takes}, which {_service(holder)} still has" for taker, holder in taken
    )
    file = f"environments/{stack.environment}.toml"
    ways = "".join(f"\n  {number}. {step}" for number, step in enumerate(steps(rules), start=1))
    remedy = f"To have these priorities, one apply (`make apply ENV={stack.environment}`) after each step:{ways}"
    if order := same_order(rules, *(_service(change) for change in taken[0])):
        remedy = f"If only the order matters, one apply does it: {order} in {file}. {remedy}"
    return RunnerError(
        f"{stack.id} is not applied: {'; '.join(lines)}. A load balancer gives a priority to one rule at a time, and "
        "Terraform changes both at the same time.",
        remedy,
    )


def _service(change: _Change) -> str:
    found = _SERVICE.match(change.address)
    return f"services.{found['name']}" if found else change.address
