from __future__ import annotations

import threading

import pytest

from gate import speed
from gate.__main__ import main
from gate.speed import MOST, REFERENCE_SECONDS, Speed, measure
from tests.gate.test_main import alone, rows


@pytest.mark.parametrize(
    ("measured", "slowdown"),
    [
        ([REFERENCE_SECONDS], 1),
        ([REFERENCE_SECONDS / 2], 1),  # a faster machine has no smaller budget
        ([REFERENCE_SECONDS * 1.5, REFERENCE_SECONDS * 1.5, REFERENCE_SECONDS * 9], 1.5),
        ([REFERENCE_SECONDS * 9], MOST),
    ],
)
def test_it_is_the_median_between_one_and_two(
    monkeypatch: pytest.MonkeyPatch, measured: list[float], slowdown: float
) -> None:
    left, done = list(measured), threading.Event()

    def take() -> float:
        taken = left.pop(0)
        if not left:
            done.set()
            monkeypatch.setattr(speed, "_EVERY_SECONDS", 60)
        return taken

    monkeypatch.setattr(speed, "measure", take)
    monkeypatch.setattr(speed, "_EVERY_SECONDS", 0)
    with Speed() as measuring:
        assert done.wait(10)
    assert measuring.slowdown == pytest.approx(slowdown)


def test_a_measurement_is_the_time_on_a_processor() -> None:
    assert 0.05 < measure() < 20


def test_a_slow_machine_may_take_longer(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(speed, "measure", lambda: 1.5 * REFERENCE_SECONDS)
    assert main([alone("one", "import time; time.sleep(1.1)")], budget=1) == 0
    found = rows(capsys.readouterr().out)
    assert (found["budget"][1], found["budget here"][1]) == ("1", "2")
    assert main([alone("one")], budget=600) == 0
    found = rows(capsys.readouterr().out)
    assert found["budget here"] == ["-", "900", "-", "-", "1.50 times as slow"]
