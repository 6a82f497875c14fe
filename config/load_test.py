"""Settings of [delivery.load_test]: what is asked of a release that is deployed, and how often."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pydantic import Field

from config.errors import Problem
from config.model import Model
from config.service_values import HealthPath
from config.services import ServiceSettings

WARM_UP_SECONDS: Final = 10
"""Before the answers count: tasks that have just started have connections to open."""
_MOST_PATHS: Final = 20
_MOST_PER_SECOND: Final = 200
"""What one small build can send on time."""
_LEAST_SECONDS: Final = 10
_MOST_SECONDS: Final = 600
_TABLE: Final = "delivery.load_test"


class LoadTestSettings(Model):
    """A load test of each release after its deployment; the table, which may be empty, turns it on."""

    paths: tuple[HealthPath, ...] = Field(default=(), json_schema_extra={"uniqueItems": True, "maxItems": _MOST_PATHS})
    """Paths that are asked in turn, which must answer without a session; without it those of the smoke tests."""

    per_second: int = Field(default=20, ge=1, le=_MOST_PER_SECOND)
    """Requests a second, over all paths."""

    seconds: int = Field(default=60, ge=_LEAST_SECONDS, le=_MOST_SECONDS)
    """How long they are sent, after ten seconds that do not count."""


def load_paths(config: LoadTestSettings, services: Mapping[str, ServiceSettings]) -> tuple[str, ...]:
    """What is asked: each path once."""
    behind_balancer = [service for service in services.values() if service.is_load_balanced]
    tested = (path for service in behind_balancer for path in service.tested_paths)
    return config.paths or tuple(dict.fromkeys(tested))


def check_load_test(
    delivery__load_test: LoadTestSettings | None, observability__objectives: object, load_balancer: object
) -> Iterator[Problem]:
    """It compares with the objectives, at the address of the environment."""
    if delivery__load_test is None:
        return
    if observability__objectives is None:
        yield Problem(
            key=_TABLE, allowed="has no targets to compare with; add [observability.objectives], or remove the table"
        )
    if load_balancer is None:
        yield Problem(key=_TABLE, allowed="has no address to ask; add [load_balancer], or remove the table")


def check_load_paths(
    delivery__load_test: LoadTestSettings | None, services: Mapping[str, ServiceSettings]
) -> Iterator[Problem]:
    """There must be something to ask."""
    if delivery__load_test is None:
        return
    if not any(service.is_load_balanced for service in services.values()):
        yield Problem(
            key=_TABLE,
            allowed="has nothing to ask: the load balancer forwards to no service; add path_patterns to one, or remove "
            "the table",
        )
    if len(delivery__load_test.paths) > _MOST_PATHS:
        yield Problem(
            key=f"{_TABLE}.paths", allowed=f"has {len(delivery__load_test.paths)} paths; use {_MOST_PATHS} or fewer"
        )


def check_load_rate(
    *,
    delivery__load_test: LoadTestSettings | None,
    services: Mapping[str, ServiceSettings],
    firewall__mode: str | None,
    firewall__rate_limit: int | None,
    firewall__rate_window_seconds: int | None,
    firewall__sign_in__paths: Sequence[str] | None,
) -> Iterator[Problem]:
    """The firewall must not block it: a build has one address, and an answer of the firewall counts as an error."""
    if delivery__load_test is None or firewall__rate_limit is None or firewall__mode != "block":
        return
    for path in load_paths(delivery__load_test, services):
        if start := next((one for one in firewall__sign_in__paths or () if path.startswith(one)), None):
            yield Problem(
                key=f"{_TABLE}.paths",
                value=path,
                allowed=f'must not start with "{start}": the limit of [firewall.sign_in] would block the test; use '
                "other paths",
            )
    window = firewall__rate_window_seconds or 0
    sent = delivery__load_test.per_second * min(window, delivery__load_test.seconds + WARM_UP_SECONDS)
    if sent >= firewall__rate_limit:
        yield Problem(
            key=f"{_TABLE}.per_second",
            value=delivery__load_test.per_second,
            allowed=f"is {sent} requests in {window} seconds, which the firewall blocks from "
            f"rate_limit = {firewall__rate_limit} on; lower per_second or seconds, or raise the limit",
        )
