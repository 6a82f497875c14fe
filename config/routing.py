"""What must hold between the services of an environment: their paths and priorities."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from config.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from config.services import ServiceSettings


def check_unique_paths(services: Mapping[str, ServiceSettings]) -> Iterator[Problem]:
    """Two services cannot answer on the same path, nor can one stand where another is never asked."""
    claimed: dict[str, str] = {}
    for name, service in services.items():
        for index, pattern in enumerate(service.path_patterns):
            owner = claimed.setdefault(pattern, f"services.{name}.path_patterns[{index}]")
            if owner != f"services.{name}.path_patterns[{index}]":
                yield Problem(
                    key=f"services.{name}.path_patterns[{index}]",
                    value=pattern,
                    allowed=f"is claimed by {owner} already; one path belongs to one service",
                )


def check_unique_priorities(services: Mapping[str, ServiceSettings]) -> Iterator[Problem]:
    """A listener asks its rules in the order of their numbers, so each has its own."""
    taken: dict[int, str] = {}
    for name, service in services.items():
        if service.priority is None:
            continue
        owner = taken.setdefault(service.priority, name)
        if owner != name:
            yield Problem(
                key=f"services.{name}.priority",
                value=service.priority,
                allowed=f"is the priority of services.{owner} already; choose another number",
            )


def check_hidden_paths(services: Mapping[str, ServiceSettings]) -> Iterator[Problem]:
    """A rule that is asked first must not take all that a later one waits for."""
    served = sorted(
        (service.priority, name, pattern)
        for name, service in services.items()
        if service.priority is not None
        for pattern in service.path_patterns
    )
    for priority, name, pattern in served:
        for earlier, owner, wider in served:
            if earlier < priority and wider != pattern and owner != name and _covers(wider, pattern):
                yield Problem(
                    key=f"services.{name}.priority",
                    value=priority,
                    allowed=f'"{pattern}" would never be asked for: "{wider}" of services.{owner} comes first '
                    f"with priority {earlier}; give this one a lower number",
                )


def _covers(wider: str, pattern: str) -> bool:
    """Whether every path that `pattern` matches is matched by `wider` too."""
    expression = "".join({"*": ".*", "?": "[^*]"}.get(c, re.escape(c)) for c in wider)
    return re.fullmatch(expression, pattern) is not None
