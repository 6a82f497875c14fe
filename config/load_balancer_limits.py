"""How many services one load balancer can have: AWS does not raise its number of target groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from config.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from config.services import ServiceSettings

MOST_TARGET_GROUPS: Final = 100
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html (not adjustable)"""

_ROLLING: Final = "rolling"


def check_target_groups(services: Mapping[str, ServiceSettings], deployment__strategy: str) -> Iterator[Problem]:
    """A service has a target group, and a second one if its traffic is shifted from one to the other."""
    balanced = [name for name, service in services.items() if service.is_load_balanced]
    each = 1 if deployment__strategy == _ROLLING else 2
    if len(balanced) * each > MOST_TARGET_GROUPS:
        groups = "" if each == 1 else f' with {each} target groups each (strategy = "{deployment__strategy}")'
        yield Problem(
            key="services",
            allowed=f"has {len(balanced)} services with path_patterns{groups}; a load balancer can have "
            f"{MOST_TARGET_GROUPS} target groups, so {MOST_TARGET_GROUPS // each} such services: remove "
            f"{len(balanced) - MOST_TARGET_GROUPS // each}, or move them to another environment"
            + ("" if each == 1 else f', or use strategy = "{_ROLLING}"'),
        )
