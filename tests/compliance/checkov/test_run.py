"""How checkov is started, and how each of its ends is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from compliance.checkov.run import CheckovError, Failed, run
from tests.compliance.checkov.programs import answering, program

if TYPE_CHECKING:
    from pathlib import Path


def test_what_a_check_found_wrong_counts_and_the_rest_is_told_apart(tmp_path: Path) -> None:
    scan = {
        "resources": ["aws_a.a", "aws_b.b", "aws_c.c"],
        "results": [
            ["CKV_AWS_1", "aws_a.a", "PASSED"],
            ["CKV_AWS_1", "aws_a.a", "FAILED"],
            ["CKV_AWS_2", "aws_a.a", "UNKNOWN"],
            ["CKV_AWS_2", "aws_b.b", "UNKNOWN"],
            ["CKV_AWS_2", "aws_b.b", "PASSED"],
        ],
    }
    (found,) = run([tmp_path], python=answering(tmp_path, scan)).scans
    assert found.failed == (Failed("CKV_AWS_1", "aws_a.a"),)
    assert (found.passed, found.undecided, found.untouched) == (1, 1, 1)
    assert found.passed_checks == {"CKV_AWS_2"}


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "Traceback (most recent call last):",
        "[]",
        "null",
        '{"scans": []}',
        '{"version": "1", "checks": {}, "scans": []}',
        '{"version": "1", "checks": {}, "scans": [{}]}',
        '{"version": "1", "checks": [], "scans": [{"resources": [], "unreadable": [], "results": [], "crashes": []}]}',
        '{"version": "1", "checks": {}, "scans": [{"resources": 5, "unreadable": [], "results": [], "crashes": []}]}',
        "[" * 100_000,
    ],
    ids=lambda answer: answer[:40],
)
def test_an_answer_that_is_not_its_report_is_one_plain_line(tmp_path: Path, answer: str) -> None:
    (tmp_path / "answer").write_text(answer, encoding="utf-8")
    with pytest.raises(CheckovError, match=r"\Acheckov answered something that is not its report\.\nRun `make"):
        run([tmp_path], python=program(tmp_path, f"cat {tmp_path}/answer"))


def test_a_verdict_that_is_not_known_is_not_counted_as_passed(tmp_path: Path) -> None:
    scan = {"resources": ["aws_a.a"], "results": [["CKV_AWS_1", "aws_a.a", "PERHAPS"]]}
    with pytest.raises(CheckovError, match="not its report"):
        run([tmp_path], python=answering(tmp_path, scan))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("kill -9 $$", "checkov was stopped by SIGKILL before it had checked everything"),
        ("echo first >&2; echo 'ImportError: no x' >&2; exit 3", "checkov failed with status 3: ImportError: no x"),
        ("exit 1", "checkov failed with status 1: it printed nothing"),
        ("exec sleep 60", "checkov did not end within 0.2 seconds"),
    ],
)
def test_an_end_before_the_answer_says_how_it_ended(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(CheckovError, match=message):
        run([tmp_path], python=program(tmp_path, line), seconds=0.2 if "sleep" in line else 60)


def test_without_checkov_the_message_says_what_installs_it(tmp_path: Path) -> None:
    with pytest.raises(CheckovError, match=r"There is no checkov: .* is missing\.\nRun `make compliance`"):
        run([tmp_path], python=tmp_path / "none")


def test_a_python_that_cannot_be_started_is_reported(tmp_path: Path) -> None:
    file = program(tmp_path)
    file.chmod(0o644)
    file.write_text("", encoding="utf-8")
    with pytest.raises(CheckovError, match="checkov cannot be started: Permission denied"):
        run([tmp_path], python=file)


def test_no_key_and_no_option_of_the_shell_reaches_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BC_API_KEY", "CKV_SKIP_CHECK", "LOG_LEVEL", "PYTHONPATH", "AWS_SECRET_ACCESS_KEY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "x")
    whole = answering(tmp_path, {}).read_text(encoding="utf-8").splitlines()[1]
    run([tmp_path], python=program(tmp_path, f"env > {tmp_path}/variables", whole))
    lines = (tmp_path / "variables").read_text(encoding="utf-8").splitlines()
    names = {line.partition("=")[0] for line in lines} - {"_", "PWD", "SHLVL", "OLDPWD"}
    assert names <= {"PATH", "LANG", "LC_ALL", "TMPDIR", "HOME", "PYTHONIOENCODING"}
