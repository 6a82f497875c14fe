from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from tests.fixtures import run_python
from tests.order import long_first

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Item:
    """As much of a test as its order depends on."""

    nodeid: str
    marks: dict[str, pytest.Mark] = field(default_factory=dict)

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        return self.marks.get(name)


def item(name: str, seconds: float | None = None, group: str | None = None) -> Any:
    given = {"seconds": seconds, "xdist_group": group}
    return Item(name, {key: getattr(pytest.mark, key)(value).mark for key, value in given.items() if value is not None})


def names(items: list[pytest.Item]) -> str:
    return "".join(each.nodeid for each in items)


def test_the_long_ones_are_first_and_the_others_stay_in_their_order() -> None:
    items = [item("a"), item("b", 3), item("c"), item("d", 9.5), item("e")]
    assert names(long_first(items, reserved=0)) == "dbace"


def test_a_group_is_together_and_as_long_as_all_of_it() -> None:
    items = [item("a", 4, group="x"), item("b", 7), item("c", 5, group="x"), item("d", group="x"), item("e")]
    assert names(long_first(items, reserved=0)) == "acdbe"


def test_behind_the_longest_one_of_each_process_is_a_short_one() -> None:
    items = [item(str(seconds), seconds) for seconds in range(1, 10)]
    assert names(long_first(items, reserved=3)) == "987123654"


@pytest.mark.parametrize("reserved", [0, 1, 2, 3, 4, 5, 20])
def test_no_test_is_lost_or_run_twice(reserved: int) -> None:
    items = [item(str(seconds), seconds % 3, "g" if seconds % 2 else None) for seconds in range(8)]
    assert sorted(names(long_first(items, reserved=reserved))) == sorted(names(items))


@pytest.mark.xdist_group("default session")
@pytest.mark.parametrize("key", ["first", "second"])
def test_credentials_of_the_test_before_are_not_used(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    boto3.client("sts", region_name="us-east-1")
    assert boto3.DEFAULT_SESSION.get_credentials().access_key == key


GROUPED = """
import os, pathlib, pytest

@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("number", range(6))
def test_in_a_group(number):
    pathlib.Path(str(number)).write_text(str(os.getpid()))
"""


def test_pytest_runs_a_group_in_one_process(tmp_path: Path) -> None:
    """As the targets of the Makefile ask for it. Otherwise what a module applies once is applied in each process."""
    (tmp_path / "test_grouped.py").write_text(GROUPED)
    options = ("--dist", "loadgroup", "--no-loadscope-reorder", "--numprocesses", "2", "-p", "no:cacheprovider")
    done = run_python(tmp_path, "-m", "pytest", *options)
    assert "6 passed" in done.stdout, done.stdout + done.stderr
    assert len({(tmp_path / str(number)).read_text() for number in range(6)}) == 1
