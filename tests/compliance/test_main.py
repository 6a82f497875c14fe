"""The command line: what it prints and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING

import pytest

from compliance.__main__ import EXIT_BAD_INPUT, EXIT_FINDINGS, EXIT_OK, main
from compliance.rules import RULES

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A list of exceptions without any."""
    file = tmp_path / "exceptions.toml"
    file.write_text("", encoding="utf-8")
    return file


def test_a_clean_output_gives_one_line(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--output", str(output)], today=date.min) == EXIT_OK
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"{len(RULES)} rules, ")
    assert ", 0 findings, " in line


def test_findings_are_listed_in_columns_and_fail(output: Path, empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--output", str(output), "--exceptions", str(empty)]) == EXIT_FINDINGS
    *rows, summary = capsys.readouterr().out.splitlines()
    assert f" {len(rows)} findings, 0 exceptions" in summary
    starts = {row.index(place) for row in rows for place in row.split() if "/aws_" in place}
    assert len(starts) == 1


def test_missing_output_is_reported_with_a_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--output", str(tmp_path)]) == EXIT_BAD_INPUT
    assert capsys.readouterr().err == f"There is no {tmp_path / 'manifest.json'}.\nRun `make synth` first.\n"


def test_a_wrong_list_of_exceptions_is_reported(output: Path, empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty.write_text("nonsense", encoding="utf-8")
    assert main(["--output", str(output), "--exceptions", str(empty)]) == EXIT_BAD_INPUT
    assert "is not valid TOML" in capsys.readouterr().err


def test_the_rules_can_be_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--rules"]) == EXIT_OK
    assert len(capsys.readouterr().out.splitlines()) == len(RULES)


def test_the_rules_start_neither_cdktf_nor_node(output: Path) -> None:
    program = (
        "import sys; from compliance.__main__ import main; "
        f"main(['--output', {json.dumps(str(output))}]); "
        "print(sorted({'cdktf', 'jsii'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]"
