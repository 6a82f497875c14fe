"""A file that is not a plan is refused in one line that says what it is and how to make a plan."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from console.plan_file import PlanError, check_plan, read_plan
from tests.review.plan_json import FOLDER, entry, plan

if TYPE_CHECKING:
    from pathlib import Path


def refusal(path: Path) -> str:
    with pytest.raises(PlanError) as raised:
        read_plan(path)
    text = str(raised.value)
    assert "\n" not in text
    assert text.startswith(f"{path}: ")
    return text.removeprefix(f"{path}: ")


@pytest.mark.parametrize("case", ["builtin", "platform"])
def test_a_plan_of_terraform_is_read(case: str) -> None:
    assert read_plan(FOLDER / case / "plan.json")["resource_changes"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_encoding_of_a_shell_is_read(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan()), encoding=encoding)
    assert read_plan(file) == plan()


def test_a_plan_of_a_refresh_has_no_changes(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text('{"format_version": "1.2", "planned_values": {}}')
    assert "resource_changes" not in read_plan(file)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty; make one with `terraform plan -out=FILE`"),
        (b" \n", "is empty"),
        (b"PK\x03\x04rest", "is a binary plan; `terraform show -json plan.json > plan.json`"),
        (b"{\n 'a'", "is not JSON (line 2)"),
        (b"\xff\xfe\xfa", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "must be a JSON object"),
        (b"{}", "it has no format_version"),
        (b'{"@level": "info"}', "is the log of `terraform plan -json`"),
        (b'{"@level": "info"}\n{"@level": "info"}', "is the log of `terraform plan -json`"),
        (b'{"version": 4, "serial": 1, "lineage": "x", "resources": []}', "is a state and not a plan"),
        (b'{"format_version": "1.0", "values": {}}', "is a state and not a plan"),
        (b'{"format_version": "2.0", "resource_changes": []}', "has the format_version '2.0', and must have 1.x"),
        (b'{"format_version": 1.2, "resource_changes": []}', "it has no format_version"),
    ],
)
def test_what_is_not_a_plan_is_named(tmp_path: Path, content: bytes, told: str) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(content)
    assert told in refusal(file)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.json").startswith("cannot be read: No such file or directory; make one with ")
    assert refusal(tmp_path).startswith("cannot be read: Is a directory; make one with `terraform plan -out=FILE`")


@pytest.mark.parametrize(
    "broken",
    [
        {"resource_changes": {"a": 1}},
        {"resource_changes": [1]},
        {"resource_changes": [{}]},
        {"resource_changes": [{**entry("a.b", "create"), "change": {"actions": "create"}}]},
        {"resource_drift": [{"address": 1, "type": "a", "change": {"actions": []}}]},
        {"output_changes": [1]},
        {"output_changes": {"a": {}}},
        {"checks": "x"},
        {"deferred_changes": 1},
        {"variables": {"a": 1}},
        {"resource_changes": [{**entry("a.b", "create"), "change": {"actions": ["create"], "after": "x"}}]},
        {"configuration": []},
        {"configuration": {"provider_config": {"aws": {"expressions": {"region": "us-east-1"}}}}},
        {"configuration": {"root_module": {"resources": [{"address": "a.b", "expressions": 1}]}}},
        {"configuration": {"root_module": {"module_calls": {"a": {"module": {"resources": [1]}}}}}},
        {"planned_values": {"root_module": {"resources": 1}}},
        {"prior_state": {"values": {"root_module": {"child_modules": [1]}}}},
    ],
)
def test_a_plan_with_another_shape_is_refused(tmp_path: Path, broken: dict[str, Any]) -> None:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps({**plan(), **broken}))
    assert "is not a valid plan: " in refusal(file)


def test_a_plan_that_is_nested_too_deeply_is_refused() -> None:
    module: dict[str, Any] = {}
    for _ in range(5000):
        module = {"child_modules": [module]}
    with pytest.raises(PlanError, match="nested too deeply"):
        check_plan(plan(planned_values={"root_module": module}), "plan.json")
