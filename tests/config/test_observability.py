"""The settings of dashboards and objectives, each error by its message."""

from __future__ import annotations

import pytest

from config.objectives import ObjectivesSettings
from config.observability import ObservabilitySettings
from tests.config.examples import changed, parsed, present, refusal, without

AVAILABILITY = "availability_percent = 99.9"
LATENCY = "latency_percent = 95"


def objectives(toml: str) -> ObjectivesSettings:
    return present(present(parsed(toml).observability).objectives)


def test_an_empty_table_has_dashboards_only() -> None:
    assert ObservabilitySettings().objectives is None


def test_the_defaults_are_the_targets_of_the_design() -> None:
    found = ObjectivesSettings()
    assert (found.availability_percent, found.latency_ms, found.latency_percent) == (99.9, 200, 95)


@pytest.mark.parametrize("value", ["93.06", "99", "99.99"])
def test_the_first_and_the_last_objective_that_can_be_kept_are_accepted(value: str) -> None:
    toml = changed(
        (AVAILABILITY, f"availability_percent = {value}"), ("[deployment]", "[deployment]\nmax_error_percent = 10")
    )
    assert objectives(toml).availability_percent == float(value)


ALLOWED = "it must be from 93.06 to 99.99"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("100.0", "leaves no request that may fail, so the first one would break it"),
        ("101.5", "leaves no request that may fail, so the first one would break it"),
        ("99.995", "is too strict: the budget would be used up before the shortest window, five minutes, shows it"),
        ("93.05", "is too low: not even the failure of all requests is a burn rate of 14.4"),
        ("-1.0", "is too low: not even the failure of all requests is a burn rate of 14.4"),
    ],
)
@pytest.mark.parametrize("key", ["availability", "latency"])
def test_an_objective_that_no_alarm_can_watch_is_refused(key: str, value: str, reason: str) -> None:
    line = {"availability": AVAILABILITY, "latency": LATENCY}[key]
    setting = f"observability.objectives.{key}_percent"
    assert refusal(changed((line, f"{key}_percent = {value}"))) == [f"{setting} = {value}: {reason}; {ALLOWED}"]


def test_an_objective_that_is_not_a_number_is_refused() -> None:
    (line,) = refusal(changed((AVAILABILITY, "availability_percent = nan")))
    assert "observability.objectives.availability_percent = nan" in line


@pytest.mark.parametrize("milliseconds", [0, 9, 60_001])
def test_a_response_time_out_of_range_is_refused(milliseconds: int) -> None:
    (line,) = refusal(changed(("latency_ms = 200", f"latency_ms = {milliseconds}")))
    assert line.startswith(f"observability.objectives.latency_ms = {milliseconds}: ")


def test_without_receivers_there_is_nobody_to_notify() -> None:
    (line,) = refusal(without("notifications"))
    assert line.startswith("notifications: is missing, but ")
    assert ", observability" in line


def test_objectives_need_requests() -> None:
    paths = ((f'path_patterns = ["{path}"]', "") for path in ("/*", "/api/*"))
    priorities = ((f"priority = {number}", "") for number in (1000, 100))
    lines = refusal(changed(*paths, *priorities))
    assert (
        "observability.objectives: count requests, but no service takes any; add path_patterns to a service, "
        "or remove [observability.objectives]"
    ) in lines


def test_a_deployment_is_not_rolled_back_for_what_the_objectives_allow() -> None:
    deployment = ("[deployment]", "[deployment]\nmax_error_percent = 3\nmax_p95_ms = 150")
    errors, latency = refusal(changed((AVAILABILITY, "availability_percent = 96.5"), deployment))
    assert errors == (
        "deployment.max_error_percent = 3: rolls back a release with fewer errors than [observability.objectives] "
        "allows, 3.5 %; raise it, or raise availability_percent"
    )
    assert latency == (
        "deployment.max_p95_ms = 150: rolls back a release that answers within the latency_ms of "
        "[observability.objectives], 200; raise it, or lower latency_ms"
    )


def test_thresholds_that_are_equal_to_the_objectives_are_accepted() -> None:
    deployment = ("[deployment]", "[deployment]\nmax_error_percent = 3\nmax_p95_ms = 200")
    assert objectives(changed((AVAILABILITY, "availability_percent = 97.0"), deployment)).latency_ms == 200
