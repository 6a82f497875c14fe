"""The steps of a lane, with programs that only pretend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from future import __main__ as program
from future import walk
from future.errors import FutureError
from future.lanes import CDKTN, CORE
from future.walk import Walk

if TYPE_CHECKING:
    from pathlib import Path


def walked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> tuple[str | None, Walk]:
    """Walk the lane of the core with a shell script as its Python."""
    python = tmp_path / "environments" / "future-core" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    python.chmod(0o755)
    monkeypatch.setattr(walk, "prepare", lambda *_: python)
    stack = tmp_path / "today" / "stacks" / "dev" / "cdk.tf.json"
    stack.parent.mkdir(parents=True)
    stack.write_text('{"//": {"metadata": {"version": "0.21.0"}}}', encoding="utf-8")
    work = tmp_path / "work"
    work.mkdir()
    made = Walk(
        lane=CORE,
        root=tmp_path,
        today=tmp_path / "today",
        work=work,
        environments=tmp_path / "environments",
        unit=("-m", "unit"),
    )
    return made.run(), made


SYNTHESIS = """
case "$*" in
*main.py*) mkdir -p "$3/stacks/dev"; echo '{"//": {"metadata": {"version": "0.24.0"}}}' > "$3/stacks/dev/cdk.tf.json";;
*) echo "$* passed";;
esac
"""


def test_all_steps_are_walked_and_each_says_what_it_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error, made = walked(tmp_path, monkeypatch, SYNTHESIS)
    assert error is None
    assert [one.step for one in made.done] == [
        "install",
        "fast start",
        "compare",
        "validate",
        "unit tests",
        "acceptance of dev",
    ]
    found = {one.step: one.result for one in made.done}
    assert found["compare"] == "1 stacks, 1 listed differences, no other"
    assert found["unit tests"].endswith("--dist worksteal -m unit passed")
    assert found["acceptance of dev"] == "-m acceptance emulate --env dev --port 0 passed"
    assert len(capsys.readouterr().out.splitlines()) == 6


def test_a_difference_ends_the_lane_with_stack_path_and_both_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    error, made = walked(tmp_path, monkeypatch, SYNTHESIS.replace('"0.24.0"}}', '"0.24.0"}}, "resource": 1'))
    assert error == "core, compare: 1 problems:\ndev: resource: today (absent), here 1"
    assert made.done[-1].result == "failed"


def test_a_fast_start_that_writes_something_else_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = SYNTHESIS.replace("0.24.0", "'$STOCK_CDKTF'")
    error, _ = walked(tmp_path, monkeypatch, script)
    assert error == (
        "core, fast start: 1 files are others with STOCK_CDKTF=1 than with the fast start: stacks/dev/cdk.tf.json."
    )


def test_a_program_that_fails_shows_its_last_lines_and_where_the_rest_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    error, _ = walked(tmp_path, monkeypatch, "for i in $(seq 30); do echo line $i; done; exit 3")
    assert error is not None
    first, *lines = error.splitlines()
    assert first == (
        "core, fast start: -m synthesis.fast_start.warm ended with status 3; "
        f"the end of {tmp_path}/environments/future-core-warm.log:"
    )
    assert lines == [f"line {number}" for number in range(16, 31)]


def test_the_other_lane_has_no_step_that_needs_a_plugin_which_is_not_there(tmp_path: Path) -> None:
    made = Walk(lane=CDKTN, root=tmp_path, today=tmp_path, work=tmp_path, environments=tmp_path, unit=())
    assert [name for name, _ in made.steps()] == [
        "install",
        "rename",
        "fast start",
        "compare",
        "types",
        "native_blue_green",
    ]


@pytest.fixture
def no_synthesis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "synthesize_today", lambda *_: None)


@pytest.mark.usefixtures("no_synthesis")
@pytest.mark.parametrize(("error", "status"), [(None, 0), ("core, compare: 1 problems", 1)])
def test_the_status_says_whether_the_lanes_lead_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: str | None, status: int
) -> None:
    monkeypatch.setattr(program, "uncommitted", lambda _: ["a.py", "b.py"])
    monkeypatch.setattr(Walk, "run", lambda _: error)
    assert program.main(["--lane", "core"]) == status
    printed = capsys.readouterr()
    assert "2 files are not committed, such as a.py; they count, as they are now." in printed.out
    assert ("Proven today: core." in printed.out) is (error is None)
    assert (error or "") in printed.err


def test_a_tree_that_cannot_be_synthesized_today_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        message = "Today's packages do not write the stacks"
        raise FutureError(message)

    monkeypatch.setattr(program, "uncommitted", lambda _: [])
    monkeypatch.setattr(program, "synthesize_today", refuse)
    assert program.main([]) == 2
    assert capsys.readouterr().err == "Today's packages do not write the stacks\n"


def test_an_unknown_lane_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        program.main(["--lane", "hcl"])
    printed = capsys.readouterr().err
    assert all(name in printed for name in ("choose from", "cdktn", "core"))
