"""A plan that failed, is not whole, or whose checks do not pass: what it says is not all that would happen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from review.finding import UNSOUND, Finding, Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def unsound(plan: Mapping[str, Any]) -> Iterator[Finding]:
    """A finding for each way in which the plan is not one to apply."""
    if plan.get("errored"):
        yield _finding(Level.BLOCK, "", "the plan ended with an error, so it has only a part of the changes")
    elif plan.get("complete") is False or plan.get("deferred_changes"):
        count = len(plan.get("deferred_changes") or ())
        why = f"{count} changes are deferred to a later plan" if count else "-target, or changes that a later plan has"
        yield _finding(Level.APPROVAL, "", f"the plan is not complete: {why}")
    for check in plan.get("checks") or ():
        status = check.get("status")
        address = check.get("address")
        place = address if isinstance(address, dict) else {}
        name = str(place.get("to_display", "a check"))
        if status in {"fail", "error"}:
            # The block `check` only warns; any other condition that is not met stops the apply.
            level = Level.APPROVAL if place.get("kind") == "check" else Level.BLOCK
            yield _finding(level, name, "a condition is not met" if status == "fail" else "a condition failed")
        elif status == "unknown":
            yield _finding(Level.ALLOW, name, "whether its condition is met is known after the apply")


def _finding(level: Level, address: str, text: str) -> Finding:
    return Finding(action=UNSOUND, level=level, address=address, text=text)
