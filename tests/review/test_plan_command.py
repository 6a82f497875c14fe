"""`python -m review plan`: its formats, its exit status, and a line for each mistake."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any

import pytest

from review.__main__ import main
from tests.review.plan_json import FOLDER, entry, plan

if TYPE_CHECKING:
    from pathlib import Path

PLATFORM = str(FOLDER / "platform" / "plan.json")


def written(folder: Path, *changes: dict[str, Any], name: str = "dev-data.json") -> str:
    file = folder / name
    file.write_text(json.dumps(plan(*changes)), encoding="utf-8")
    return str(file)


def test_a_plan_that_blocks_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", PLATFORM]) == 1
    assert capsys.readouterr().out.startswith("Verdict: block\n")


@pytest.mark.parametrize(("fail_on", "code"), [([], 0), (["--fail-on", "approval"], 1), (["--fail-on", "block"], 0)])
def test_what_needs_an_approval_fails_where_that_is_asked_for(tmp_path: Path, fail_on: list[str], code: int) -> None:
    assert main(["plan", written(tmp_path, entry("aws_vpc.a", "destroy")), *fail_on]) == code


def test_several_plans_are_one_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [written(tmp_path, entry("aws_sns_topic.a", "create"), name=f"dev-{name}.json") for name in ("a", "b")]
    assert main(["plan", "--env", "dev", *files]) == 0
    text = capsys.readouterr().out
    assert text.startswith("Verdict: allow\n")
    assert "\ndev-a " in text
    assert "\ndev-b " in text


def test_an_approval_of_the_environment_counts(tmp_path: Path) -> None:
    approvals = tmp_path / "approvals.toml"
    approvals.write_text(
        '[[approval]]\naddress = "data/aws_s3_bucket.a"\naction = "destroy-data"\nenvironments = ["dev"]\n'
        'reason = "its objects are copied elsewhere"\nowner = "platform"\nexpires = 9999-01-01\n'
    )
    command = ["plan", written(tmp_path, entry("aws_s3_bucket.a", "destroy")), "--approvals", str(approvals)]
    assert main([*command, "--env", "dev"]) == 0
    assert main([*command, "--env", "prod"]) == 1
    assert main(command) == 1


def test_each_format(capsys: pytest.CaptureFixture[str]) -> None:
    main(["plan", PLATFORM, "--format", "json"])
    content = json.loads(capsys.readouterr().out)
    assert content["verdict"] == "block"
    assert content["stacks"][0]["counts"]["replace"] == 2
    main(["plan", PLATFORM, "--format", "markdown"])
    short = capsys.readouterr().out
    assert short.startswith("<!-- plans of the infrastructure -->\n### Plan: block\n")
    main(["plan", PLATFORM, "--format", "markdown", "--long"])
    assert len(capsys.readouterr().out) > len(short)


def test_a_page_in_a_file_is_for_this_user_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "page.md"
    assert main(["plan", PLATFORM, "--file", str(file)]) == 1
    assert file.read_text(encoding="utf-8").startswith("Verdict: block\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert capsys.readouterr().out == ""


def test_mistakes_are_one_line_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = tmp_path / "state.json"
    state.write_text('{"version": 4, "serial": 1, "lineage": "x"}')
    odd = entry("aws_vpc.a", "change")
    odd["change"]["actions"] = ["melt"]
    for arguments, told in (
        ([str(tmp_path / "none.json")], "cannot be read"),
        ([str(state)], "is a state and not a plan"),
        ([written(tmp_path, odd)], "are not known"),
        ([PLATFORM, "--file", str(tmp_path / "none" / "page")], "cannot be written: No such file or directory"),
        ([PLATFORM, "--file", str(tmp_path)], "cannot be written: Is a directory"),
        ([PLATFORM, "--approvals", str(tmp_path / "none.toml")], "cannot be read: No such file or directory"),
        ([], "ENV or a FILE is missing"),
    ):
        assert main(["plan", *arguments]) == 2
        ended = capsys.readouterr()
        assert told in ended.err
        assert ended.err.count("\n") == 1
        assert ended.out == ""
