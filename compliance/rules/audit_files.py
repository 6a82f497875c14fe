"""What a trail records and how long it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from compliance.arguments import is_off, is_set
from compliance.references import referred
from compliance.rule import Finding, rule, rule_with_others
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_LEAST_DAYS: Final = 365
_CATEGORY: Final = "eventCategory"
_MANAGEMENT: Final = "Management"
_LIFECYCLE: Final = "aws_s3_bucket_lifecycle_configuration"


@rule
def trail_records_every_change(stack: Stack) -> Iterator[Finding]:
    """A trail records all management events, those that read included: selectors leave out what they do not name.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html
    """
    for trail in stack.all("aws_cloudtrail"):
        plain, advanced = blocks(trail.get("event_selector")), blocks(trail.get("advanced_event_selector"))
        if plain and not any(map(_is_complete, plain)):
            yield Finding.about(trail, "no event_selector of it has all management events")
        if advanced and not any(map(_is_complete_advanced, advanced)):
            yield Finding.about(trail, f"no advanced_event_selector of it has all events of {_CATEGORY} {_MANAGEMENT}")


@rule_with_others
def audit_files_are_kept_a_year(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """The files of a protected environment's trail do not expire within a year."""
    for trail in stack.all("aws_cloudtrail") if stack.is_protected else ():
        for owner, bucket in referred(trail.get("s3_bucket_name"), stack, stacks):
            for lifecycle in owner.attached(bucket, _LIFECYCLE, by="bucket") if owner.id == stack.id else ():
                if short := [days for days in _expirations(lifecycle) if days < _LEAST_DAYS]:
                    says = f"files of {trail.address} expire after {min(short)} days; keep them {_LEAST_DAYS} or more"
                    yield Finding.about(lifecycle, says)


def _is_complete(selector: Mapping[str, Any]) -> bool:
    left_out = is_set(selector.get("exclude_management_event_sources"))
    is_on = not is_set(selector.get("include_management_events")) or not is_off(
        selector.get("include_management_events")
    )
    return is_on and selector.get("read_write_type") in {None, "All"} and not left_out


def _is_complete_advanced(selector: Mapping[str, Any]) -> bool:
    fields = blocks(selector.get("field_selector"))
    return len(fields) == 1 and fields[0].get("field") == _CATEGORY and _MANAGEMENT in (fields[0].get("equals") or ())


def _expirations(lifecycle: Resource) -> Iterator[int]:
    for one in blocks(lifecycle.get("rule")):
        for block in blocks(one.get("expiration")) if one.get("status") != "Disabled" else ():
            if str(block.get("days")).isdecimal():
                yield int(block["days"])
