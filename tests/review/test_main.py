"""The commands of the workflows: a line and the status 2 for each input that cannot be read or written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from review.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_SERVER_URL", "GITHUB_SHA", "ENVIRONMENT"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("ENVIRONMENTS", json.dumps([{"environment": "dev"}]))


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(list(arguments)) == 2
    ended = capsys.readouterr()
    assert ended.out == ""
    return ended.err


def test_environments_without_synthesized_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = refused(capsys, "environments", "--output", str(tmp_path))
    assert told == f"There is no {tmp_path}/manifest.json.\nRun `make synth` first.\n"


def test_a_folder_without_saved_plans(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = refused(capsys, "judge", "--env", "dev", "--plans", str(tmp_path), "--file", str(tmp_path / "dev.json"))
    assert "has no saved plans; `python -m runner plan --env ENV --save" in told


def test_reviews_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "results.json").write_text("{}")
    told = refused(capsys, "judge", "--env", "dev", "--plans", str(tmp_path), "--file", str(tmp_path))
    assert told == f"{tmp_path}: cannot be written: Is a directory; name a file in a folder that exists\n"


def test_a_summary_that_cannot_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    assert "cannot be written: Is a directory" in refused(capsys, "summary", "--reviews", str(tmp_path))


@pytest.mark.parametrize("text", ["[", "1", "[1]", "[{}]", "{}x"])
def test_a_matrix_of_environments_that_is_not_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("ENVIRONMENTS", text)
    told = refused(capsys, "changed", "--reviews", str(tmp_path))
    assert told == "The variable ENVIRONMENTS must be the matrix that `python -m review environments` prints.\n"


@pytest.mark.parametrize("text", ["[", "{}", '{"stacks": [1]}', "[" * 100_000])
def test_a_review_that_is_not_one(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    (tmp_path / "dev.json").write_text(text)
    assert refused(capsys, "changed", "--reviews", str(tmp_path)).startswith(f"{tmp_path}/dev.json: ")


@pytest.mark.parametrize("command", ["seal", "unseal"])
def test_plans_that_are_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("PLAN_KEY", "a" * 64)
    none = str(tmp_path / "none")
    assert refused(capsys, command, "--plans", none, "--file", none).count("\n") == 1


def test_the_number_of_a_pull_request_that_is_not_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULL_REQUEST", "#12")
    told = refused(capsys, "comment", "--reviews", str(tmp_path))
    assert told == "The variable PULL_REQUEST must be the number of a pull request, like 12, not '#12'.\n"


@pytest.mark.parametrize("text", ["[" * 50_000, "[]", '{"dev-data": {}}', '{"dev-data": null}'])
def test_a_list_of_saved_plans_that_is_not_one(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    (tmp_path / "results.json").write_text(text)
    told = refused(capsys, "judge", "--env", "dev", "--plans", str(tmp_path), "--file", str(tmp_path / "dev.json"))
    assert "has no saved plans; `python -m runner plan --env ENV --save" in told


def test_a_review_that_is_not_one_says_how_to_write_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "dev.json").write_text('{"stacks": 5}')
    told = refused(capsys, "changed", "--reviews", str(tmp_path))
    assert told.startswith(f"{tmp_path / 'dev.json'}: is not the review of plans (TypeError: ")
    assert told.endswith("write it again with `python -m review judge`\n")
