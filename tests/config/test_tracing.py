"""The settings of traces, each error by its message."""

from __future__ import annotations

import pytest

from config.tracing import TracingSettings, check_tracing_has_services
from tests.config.examples import changed, refusal
from tests.modules.service.parts import settings


def tracing(*lines: str, changes: tuple[tuple[str, str], ...] = ()) -> str:
    """Production's file with [observability.tracing] of these lines."""
    table = "\n".join(("[observability]", "[observability.tracing]", *lines, "#"))
    return changed(("[observability] #", table), *changes)


def test_an_empty_table_is_what_aws_does_without_it() -> None:
    found = TracingSettings()
    assert (found.sampling_percent, found.reservoir) == (5, 1)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("sampling_percent = -1", "must be 0.0 or more"),
        ("sampling_percent = 100.5", "must be 100.0 or less"),
        ("reservoir = -1", "must be 0 or more"),
        ("first_priority = 0", "must be 1 or more"),
        ("first_priority = 9975", "must be 9974 or less"),
    ],
)
def test_a_value_outside_the_limits_of_x_ray_is_refused(line: str, message: str) -> None:
    (refused,) = refusal(tracing(line))
    assert refused.startswith(f"observability.tracing.{line.partition(' ')[0]} = ")
    assert message in refused


def test_a_table_without_a_service_that_sends_traces_is_refused() -> None:
    (line,) = refusal(tracing(changes=(("tracing = true", "tracing = false"),)))
    assert line == (
        "observability.tracing: no service sends traces; set tracing = true in a [services.<name>], or remove the table"
    )


def test_a_service_with_the_name_of_a_group_is_refused() -> None:
    problems = check_tracing_has_services(TracingSettings(), {"slow": settings(tracing=True)})
    (line,) = map(str, problems)
    assert line.startswith("services.slow.tracing = true: the group of its traces would have the name of the group")


def test_a_health_path_that_no_rule_can_have_is_refused() -> None:
    service = settings(tracing=True, health_path="/" + "h" * 128)
    (line,) = map(str, check_tracing_has_services(TracingSettings(), {"api": service}))
    assert "has 129 characters, and the sampling rule that leaves health checks out can have 128" in line


def test_more_services_than_x_ray_has_groups_are_refused() -> None:
    services = {f"s{number}": settings(tracing=True) for number in range(24)}
    (line,) = map(str, check_tracing_has_services(TracingSettings(), services))
    assert "makes a group for each of 24 services, and 2 others; X-Ray allows 25" in line
    del services["s0"]
    assert list(check_tracing_has_services(TracingSettings(), services)) == []


def test_without_the_table_nothing_is_checked() -> None:
    assert list(check_tracing_has_services(None, {})) == []
