"""What a lane writes beside today's: each difference is named with its stack, its path and both values."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from future.differences import Allowed, _differences, compare, differing_files, read_allowed
from future.errors import FutureError
from future.lanes import LANES

if TYPE_CHECKING:
    from pathlib import Path

VERSION = Allowed(path="//.metadata.version", today="0.21.0", lane="0.24.0", why="nothing reads it")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


def stack(version: str, **resource: Any) -> dict[str, Any]:
    return {"//": {"metadata": {"version": version}}, "resource": resource or {"aws_vpc": {"vpc": {"cidr": ["a", 1]}}}}


def output(folder: Path, **stacks: dict[str, Any]) -> Path:
    for name, content in stacks.items():
        file = folder / "stacks" / name / "cdk.tf.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(content), encoding="utf-8")
    (folder / "manifest.json").write_text(f'{{"folder": "{folder}"}}', encoding="utf-8")
    return folder


def problems(tmp_path: Path, today: dict[str, Any], lane: dict[str, Any]) -> list[str]:
    found = compare(output(tmp_path / "today", dev=today), output(tmp_path / "lane", dev=lane), [VERSION])
    assert found.stacks == 1
    return found.problems


def test_the_listed_differences_are_counted_and_nothing_else_is_wrong(tmp_path: Path) -> None:
    stacks = {name: stack("0.21.0") for name in ("dev-state", "prod-state")}
    lane = {name: stack("0.24.0") for name in stacks}
    found = compare(output(tmp_path / "today", **stacks), output(tmp_path / "lane", **lane), [VERSION])
    assert (found.stacks, found.allowed, found.problems) == (2, 2, [])


@pytest.mark.parametrize(
    ("resource", "line"),
    [
        ({"cidr": ["a", 2]}, "dev: resource.aws_vpc.vpc.cidr[1]: today 1, here 2"),
        ({"cidr": ["a", True]}, "dev: resource.aws_vpc.vpc.cidr[1]: today 1, here true"),
        ({"cidr": ["a"]}, 'dev: resource.aws_vpc.vpc.cidr: today ["a", 1], here ["a"]'),
        ({"cidr": ["a", 1], "new": None}, "dev: resource.aws_vpc.vpc.new: today (absent), here null"),
        ({}, 'dev: resource.aws_vpc.vpc.cidr: today ["a", 1], here (absent)'),
    ],
)
def test_another_difference_is_named_with_both_values(tmp_path: Path, resource: dict[str, Any], line: str) -> None:
    assert problems(tmp_path, stack("0.21.0"), stack("0.24.0", aws_vpc={"vpc": resource})) == [line]


def test_a_listed_path_with_another_value_is_a_difference(tmp_path: Path) -> None:
    first, second = problems(tmp_path, stack("0.21.0"), stack("0.25.0"))
    assert first == "dev: //.metadata.version: today 0.21.0, here 0.25.0"
    assert second.startswith("dev: //.metadata.version: 0.21.0 and not 0.24.0 was expected today;")


def test_a_listed_difference_that_is_gone_is_reported(tmp_path: Path) -> None:
    (line,) = problems(tmp_path, stack("0.21.0"), stack("0.21.0"))
    assert line.startswith("dev: //.metadata.version")
    assert "correct the entry in future/differences.toml" in line


def test_other_stacks_are_named(tmp_path: Path) -> None:
    today = output(tmp_path / "today", a=stack("0.21.0"), b=stack("0.21.0"))
    (today / "stacks" / "b" / "function.zip").write_bytes(b"zip")
    lane = output(tmp_path / "lane", a=stack("0.24.0"), c=stack("0.24.0"))
    assert compare(today, lane, [VERSION]).problems == [
        "b: is a stack today, and not here",
        "c: is a stack here, and not today",
    ]


def test_nothing_to_compare_is_not_a_success(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    found = compare(output(tmp_path / "today", a=stack("0.21.0")), tmp_path / "empty", [VERSION])
    assert found.problems[-1].startswith("No stack was compared")


def test_an_archive_with_other_bytes_is_reported(tmp_path: Path) -> None:
    today, lane = (output(tmp_path / name, dev=stack("0.21.0")) for name in ("today", "lane"))
    for folder, content in ((today, b"one"), (lane, b"two")):
        file = folder / "stacks" / "dev" / "function.zip"
        file.write_bytes(content)
        os.utime(file, (1, 1))  # neither size nor time tells them apart
    assert compare(today, lane, []).problems == ["stacks/dev/function.zip: is not the same file"]
    assert differing_files(today, lane) == ["manifest.json", "stacks/dev/function.zip"]


@given(value=VALUES, other=VALUES)
def test_two_values_differ_exactly_if_their_json_does(value: object, other: object) -> None:
    def text(one: object) -> str:
        return json.dumps(one, sort_keys=True)

    assert not list(_differences("dev", value, json.loads(json.dumps(value))))
    assert bool(list(_differences("dev", {"it": value}, {"it": other}))) == (text(value) != text(other))


@pytest.mark.parametrize("lane", sorted(LANES))
def test_each_lane_has_a_list_with_reasons(lane: str) -> None:
    entries = read_allowed(lane)
    assert VERSION.path in {one.path for one in entries}
    assert all(one.why and one.today != one.lane for one in entries)
    assert len({one.path for one in entries}) == len(entries)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[core]]\npath = "a"\ntoday = "b"\nlane = "c"\n', r"entry 1 of \[\[core\]\] must have the texts lane, path"),
        ('[[core]]\npath = "a"\ntoday = 1\nlane = "c"\nwhy = "d"\n', r"entry 1 of \[\[core\]\]"),
        ("", r"has no \[\[core\]\]: list what may differ"),
    ],
)
def test_a_list_with_a_mistake_is_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "list.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(FutureError, match=message):
        read_allowed("core", file)
