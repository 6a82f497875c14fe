"""Settings of the canaries, which ask for pages of the site from outside."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, Field, WithJsonSchema

from config.aws import NAME_PATTERN, validate_name
from config.countries import REGION_COUNTRIES
from config.errors import Problem
from config.model import Check, Model
from config.routing import covers
from config.service_values import FreeText, HealthPath
from config.services import ServiceSettings

_NAME_LENGTH: Final = 20
_LONGEST_TEXT: Final = 256
"""With the address far less than the 4 KiB that all variables of a canary may have.

https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CanaryRunConfigInput.html
"""
_MOST_MINUTES: Final = 60
"""https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CanaryScheduleInput.html"""
_NOT_FOUND: Final = 404
MAINTENANCE_STATUS: Final = 503
"""What CloudFront answers all requests with while `maintenance = true`."""


def _name(value: str) -> str:
    return validate_name(value, what="canary name", max_length=_NAME_LENGTH)


def _text(value: str) -> str:
    if not value or len(value) > _LONGEST_TEXT:
        message = f"has {len(value)} characters; it must have 1 to {_LONGEST_TEXT}, like a part of the page's title"
        raise ValueError(message)
    return value


CanaryName = Annotated[
    str,
    AfterValidator(_name),
    WithJsonSchema({"type": "string", "pattern": f"^{NAME_PATTERN}$", "maxLength": _NAME_LENGTH}),
]


class CanarySettings(Model):
    """One request that is made again and again as a user's browser makes it: by DNS and HTTPS, from outside."""

    path: HealthPath
    """The path that it asks for, under the name of the domain."""

    interval_minutes: int = Field(default=5, ge=1, le=_MOST_MINUTES)
    """Minutes from run to run. A run costs 0.0012 USD: every 5 minutes is 10.50 USD a month, every minute 52.60."""

    expected_status: int = Field(default=200, ge=200, le=599)
    """The status that the answer must have; redirects are not followed."""

    text: (
        Annotated[
            FreeText,
            AfterValidator(_text),
            WithJsonSchema({"type": "string", "minLength": 1, "maxLength": _LONGEST_TEXT}),
        ]
        | None
    ) = None
    """A text that the answer must have; without it, any answer with the status is good."""

    timeout_seconds: int = Field(default=10, ge=1, le=30)
    """Seconds in which the whole answer must arrive."""

    failed_runs: int = Field(default=2, ge=2, le=10)
    """Failed runs in a row before the alarm goes off: one can be chance."""


def check_canaries_have_site(
    observability__canaries: Mapping[str, CanarySettings] | None,
    load_balancer: object,
    services: Mapping[str, ServiceSettings],
) -> Iterator[Problem]:
    """Without a load balancer, which needs a domain, there is nothing that answers."""
    if load_balancer is not None or any(service.path_patterns for service in services.values()):
        return  # other checks report paths without a load balancer, and a load balancer without a domain
    for name in observability__canaries or {}:
        yield Problem(
            key=f"observability.canaries.{name}",
            allowed="asks for a page of the site, and there is no [load_balancer] that answers; add the table, or "
            "remove this one",
        )


def check_canary_paths_are_answered(
    observability__canaries: Mapping[str, CanarySettings] | None,
    services: Mapping[str, ServiceSettings],
    load_balancer: object,
    edge__static_path: str | None,
) -> Iterator[Problem]:
    """A path that no service answers gets 404 from the load balancer, and the canary would always fail."""
    if load_balancer is None or not services:
        return  # other checks report it
    patterns = [pattern for service in services.values() for pattern in service.path_patterns]
    if edge__static_path:
        patterns.append(edge__static_path)
    for name, canary in (observability__canaries or {}).items():
        path = canary.path.partition("?")[0]
        if canary.expected_status != _NOT_FOUND and not any(covers(pattern, path) for pattern in patterns):
            yield Problem(
                key=f"observability.canaries.{name}.path",
                value=canary.path,
                allowed="is a path of no service, so the load balancer answers 404; use a path that path_patterns of a "
                "service matches",
            )


def check_canaries_are_admitted(
    observability__canaries: Mapping[str, CanarySettings] | None,
    region: str,
    edge__geo_restriction__allow: tuple[str, ...] | None,
    edge__geo_restriction__deny: tuple[str, ...] | None,
) -> Iterator[Problem]:
    """A restriction of countries answers the canaries too with 403: they ask from the environment's region."""
    country = REGION_COUNTRIES[region]
    allow, deny = edge__geo_restriction__allow or (), edge__geo_restriction__deny or ()
    if (allow and country not in allow) or country in deny:
        for name in observability__canaries or {}:
            yield Problem(
                key=f"observability.canaries.{name}",
                allowed=f"asks from {country}, the country of {region}, and [edge.geo_restriction] refuses it; allow "
                "this country, or remove this table",
            )


CANARY_CHECKS: Final[tuple[Check, ...]] = (
    check_canaries_have_site,
    check_canary_paths_are_answered,
    check_canaries_are_admitted,
)
