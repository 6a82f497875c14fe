"""A forecast says what the last run has measured, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.durations import Durations
from console.forecast import Forecast, _length, about, elapsed

if TYPE_CHECKING:
    from pathlib import Path

NEEDS = {"network": set[str](), "data": {"network"}, "registry": set[str](), "service": {"data", "registry"}}


class Clock:
    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def forecast(folder: Path, clock: Clock, *, parallel: int = 2) -> Forecast:
    return Forecast("apply", NEEDS, Durations(folder), parallel=parallel, unit="stacks", now=clock)


def run(folder: Path, clock: Clock, seconds: dict[str, float]) -> None:
    """A whole run, one step after the other."""
    one = forecast(folder, clock)
    for step, length in seconds.items():
        one.start(step)
        clock.seconds += length
        one.end(step)


def test_the_first_run_says_that_it_does_not_know(tmp_path: Path, clock: Clock) -> None:
    first = forecast(tmp_path, clock)
    assert first.opening() == "apply: 4 stacks, the first run: how long it takes is not known yet"
    first.start("network")
    clock.seconds += 75
    first.end("network")
    assert first.line() == "1 of 4 stacks, 1 min 15 s so far"


def test_the_next_run_counts_down_what_the_last_one_took(tmp_path: Path, clock: Clock) -> None:
    run(tmp_path, clock, {"network": 60, "data": 240, "registry": 30, "service": 120})
    second = forecast(tmp_path, clock)
    assert second.opening() == "apply: 4 stacks, about 7 min by the last run"
    second.start("network")
    second.start("registry")
    clock.seconds += 30
    second.end("registry")
    assert second.position() == "1 of 4 stacks, about 6 min left"
    assert second.seconds_left == 30 + 240 + 120
    clock.seconds += 30
    second.end("network")
    second.start("data")
    clock.seconds += 240
    second.end("data")
    second.start("service")
    clock.seconds += 75
    assert second.position() == "3 of 4 stacks, about 45 s left"
    clock.seconds += 46
    assert second.position() == "3 of 4 stacks, longer than the last time"
    second.end("service")
    assert second.position() == "4 of 4 stacks"


def test_a_step_that_is_new_makes_it_a_least(tmp_path: Path, clock: Clock) -> None:
    run(tmp_path, clock, {"network": 60, "data": 240})
    second = forecast(tmp_path, clock)
    assert second.opening() == "apply: 4 stacks, more than 5 min by the last run, which did not have all of them"
    assert second.position() == "0 of 4 stacks, more than 5 min left"


def test_a_step_that_failed_and_the_time_of_a_person_are_not_kept(tmp_path: Path, clock: Clock) -> None:
    run(tmp_path, clock, {"network": 60})
    second = forecast(tmp_path, clock)
    second.start("network")
    clock.seconds += 5
    second.end("network", is_whole=False)
    second.start("data")
    clock.seconds += 20
    with second.waiting("data"):
        clock.seconds += 3600
    second.end("data")
    assert Durations(tmp_path).of("apply") == {"network": 60, "data": 20}


def test_a_block_that_an_error_ends_is_not_kept(tmp_path: Path, clock: Clock) -> None:
    one = forecast(tmp_path, clock)
    with one.step("network"):
        clock.seconds += 7
    with pytest.raises(LookupError), one.step("data"):
        raise LookupError
    assert Durations(tmp_path).of("apply") == {"network": 7}
    assert one.position() == "2 of 4 stacks"


def test_one_step_is_one(tmp_path: Path, clock: Clock) -> None:
    one = Forecast("bootstrap", {"state": ()}, Durations(tmp_path), unit="stacks", now=clock)
    assert one.opening().startswith("bootstrap: 1 stack, ")
    assert one.position() == "0 of 1 stack"


def test_a_step_that_never_began_has_no_duration(tmp_path: Path, clock: Clock) -> None:
    forecast(tmp_path, clock).end("network")
    assert Durations(tmp_path).of("apply") == {}


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.floats(0, 100), min_size=1),
    st.integers(1, 4),
    st.data(),
)
def test_a_length_is_between_the_longest_step_and_all_one_after_the_other(
    seconds: dict[str, float], parallel: int, data: st.DataObject
) -> None:
    needs = {
        step: {one for one in data.draw(st.lists(st.sampled_from(sorted(seconds)), max_size=2)) if one < step}
        for step in seconds
    }
    length = _length(seconds, needs, [], parallel)
    assert max(seconds.values()) <= length + 1e-6
    assert length <= sum(seconds.values()) + 1e-6
    assert length >= sum(seconds.values()) / parallel - 1e-6


def test_steps_that_need_each_other_do_not_hang() -> None:
    assert _length({"a": 1, "b": 1}, {"a": {"b"}, "b": {"a"}}, [], 2) == 0


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(3, "a few seconds"), (12, "about 10 s"), (89, "about 90 s"), (91, "about 2 min"), (1928, "about 32 min")],
)
def test_a_forecast_is_rounded(seconds: float, said: str) -> None:
    assert about(seconds) == said


@pytest.mark.parametrize(("seconds", "said"), [(0.4, "0 s"), (59.6, "1 min 0 s"), (130, "2 min 10 s")])
def test_what_was_measured_is_not(seconds: float, said: str) -> None:
    assert elapsed(seconds) == said
