"""Events that a person must know of, each once: the trail's, GuardDuty's, and work that failed after all retries."""

from __future__ import annotations

from typing import Final

from tests.alarms import where
from tests.alarms.faults import START, bad
from tests.alarms.scenario import Expected, Scenario
from tests.alarms.world import both, world
from tests.fixtures import ENVIRONMENTS

# At night too: it can be the work of an attacker who has the account, or who destroys evidence. The rest happens in
# every apply as well.
_CRITICAL: Final = (
    "config-changes",
    "key-deletion",
    "organization-changes",
    "root-use",
    "sign-in-without-mfa",
    "trail-changes",
)
_WARNING: Final = (
    "bucket-policy-changes",
    "gateway-changes",
    "network-acl-changes",
    "policy-changes",
    "route-changes",
    "security-group-changes",
    "sign-in-failures",
    "unauthorized-calls",
    "vpc-changes",
)
_EVENTS: Final = (
    *((name, f"critical: audit-{name}") for name in _CRITICAL),
    *((name, f"warning: audit-{name}") for name in _WARNING),
    ("high", "critical: threats-high"),
    ("medium", "warning: threats-medium"),
)


_RULES: Final = {
    "service-events": {
        "failed-deployments": ENVIRONMENTS,
        "impaired-services": ENVIRONMENTS,
        "stopped-tasks": ENVIRONMENTS,
        "failed-traffic-shifts": where.BLUE_GREEN,
        "deployments": where.INFO,
        "traffic-shifts": where.INFO,
        "scaled-to-maximum": where.INFO,
    },
    "account-events": {
        "account-health-issues": ENVIRONMENTS,
        "account-vulnerable-images": ENVIRONMENTS,
        "account-health-notices": where.INFO,
    },
    "findings": {
        "account-public-access": ENVIRONMENTS,
        "account-external-access": ENVIRONMENTS,
        "account-failed-checks": where.SECURITY_HUB,
    },
}
"""The rules whose events become messages, by the alarm on those that are not delivered."""

_IN_EACH_REGION: Final = tuple(rule for rule in _RULES["account-events"] if rule != "account-vulnerable-images")
"""The rules that there are once more in a second region, with an alarm of their own."""


def _each_event() -> Scenario:
    """Each in one minute, half an hour after the one before."""
    minutes = [30 * (index + 1) for index in range(len(_EVENTS))]
    return Scenario(
        name="each event of the trail and each finding, once",
        steps=tuple(
            step
            for minute, (name, _) in zip(minutes, _EVENTS, strict=True)
            for step in ((minute, world(events={name: 1})), (minute + 1, both()))
        ),
        expected=tuple(Expected(pattern, minute + 5) for minute, (_, pattern) in zip(minutes, _EVENTS, strict=True)),
        minutes=minutes[-1] + 60,
        only=where.TRAIL,
    )


SCENARIOS: Final = (
    _each_event(),
    *(
        bad(
            f"an event of the rule {rule} is not delivered",
            world(undelivered={rule: 1}),
            Expected(f"warning: {alarm}-undelivered", START + 8),
            Expected(f"warning: {alarm}-undelivered in *", START + 8, where.COPIES if rule in _IN_EACH_REGION else ()),
            minutes=1,
            only=only,
        )
        for alarm, rules in _RULES.items()
        for rule, only in rules.items()
    ),
    bad(
        "the rotation of the JWT key fails",
        world(failed_messages={"jwt": 1}),
        Expected("critical: jwt-rotation-failed", START + 8),
        minutes=1,
    ),
)
