"""How long is waited, by a clock that only moves while something is done."""

from __future__ import annotations

import pytest

from lambdas.database_roles.patience import Patience


class Clock:
    """A time, and work that takes some of it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.calls = 0

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def patience(self, seconds: float) -> Patience:
        return Patience(seconds=seconds, pause_seconds=1, clock=lambda: self.now, sleep=self.wait)

    def fail(self, *, times: int, seconds: float = 0) -> None:
        """Work that fails so many times."""
        self.now += seconds
        self.calls += 1
        if self.calls <= times:
            raise TimeoutError


def is_slow(error: Exception) -> bool:
    return isinstance(error, TimeoutError)


def test_it_repeats_until_the_time_is_used() -> None:
    clock = Clock()
    with pytest.raises(TimeoutError):
        clock.patience(10).repeat(lambda: clock.fail(times=100), while_raises=is_slow)
    assert (clock.now, clock.calls) == (10, 11)


def test_attempts_that_take_long_use_it_too() -> None:
    clock = Clock()
    with pytest.raises(TimeoutError):
        clock.patience(10).repeat(lambda: clock.fail(times=100, seconds=4), while_raises=is_slow)
    assert (clock.now, clock.calls) == (14, 3)


def test_what_succeeds_at_once_takes_nothing() -> None:
    clock = Clock()
    patience = clock.patience(10)
    for _ in range(5):
        patience.repeat(lambda: clock.fail(times=0, seconds=60), while_raises=is_slow)
    clock.calls = 0
    patience.repeat(lambda: clock.fail(times=9), while_raises=is_slow)
    assert clock.calls == 10


def test_all_repetitions_share_it() -> None:
    clock = Clock()
    patience = clock.patience(10)
    patience.repeat(lambda: clock.fail(times=6), while_raises=is_slow)
    clock.calls = 0
    with pytest.raises(TimeoutError):
        patience.repeat(lambda: clock.fail(times=6), while_raises=is_slow)
    assert clock.calls == 5


def test_other_errors_are_raised_at_once() -> None:
    clock = Clock()
    with pytest.raises(TimeoutError):
        clock.patience(10).repeat(lambda: clock.fail(times=1), while_raises=lambda _: False)
    assert clock.calls == 1
