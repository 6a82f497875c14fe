"""Traffic that a plan moves: listeners and their rules that forward to other target groups, or with other weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.mask import UNKNOWN, Mask
from review.changes import CHANGE, CREATE, DESTROY, REPLACE
from review.finding import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from review.changes import ResourceChange

_ACTIONS: Final[Mapping[str, str]] = {
    "aws_alb_listener": "default_action",
    "aws_alb_listener_rule": "action",
    "aws_lb_listener": "default_action",
    "aws_lb_listener_rule": "action",
}
_MOST: Final = 999
"""The largest weight: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupTuple.html"""
_RULES: Final = ("aws_alb_listener_rule", "aws_lb_listener_rule")


def moved_traffic(changes: Sequence[ResourceChange], drifted: Mapping[str, Mapping[str, object]]) -> Iterator[Finding]:
    """A finding for each listener or rule that sends requests elsewhere.

    Two spellings of the same targets are the same: a target group alone, or with a weight of its own.

    Args:
        changes: What the plan changes.
        drifted: What a refresh found, by address: the values of today of what others have changed.
    """
    for change in changes:
        name = _ACTIONS.get(change.type)
        if name is None or change.kind not in {CREATE, CHANGE, REPLACE, DESTROY} or change.is_deposed:
            continue
        if change.kind == CREATE:
            continue
        text = _moved(change, name)
        if text and name in drifted.get(change.address, {}):
            text += "; others have moved it since the last apply (a deployment?), and the apply would undo that"
        if text:
            yield Finding(action="move-traffic", level=Level.APPROVAL, address=change.address, text=text)


def _moved(change: ResourceChange, name: str) -> str:
    if change.kind == DESTROY:
        return f"is destroyed: nothing answers there any more; {change.cause()}".rstrip("; ")
    if change.kind == REPLACE:
        return f"is replaced, and between the two nothing answers there: {change.cause()}".rstrip(": ")
    if change.type in _RULES and change.new("priority") != change.old("priority"):
        return f"priority {change.show('priority')}: other requests may reach it"
    before, after = targets(change.old(name)), targets(change.new(name))
    if after is None:
        return "where it sends requests is known after the apply" if before != after else ""
    if before == after:
        return ""
    return f"{_text(before, change.mask)} -> {_text(after, change.mask)}"


def targets(actions: object) -> dict[str, float] | None:
    """The share of each target group, or the type of an action that does not forward; None if it is not known."""
    if actions is UNKNOWN:
        return None
    found: dict[str, float] = {}
    for action in actions if isinstance(actions, list) else []:
        if not isinstance(action, dict):
            continue
        if action.get("type") not in (None, "forward"):
            found[f"{action.get('type')}"] = 1.0
            continue
        groups = [
            group
            for forward in action.get("forward") or []
            if isinstance(forward, dict)
            for group in forward.get("target_group") or []
            if isinstance(group, dict)
        ]
        weights = {str(group.get("arn") or "?"): _weight(group) for group in groups}
        if not weights:
            weights = {str(action.get("target_group_arn") or "?"): 1.0}
        total = sum(weights.values()) or 1.0
        found |= {arn: weight / total for arn, weight in weights.items() if weight}
    return None if "?" in found else found


def _weight(group: Mapping[str, object]) -> float:
    weight = group.get("weight")
    return float(min(weight, _MOST)) if isinstance(weight, int | float) else 1.0


def _text(shares: Mapping[str, float] | None, mask: Mask) -> str:
    if not shares:
        return "(known after apply)" if shares is None else "nothing"
    parts = []
    for arn, share in sorted(shares.items()):
        name = "(sensitive)" if mask.hides(arn) else arn.partition(":targetgroup/")[2].partition("/")[0] or arn
        parts.append(f"{share:.0%} {name}")
    return " + ".join(parts)
