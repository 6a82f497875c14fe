"""Access that a plan widens: what policies, boundaries and attachments allow afterwards and did not before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.policies import Kind, is_named_as_boundary, kind_in, parsed
from console.mask import UNKNOWN, at
from review.changes import CHANGE, CREATE, DESTROY, REPLACE
from review.finding import Finding, Level
from review.rules.grants import Grant, lost_denials, new_grants

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from compliance.policies import Statement
    from console.mask import Mask
    from review.changes import ResourceChange
    from review.differences import Path

_SHOWN: Final = 3
_NARROWING: Final = frozenset({"aws_vpc_endpoint", "aws_vpc_endpoint_policy"})
"""Their policies only restrict; those of caller and resource still decide."""

_ATTACHED: Final[Mapping[str, str]] = {
    "aws_iam_group_policy": "group",
    "aws_iam_group_policy_attachment": "group",
    "aws_iam_policy_attachment": "roles",
    "aws_iam_role_policy": "role",
    "aws_iam_role_policy_attachment": "role",
    "aws_iam_user_policy": "user",
    "aws_iam_user_policy_attachment": "user",
}
"""Types that give a policy to somebody, with the argument that names who gets it."""

_OWNERS: Final[Mapping[str, str]] = {"aws_iam_role": "role", "aws_iam_user": "user", "aws_iam_group": "group"}
_ADMINISTRATORS: Final = ("/AdministratorAccess", "/IAMFullAccess", "/PowerUserAccess")
_BOUNDARY: Final = "permissions_boundary"
_POLICY: Final = "aws_iam_policy"


def widened_access(changes: Sequence[ResourceChange]) -> Iterator[Finding]:
    """A finding for each resource whose policy, boundary or attachment gives more than before."""
    new = {(_OWNERS[one.type], one.new("name")) for one in changes if one.type in _OWNERS and one.kind == CREATE}
    for change in changes:
        if change.is_deposed or change.type in _NARROWING:
            continue
        for level, text in (*_policies(change, new), *_attachment(change, new), *_boundary(change)):
            yield Finding(action="widen-access", level=level, address=change.address, text=text)


def _policies(change: ResourceChange, new: set[tuple[str, object]]) -> Iterator[tuple[Level, str]]:
    if change.kind == DESTROY and change.type.endswith("_policy"):
        for statements in _documents(change.before).values():
            about = [one for one in statements if kind_in(change.type, one) is Kind.RESOURCE]
            if lost := lost_denials(about, []):
                yield Level.APPROVAL, f"does not forbid any more: {_text(lost, change.mask)}"
        return
    if change.kind not in {CREATE, CHANGE, REPLACE}:
        return
    before, after = _documents(change.before), _documents(change.after)
    for path in sorted({*before, *after}, key=str):
        if path in before and path not in after and _is_unknown(change, path):
            yield Level.APPROVAL, f"{path[0]}: what it will allow is known after the apply"
            continue
        old, statements = before.get(path, []), after.get(path, [])
        yield from _compared(change, old, statements, is_new=_is_of_new(change, new))


def _compared(
    change: ResourceChange, old: Sequence[Statement], statements: Sequence[Statement], *, is_new: bool
) -> Iterator[tuple[Level, str]]:
    more, fewer = new_grants(old, statements), lost_denials(old, statements)
    # What a boundary allows, nobody has by it; without a principal, who has the policy has the right.
    is_given = change.type != _POLICY or not is_named_as_boundary(change.new("name"))
    worst = [one for one in more if (one.is_all and not one.principal and is_given) or one.is_for_everyone]
    if worst:
        yield Level.BLOCK, f"allows {_text(worst, change.mask)}"
    rest = [one for one in more if one not in worst]
    if rest and not is_new:
        yield Level.APPROVAL, f"allows more: {_text(rest, change.mask)}"
    if fewer:
        yield Level.APPROVAL, f"does not forbid any more: {_text(fewer, change.mask)}"


def _is_of_new(change: ResourceChange, new: set[tuple[str, object]]) -> bool:
    """Whether it is the first policy of something that is new, too: it widens nothing that is there."""
    if change.kind != CREATE:
        return False
    argument = _ATTACHED.get(change.type)
    if argument is None:
        return True
    owner = change.new(argument)
    owners = owner if isinstance(owner, list) else [owner]
    return all(one is UNKNOWN or (argument.rstrip("s"), one) in new for one in owners)


def _attachment(change: ResourceChange, new: set[tuple[str, object]]) -> Iterator[tuple[Level, str]]:
    if not change.type.endswith("_policy_attachment") or change.kind not in {CREATE, REPLACE, CHANGE}:
        return
    policy, argument = change.new("policy_arn"), _ATTACHED.get(change.type, "role")
    if change.kind != CREATE and policy == change.old("policy_arn") and change.new(argument) == change.old(argument):
        return
    shown = change.mask.show(policy, "policy_arn")
    if isinstance(policy, str) and policy.endswith(_ADMINISTRATORS):
        yield Level.BLOCK, f"attaches {shown}"
    elif not _is_of_new(change, new):
        yield Level.APPROVAL, f"attaches {shown}"


def _boundary(change: ResourceChange) -> Iterator[tuple[Level, str]]:
    if change.kind in {CHANGE, REPLACE} and change.old(_BOUNDARY) and change.new(_BOUNDARY) in (None, ""):
        yield Level.APPROVAL, f"{_BOUNDARY} {change.show(_BOUNDARY)}: nothing limits it any more"


def _documents(values: Mapping[str, object]) -> dict[Path, list[Statement]]:
    """Every policy in the arguments of a resource, by its path."""
    found: dict[Path, list[Statement]] = {}

    def walk(value: object, path: Path) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                walk(item, (*path, key))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                walk(item, (*path, index))
        elif statements := parsed(value):
            found[path] = statements

    walk(dict(values), ())
    return found


def _is_unknown(change: ResourceChange, path: Path) -> bool:
    mask: object = change.content.get("after_unknown")
    for part in path:
        mask = at(mask, part)
    return mask is True


def _text(grants: Sequence[Grant], mask: Mask) -> str:
    texts = []
    for grant in grants[:_SHOWN]:
        where = f" on {grant.resource}" if grant.resource else ""
        who = f" for {grant.principal.partition(' ')[2]}" if grant.principal else ""
        text = f"{grant.action}{where}{who}"
        texts.append("(sensitive)" if mask.hides(text) else text)
    more = f" and {len(grants) - _SHOWN} more" if len(grants) > _SHOWN else ""
    return ", ".join(texts) + more
