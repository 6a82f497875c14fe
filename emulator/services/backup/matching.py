"""Which resources a selection of a plan finds.

https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources-json.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.arns import parse_arn
from emulator.policy import matches_pattern
from emulator.services.backup.region_settings import is_opted_in
from emulator.services.backup.resources import RDS, Resource, resources
from emulator.services.backup.restore_overrides import PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from emulator.registry import Context
    from emulator.store import Shape

_TAG: Final = "aws:ResourceTag/"
_OPERATORS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "StringEquals": lambda wanted, value: wanted == value,
    "StringLike": matches_pattern,
    "StringNotEquals": lambda wanted, value: wanted != value,
    "StringNotLike": lambda wanted, value: not matches_pattern(wanted, value),
}


def select(selection: Shape, context: Context) -> list[Resource]:
    """Return the resources of the caller's region that a selection finds now.

    All conditions must be met; of the older list of tags one is enough, and it adds to the resources that are named.
    """
    found = []
    for one in resources(context.account, context.region):
        if one.name.startswith(PREFIX) or PREFIX in one.tags:
            continue  # https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html#restore-testing-management
        if any(matches_pattern(pattern, one.arn) for pattern in selection.get("NotResources") or ()):
            continue
        patterns = [pattern for pattern in selection.get("Resources") or () if matches_pattern(pattern, one.arn)]
        if not patterns and not _has_listed_tag(one, selection.get("ListOfTags") or ()):
            continue
        if _is_in_region(one, patterns, context) and _meets(one, selection.get("Conditions") or {}):
            found.append(one)
    return found


def _has_listed_tag(resource: Resource, listed: Iterable[Shape]) -> bool:
    return any(resource.tags.get(_name(one["ConditionKey"])) == one["ConditionValue"] for one in listed)


def _meets(resource: Resource, conditions: Mapping[str, Iterable[Shape]]) -> bool:
    """Whether all are met; one on a tag that the resource lacks is met only by an operator with "Not"."""
    return all(
        _OPERATORS[operator](one["ConditionValue"], resource.tags.get(_name(one["ConditionKey"]), ""))
        for operator, tests in conditions.items()
        for one in tests or ()
    )


def _is_in_region(resource: Resource, patterns: list[str], context: Context) -> bool:
    """Whether the region takes part for its type: it must have opted in, or the selection names the type.

    A cluster of DocumentDB has an ARN like one of Aurora, so naming that is no reason.
    """
    named = resource.type == RDS and any(_names_type(pattern) for pattern in patterns)
    return named or is_opted_in(resource.type, context)


def _names_type(pattern: str) -> bool:
    arn = parse_arn(pattern)
    return arn is not None and arn.service == "rds" and arn.resource.startswith("db:")


def _name(key: str) -> str:
    return key.removeprefix(_TAG)
