"""`python -m conformance`: what it prints, writes and refuses."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from conformance.__main__ import EXIT_BAD_INPUT, EXIT_NOT_MET, EXIT_OK, main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def run(output: Path, page: Path, *arguments: str) -> int:
    return main([*arguments, "--output", str(output), "--page", str(page)])


def test_it_writes_the_page_and_counts_the_clauses(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "conformance.md"
    assert run(output, page) == EXIT_OK
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["section", "clauses", "met", "met", "in", "prod", "differs", "waiting", "not", "met"]
    assert lines[-2].split()[:2] == ["together", "157"]
    assert lines[-2].split()[-1] == "0"
    assert lines[-1] == f"{page} is written: read its diff."
    assert page.read_text(encoding="utf-8").startswith("# Conformance with the design\n")


def test_one_environment_is_checked_without_the_page(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "conformance.md"
    assert run(output, page, "dev") == EXIT_OK
    assert not page.exists()
    assert "is written" not in capsys.readouterr().out


def test_one_section_is_printed_clause_by_clause_without_the_page(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "conformance.md"
    assert run(output, page, "prod", "--section", "10.1") == EXIT_OK
    assert not page.exists()
    heading, *clauses = capsys.readouterr().out.splitlines()
    assert heading == "10.1 Phase 1: core infrastructure"
    assert [(line.split()[0], line.split()[-1]) for line in clauses] == [(f"10.1/{one}", "met") for one in range(1, 5)]


def test_a_section_that_the_design_does_not_have_is_refused(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(output, tmp_path / "conformance.md", "--section", "10") == EXIT_BAD_INPUT
    err = capsys.readouterr().err
    assert err.startswith("The design has no section '10'. It has: 1, 2.1, 2.2,")
    assert err.endswith("Choose one of them, like SECTION=10.1.\n")


def test_what_is_missing_is_named_and_the_page_is_written(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy, page = tmp_path / "cdktf.out", tmp_path / "conformance.md"
    shutil.copytree(output, copy)
    file = copy / "stacks" / "prod-network" / "cdk.tf.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    document["resource"]["aws_vpc"]["vpc"]["cidr_block"] = "10.9.0.0/16"
    file.write_text(json.dumps(document), encoding="utf-8")
    assert run(copy, page) == EXIT_NOT_MET
    out = capsys.readouterr().out
    assert '3.1/1   VPC (10.0.0.0/16)   prod-network: aws_vpc.vpc: cidr_block must be "10.0.0.0/16", not' in out
    assert "is written" not in out
    assert page.is_file()


def test_json_that_a_check_cannot_read_is_not_met(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy, page = tmp_path / "cdktf.out", tmp_path / "conformance.md"
    shutil.copytree(output, copy)
    file = copy / "stacks" / "prod-service" / "cdk.tf.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    for alarm in document["resource"]["aws_cloudwatch_metric_alarm"].values():
        if "metric_query" in alarm:
            alarm["metric_query"].append({"metric": "x"})
    file.write_text(json.dumps(document), encoding="utf-8")
    assert run(copy, page) == EXIT_NOT_MET
    assert "prod: the check cannot read the JSON (" in capsys.readouterr().out


def test_without_synthesized_json_it_says_how_to_get_some(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "conformance.md"
    assert run(tmp_path / "none", page) == EXIT_BAD_INPUT
    assert capsys.readouterr().err.splitlines()[-1] == "Run `make synth` first."
    assert not page.exists()


def test_an_environment_that_the_design_does_not_have_is_refused(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(output, tmp_path / "conformance.md", "preview") == EXIT_BAD_INPUT
    assert capsys.readouterr().err.startswith("The design has no environment 'preview'. It has: dev, staging, prod.\n")


def test_an_environment_that_is_not_synthesized_is_named(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy, page = tmp_path / "cdktf.out", tmp_path / "conformance.md"
    shutil.copytree(output, copy)
    manifest = copy / "manifest.json"
    content = json.loads(manifest.read_text(encoding="utf-8"))
    content["stacks"] = {id_: one for id_, one in content["stacks"].items() if not id_.startswith("staging-")}
    manifest.write_text(json.dumps(content), encoding="utf-8")
    assert run(copy, page) == EXIT_BAD_INPUT
    error = capsys.readouterr().err
    assert error.startswith("The synthesized output has no environment 'staging'. It has: dev, prod.\n")
    assert not page.exists()


def test_a_page_that_is_a_folder_is_an_error_of_one_line(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(output, tmp_path) == EXIT_BAD_INPUT
    assert f"{tmp_path} cannot be written: Is a directory.\n" in capsys.readouterr().err
