"""Security groups that a plan opens: all rules of a group together, before and after."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from console.mask import UNKNOWN, Mask
from review.changes import CREATE
from review.finding import Finding, Level
from review.rules.openings import UNKNOWN_PEER, Opening, Wider, openings, widened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from review.changes import ResourceChange

_GROUPS: Final = ("aws_security_group", "aws_default_security_group")
_RULES: Final[Mapping[str, str]] = {
    "aws_vpc_security_group_ingress_rule": "ingress",
    "aws_vpc_security_group_egress_rule": "egress",
    "aws_security_group_rule": "",
}
_WEB: Final = (80, 443)
_BLOCKS: Final = ("ingress", "egress")


@dataclass
class _Group:
    """The rules of one group in one direction."""

    before: list[Opening] = field(default_factory=list)
    after: list[Opening] = field(default_factory=list)
    changed: list[ResourceChange] = field(default_factory=list)
    """The resources that add something to it."""
    is_new: bool = False


def opened_groups(changes: Sequence[ResourceChange]) -> Iterator[Finding]:
    """A finding for each group, and part of the ports, that more may reach afterwards.

    A new group may have rules for addresses of its network and for other groups; a rule for the internet is a finding
    there, too. Of what goes out, only the way to the internet counts.
    """
    for (_, direction), group in _collect(changes).items():
        for wider in widened(group.before, group.after):
            level = _level(wider, direction, is_new=group.is_new)
            if level is not None and group.changed:
                source = _source(group, wider)
                text = _text(wider, direction, source.mask)
                yield Finding(action="open-network", level=level, address=source.address, text=text)


def _collect(changes: Sequence[ResourceChange]) -> dict[tuple[str, str], _Group]:
    groups: dict[tuple[str, str], _Group] = defaultdict(_Group)
    new_ids = {change.address for change in changes if change.type in _GROUPS and change.kind == CREATE}
    for change in changes:
        if change.is_deposed:
            continue
        for key, direction, before, after in _rules(change):
            group = groups[key, direction]
            group.before += before
            group.after += after
            if after and change.kind:
                group.changed.append(change)
            group.is_new |= change.address in new_ids or (not before and key.startswith("new "))
    return groups


def _rules(change: ResourceChange) -> Iterator[tuple[str, str, list[Opening], list[Opening]]]:
    if change.type in _GROUPS:
        key = str(change.old("id") or f"new {change.address}")
        for direction in _BLOCKS:
            yield key, direction, _of_blocks(change.old(direction)), _of_blocks(change.new(direction))
    elif change.type in _RULES:
        direction = _RULES[change.type] or str(change.new("type") or change.old("type") or "ingress")
        before = list(openings(dict(change.before))) if change.before else []
        after = list(openings(_with_unknown(change))) if change.after else []
        old_key, new_key = change.old("security_group_id"), change.new("security_group_id")
        # Which group it will be is not known for a new one: then the rule is alone.
        key = f"new {change.address}" if new_key is UNKNOWN else str(new_key or old_key)
        if before and after and old_key and key != str(old_key):
            yield str(old_key), direction, before, []
            before = []
        yield key, direction, before, after


def _of_blocks(value: object) -> list[Opening]:
    if value is UNKNOWN:
        return [Opening(UNKNOWN_PEER, 0, 65535, UNKNOWN_PEER)]
    blocks = value if isinstance(value, list) else []
    return [one for block in blocks if isinstance(block, dict) for one in openings(block)]


def _with_unknown(change: ResourceChange) -> dict[str, Any]:
    mask = change.content.get("after_unknown")
    names = {*change.after, *(mask if isinstance(mask, dict) else ())}
    return {name: change.new(name) for name in names}


def _level(wider: Wider, direction: str, *, is_new: bool) -> Level | None:
    if direction == "egress":
        return Level.APPROVAL if wider.is_world and not is_new else None
    if wider.is_world:
        is_web = wider.protocol in {"tcp", "6"} and wider.first == wider.last and wider.first in _WEB
        return Level.APPROVAL if is_web else Level.BLOCK
    if is_new:
        return None
    return Level.APPROVAL


def _source(group: _Group, wider: Wider) -> ResourceChange:
    """The resource that opens it: of several, the first with these ports."""
    for change in group.changed:
        for _, _, before, after in _rules(change):
            added = [one for one in after if one not in before]
            if any(one.protocol == wider.protocol and one.first <= wider.first <= one.last for one in added):
                return change
    return group.changed[0]


def _text(wider: Wider, direction: str, mask: Mask) -> str:
    text = str(wider)
    if not wider.is_world and mask.hides(wider.peer):
        text = text.replace(wider.peer, "(sensitive)")
    return f"opens {text}" if direction == "ingress" else f"lets out {text}"
