"""All rules, by topic; a new rule is a decorated function in its topic's file and a sample in tests/compliance."""

from __future__ import annotations

from typing import Final

from compliance.rule import Rule
from compliance.rules import (
    audit,
    buckets,
    databases,
    encryption,
    iam,
    network,
    network_acls,
    placement,
    protection,
    secrets,
    security_groups,
    stacks,
)

RULES: Final[tuple[Rule, ...]] = tuple(
    value
    for topic in (
        *(stacks, network, network_acls, placement, security_groups, buckets, encryption, databases, protection),
        *(iam, secrets, audit),
    )
    for value in vars(topic).values()
    if isinstance(value, Rule)
)
