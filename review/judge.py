"""Judges the plan of one stack: all rules over it, with the approvals that there are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from review import cost
from review.changes import CHANGE, KINDS, READ, ResourceChange, resource_changes
from review.drift import drift, drifted_arguments, owned_arguments
from review.lines import lines
from review.page import QUIET, Review, StackReview
from review.rules.access import widened_access
from review.rules.data import lost_data
from review.rules.exposure import public_exposure, weaker_encryption
from review.rules.network import opened_groups
from review.rules.protection import dropped_protection
from review.rules.soundness import unsound
from review.rules.traffic import moved_traffic
from review.rules.versions import versions_that_go_back

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pricing.difference import CostDifference
    from review.approvals import Approval
    from review.finding import Finding

_NAMES: Final = 6
"""As many arguments that are not known are named."""


@dataclass(frozen=True, kw_only=True)
class StackPlan:
    """The plan of one stack, or how it failed."""

    stack: str
    """What the page calls it: the id of the stack, or the name of a file."""
    content: Mapping[str, Any] = field(repr=False)
    """Its JSON; empty if there is none."""
    status: str = ""
    """How it ended; empty to take it from the content."""
    name: str = ""
    """The stack's name within its environment, as approvals have it; by default `stack`."""
    region: str = ""
    """Of resources whose provider does not say it."""


def judge(
    plans: Sequence[StackPlan],
    *,
    environment: str = "",
    approvals: Sequence[Approval] = (),
    today: date | None = None,
    is_whole: bool = True,
) -> Review:
    """The review of the plans of an environment.

    Args:
        plans: Its stacks in the order of apply.
        environment: Its name; empty if it is not known, and then only approvals for all environments count.
        approvals: What teams accept.
        today: The date, for tests.
        is_whole: Whether these are all stacks, so that an approval that matches nothing is one too many.

    Raises:
        UnknownActionError: A plan has an action that this program does not know.
    """
    now = today or datetime.now(UTC).date()
    reviews, costs = [], []
    used: set[Approval] = set()
    for plan in plans:
        review, difference = _judge(plan, environment)
        found = []
        for finding in review.findings:
            approval = next(
                (
                    one
                    for one in approvals
                    if one.covers(finding, stack=plan.name or plan.stack, environment=environment, today=now)
                ),
                None,
            )
            used |= {approval} if approval else set()
            found.append(replace(finding, approved_by=str(approval)) if approval else finding)
        reviews.append(replace(review, findings=tuple(found)))
        costs += [difference] if plan.content else []
    concerned = [one for one in approvals if one.is_for(environment)]
    return Review(
        stacks=tuple(reviews),
        findings=cost.above_limit(costs, environment=environment),
        costs=cost.total(costs),
        notes=tuple(_notes(concerned, used, now, is_whole=is_whole)),
    )


def _notes(approvals: Sequence[Approval], used: set[Approval], today: date, *, is_whole: bool) -> Iterator[str]:
    for one in approvals:
        entry = f"{one.action} of {one.address} ({one.owner})"
        if today >= one.expires:
            yield f"the approval of {entry} expired on {one.expires}: renew it or remove it from review/approvals.toml"
        elif is_whole and one not in used:
            yield f"the approval of {entry} matches nothing in these plans: remove it once the change is applied"


def _judge(plan: StackPlan, environment: str) -> tuple[StackReview, CostDifference | str]:
    content = plan.content
    changes = resource_changes(content)
    changed = [each for each in changes if each.kind in KINDS]
    owned = owned_arguments()
    drifted = drifted_arguments(content)
    outputs = [
        f"{'/'.join(each['actions'])} {name}"
        for name, each in (content.get("output_changes") or {}).items()
        if each["actions"] != ["no-op"]
    ]
    difference = cost.difference(content, environment=environment, region=plan.region) if content else ""
    status = plan.status or ("changes" if changed or outputs else QUIET)
    review = StackReview(
        stack=plan.stack,
        status=status,
        counts={kind: sum(each.kind == kind for each in changed) for kind in KINDS},
        lines=lines(changes, drifted),
        findings=tuple(_findings(content, changes, drifted)),
        outputs=tuple(outputs),
        drifted=tuple(drift(content, owned)),
        unknown=tuple(_unknown(changes)),
        costs=cost.stack_lines(difference) if content else (),
    )
    return review, difference


def _findings(
    content: Mapping[str, Any], changes: Sequence[ResourceChange], drifted: Mapping[str, Mapping[str, object]]
) -> Iterator[Finding]:
    yield from unsound(content)
    yield from lost_data(changes)
    yield from dropped_protection(changes)
    yield from public_exposure(changes)
    yield from weaker_encryption(changes)
    yield from opened_groups(changes)
    yield from widened_access(changes)
    yield from versions_that_go_back(changes)
    yield from moved_traffic(changes, drifted)


def _unknown(changes: Sequence[ResourceChange]) -> Iterator[str]:
    """What nobody can review before the apply: the new values of resources that exist, and what is read only then."""
    groups: dict[str, list[str]] = {}
    for change in changes:
        names = [one.name for one in change.differences if one.is_unknown]
        if change.kind == CHANGE and names:
            more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
            groups.setdefault(", ".join(names[:_NAMES]) + more, []).append(change.address)
        elif change.kind == READ:
            yield f"{change.address}: read at the apply, because {change.cause() or 'the plan does not say'}"
    for names_text, addresses in groups.items():
        others = f" and {len(addresses) - 1} others" if len(addresses) > 1 else ""
        yield f"{addresses[0]}{others}: {names_text}"
