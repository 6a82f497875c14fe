"""Checks of paths and priorities between the services of an environment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from config.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from config.services import ServiceSettings

CATCH_ALL: Final = ("/*", "*")
"""The patterns of all paths: those of the service that has the site's pages."""


def check_unique_paths(services: Mapping[str, ServiceSettings]) -> Iterator[Problem]:
    """Two services cannot have the same path."""
    claimed: dict[str, str] = {}
    for name, service in services.items():
        for index, pattern in enumerate(service.path_patterns):
            owner = claimed.setdefault(pattern, f"services.{name}.path_patterns[{index}]")
            if owner != f"services.{name}.path_patterns[{index}]":
                yield Problem(
                    key=f"services.{name}.path_patterns[{index}]",
                    value=pattern,
                    allowed=f"is already a path of {owner}; a path must belong to one service",
                )


def check_unique_priorities(services: Mapping[str, ServiceSettings]) -> Iterator[Problem]:
    """A listener evaluates its rules in the order of their priorities, so each must be unique."""
    taken: dict[int, str] = {}
    for name, service in services.items():
        if service.priority is None:
            continue
        owner = taken.setdefault(service.priority, name)
        if owner != name:
            yield Problem(
                key=f"services.{name}.priority",
                value=service.priority,
                allowed=f"is already the priority of services.{owner}; use another number",
            )


def check_hidden_paths(services: Mapping[str, ServiceSettings]) -> Iterator[Problem]:
    """A rule must not match all paths of a rule that is evaluated later."""
    served = sorted(
        (service.priority, name, pattern)
        for name, service in services.items()
        if service.priority is not None
        for pattern in service.path_patterns
    )
    for priority, name, pattern in served:
        for earlier, owner, wider in served:
            if earlier < priority and wider != pattern and owner != name and covers(wider, pattern):
                yield Problem(
                    key=f"services.{name}.priority",
                    value=priority,
                    allowed=f'"{pattern}" would never match: "{wider}" of services.{owner} is evaluated first '
                    f"with priority {earlier}; use a lower number here",
                )


def check_static_path(edge__static_path: str | None, services: Mapping[str, ServiceSettings]) -> Iterator[Problem]:
    """CloudFront reads the static path from a bucket, before it asks any service."""
    if edge__static_path is None:
        return
    for name, service in services.items():
        for index, pattern in enumerate(service.path_patterns):
            if covers(edge__static_path, pattern):
                yield Problem(
                    key=f"services.{name}.path_patterns[{index}]",
                    value=pattern,
                    allowed=f'would never get a request: edge.static_path = "{edge__static_path}" is read from the '
                    "assets bucket; use another path in one of them",
                )
            elif pattern not in CATCH_ALL and covers(pattern, edge__static_path):
                yield Problem(
                    key="edge.static_path",
                    value=edge__static_path,
                    allowed=f'would hide a part of "{pattern}" of services.{name}; use another path in one of them',
                )


def covers(wider: str, pattern: str) -> bool:
    """Whether `wider` matches every path that `pattern` matches."""
    expression = "".join({"*": ".*", "?": "[^*]"}.get(c, re.escape(c)) for c in wider)
    return re.fullmatch(expression, pattern) is not None
