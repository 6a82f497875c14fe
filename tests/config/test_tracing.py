"""The settings of traces, each error by its message."""

from __future__ import annotations

import pytest

from config.tracing import (
    TraceGroups,
    TracingSettings,
    check_trace_groups,
    check_tracing_has_services,
    read_trace_groups,
)
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


def groups(environment: str, count: int, account_id: str = "3" * 12, region: str = "us-east-1") -> TraceGroups:
    return TraceGroups(environment=environment, account_id=account_id, region=region, count=count)


def test_the_groups_of_all_environments_of_an_account_are_counted() -> None:
    own = groups("prod", 12)
    assert [*check_trace_groups(own, [groups("dev", 10), groups("test", 3)])] == []
    (problem,) = check_trace_groups(own, [groups("dev", 10), groups("test", 4), groups("none", 0)])
    assert str(problem) == (
        "observability.tracing: makes 12 groups, and with 10 of dev, 4 of test there would be 26 in the account "
        "333333333333 and the region us-east-1, where X-Ray allows 25: set tracing = false in some services, or use "
        "another account"
    )
    elsewhere = [groups("dev", 20, account_id="4" * 12), groups("test", 20, region="eu-west-1")]
    assert [*check_trace_groups(own, elsewhere)] == []
    assert [*check_trace_groups(groups("prod", 0), [groups("dev", 25), groups("test", 10)])] == []


@pytest.mark.parametrize(
    ("table", "count"),
    [
        ({"observability": {"tracing": {}}, "services": {"a": {"tracing": True}, "b": {}}}, 3),
        ({"observability": {"tracing": {}}, "services": {"b": {}}}, 0),
        ({"observability": {}, "services": {"a": {"tracing": True}}}, 0),
        ({"observability": 1, "services": {"a": 1}}, 0),
        ({}, 0),
    ],
)
def test_the_groups_of_another_environment_are_read_from_its_file(table: dict[str, object], count: int) -> None:
    assert read_trace_groups("dev", table).count == count
