from __future__ import annotations

import threading
import time

import pytest

from runner.schedule import Verdict, run


def test_each_runs_after_what_it_needs() -> None:
    done: list[str] = []

    def work(id_: str) -> Verdict:
        done.append(id_)
        return Verdict.CONTINUE

    assert run({"c": {"a", "b"}, "b": {"a"}, "a": set()}, work) == []
    assert done == ["a", "b", "c"]


def test_the_longest_way_to_the_end_starts_first() -> None:
    done: list[str] = []

    def work(id_: str) -> Verdict:
        done.append(id_)
        return Verdict.CONTINUE

    needs = {"a": set(), "b": set(), "c": {"b"}, "d": set()}
    run(needs, work, parallel=1, costs={"a": 5, "b": 1, "c": 6, "d": 5})
    assert done == ["b", "c", "a", "d"]  # 1 + 6, then 6, then two of 5 in their order


def test_independent_tasks_run_in_parallel_up_to_the_limit() -> None:
    together = threading.Barrier(2, timeout=30)
    running: set[str] = set()
    most = 0

    def work(id_: str) -> Verdict:
        nonlocal most
        running.add(id_)
        most = max(most, len(running))
        together.wait()
        running.discard(id_)
        return Verdict.CONTINUE

    run({"a": set(), "b": set(), "c": set(), "d": set()}, work, parallel=2)
    assert most == 2


def test_after_a_stop_running_ones_finish_and_nothing_starts() -> None:
    finished: list[str] = []

    def work(id_: str) -> Verdict:
        if id_ == "bad":
            return Verdict.STOP
        time.sleep(0.1)
        finished.append(id_)
        return Verdict.CONTINUE

    left = run({"bad": set(), "slow": set(), "free": set(), "after": {"slow"}}, work)
    assert finished == ["slow"]
    assert left == ["free", "after"]


def test_a_block_holds_back_only_those_that_need_it() -> None:
    done: list[str] = []

    def work(id_: str) -> Verdict:
        done.append(id_)
        return Verdict.BLOCK if id_ == "a" else Verdict.CONTINUE

    assert run({"a": set(), "b": {"a"}, "c": {"b"}, "d": set()}, work, parallel=1) == ["b", "c"]
    assert done == ["a", "d"]


def test_nothing_starts_once_cancelled() -> None:
    done: list[str] = []

    def work(id_: str) -> Verdict:
        done.append(id_)
        return Verdict.CONTINUE

    assert run({"a": set(), "b": {"a"}}, work, cancelled=lambda: bool(done)) == ["b"]


def test_an_exception_is_raised_when_the_others_have_finished() -> None:
    finished: list[str] = []

    def work(id_: str) -> Verdict:
        if id_ == "bad":
            message = "broken"
            raise ValueError(message)
        time.sleep(0.05)
        finished.append(id_)
        return Verdict.CONTINUE

    with pytest.raises(ValueError, match="broken"):
        run({"bad": set(), "slow": set()}, work)
    assert finished == ["slow"]
