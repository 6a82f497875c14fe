"""The answers by which the load balancer takes a task for healthy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import AfterValidator, WithJsonSchema

from config.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DEFAULT: Final = "200"

_CODE: Final = "[2-4][0-9]{2}"
_CODES: Final = rf"{_CODE}(-{_CODE})?(,{_CODE}(-{_CODE})?)*"
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html (HttpCode: 200 to 499)"""

_TESTED: Final = range(200, 300)
"""What the smoke test of a release takes for good."""

_ROUTE_53: Final = range(200, 400)
"""https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html"""


def first_code(health_codes: str) -> int:
    """The lowest of the codes."""
    return min(first for first, _ in _ranges(health_codes))


def _ranges(health_codes: str) -> Iterator[tuple[int, int]]:
    for part in health_codes.split(","):
        first, _, last = part.partition("-")
        yield int(first), int(last or first)


def _health_codes(value: str) -> str:
    if not re.fullmatch(_CODES, value):
        message = (
            "is not a valid list of status codes; use codes from 200 to 499 with commas, and ranges with a hyphen, "
            'without spaces, like "200", "200,301" or "200-299"'
        )
        raise ValueError(message)
    end = -1
    for first, last in sorted(_ranges(value)):
        if last < first:
            message = f'has the range {first}-{last}, which ends before it begins; use "{last}-{first}"'
            raise ValueError(message)
        if first <= end:
            message = f"has the code {first} twice; remove one"
            raise ValueError(message)
        end = last
    return value


HealthCodes = Annotated[
    str, AfterValidator(_health_codes), WithJsonSchema({"type": "string", "pattern": f"^{_CODES}$"})
]
"""Status codes of HTTP as the load balancer takes them: "200,301", "200-299"."""


def check_health_codes(
    path_patterns: Sequence[str],
    health_codes: str,
) -> Iterator[Problem]:
    """Only a load balancer asks for them."""
    if health_codes != DEFAULT and not path_patterns:
        yield Problem(
            key="health_codes",
            value=health_codes,
            allowed="has no effect: this service gets no requests from the load balancer; add path_patterns, or remove "
            "the line",
        )


def is_tested_code(health_codes: str) -> bool:
    """Whether the smoke test takes every one of them for good."""
    return _are_all_in(_TESTED, health_codes)


def is_code_of_route_53(health_codes: str) -> bool:
    """Whether a health check of Route 53 takes every one of them for good."""
    return _are_all_in(_ROUTE_53, health_codes)


def _are_all_in(allowed: range, health_codes: str) -> bool:
    return all(first in allowed and last in allowed for first, last in _ranges(health_codes))
