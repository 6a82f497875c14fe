"""DNS and certificates: no apply waits for a person, and resolvers find each zone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from compliance.rule import Finding, rule, rule_with_others

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_WAIT_FOR_PEOPLE: Final = ("aws_acm_certificate_validation", "aws_ses_domain_identity_verification")
"""Their creation ends when someone has entered a DNS record, which can be days later."""

_SESSION_MINUTES: Final = 60
"""The default length of an assumed role's session; after it, the state's lock stays.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use.html
"""

_DURATION: Final = re.compile(r"(\d+)(h|m|s)")
_SECONDS: Final = {"h": 3600, "m": 60, "s": 1}


@rule
def wait_for_people_ends_with_the_session(stack: Stack) -> Iterator[Finding]:
    """What waits for a person has a timeout below the hour after which credentials expire."""
    for resource in stack.all(*_WAIT_FOR_PEOPLE):
        timeout = resource.block("timeouts").get("create")
        if timeout is None:
            yield Finding.about(resource, "has no timeouts.create, and the provider's default can be above an hour")
        elif _minutes(str(timeout)) >= _SESSION_MINUTES:
            yield Finding.about(resource, f"waits for {timeout}, but credentials expire after an hour")
    for subscription in stack.all("aws_sns_topic_subscription"):
        minutes = subscription.get("confirmation_timeout_in_minutes") or 0
        if minutes >= _SESSION_MINUTES:
            yield Finding.about(subscription, f"waits for {minutes}m, but credentials expire after an hour")


@rule_with_others
def zone_is_delegated_by_the_zone_above(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A zone with certificates, below a zone of any environment, has its NS record there."""
    if not any(True for _ in stack.all("aws_acm_certificate")):
        return
    for zone in _public_zones(stack):
        above = [
            (other, parent)
            for other in stacks.values()
            for parent in _public_zones(other)
            if str(zone.get("name")).endswith(f".{parent.get('name')}")
        ]
        if above:
            other, parent = max(above, key=lambda found: len(found[1].get("name")))
            records = other.attached(parent, "aws_route53_record", by="zone_id")
            if not any(each.get("type") == "NS" and each.get("name") == zone.get("name") for each in records):
                yield Finding.about(
                    zone, f'is below "{parent.get("name")}", and {other.id} has no NS record for it: resolvers miss it'
                )


def _public_zones(stack: Stack) -> Iterator[Resource]:
    return (zone for zone in stack.all("aws_route53_zone") if not zone.get("vpc"))


def _minutes(duration: str) -> float:
    """The minutes of a duration in Go's notation, like `1h30m`."""
    return sum(int(number) * _SECONDS[unit] for number, unit in _DURATION.findall(duration)) / _SECONDS["m"]
