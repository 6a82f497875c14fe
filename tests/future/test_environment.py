"""The packages of a lane, and why they cannot be installed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from future import environment
from future.environment import environ, merged_lock, prepare, reason_of
from future.errors import FutureError
from future.lanes import CDKTN, CORE, LANES
from main import ROOT

if TYPE_CHECKING:
    from pathlib import Path

TESTS = """# a comment
cdktf==0.21.0 \\
    --hash=sha256:01
cdktf-cdktf-provider-aws==20.1.0 \\
    --hash=sha256:02
constructs==10.8.1 \\
    --hash=sha256:03
networkx==3.6.1 ; python_full_version < '3.12' \\
    --hash=sha256:04
networkx==3.7 ; python_full_version >= '3.12' \\
    --hash=sha256:05
"""
OWN = """# another
cdktn==0.24.0 \\
    --hash=sha256:06
constructs==10.7.2 \\
    --hash=sha256:07
"""


def test_a_lane_has_its_own_packages_and_all_others_of_the_tests() -> None:
    lines = [line for line in merged_lock(CDKTN, TESTS, OWN).splitlines() if not line.startswith(" ")]
    assert lines == [
        "networkx==3.6.1 ; python_full_version < '3.12' \\",
        "networkx==3.7 ; python_full_version >= '3.12' \\",
        "cdktn==0.24.0 \\",
        "constructs==10.7.2 \\",
    ]
    assert merged_lock(CORE, TESTS, OWN).splitlines()[:2] == TESTS.splitlines()[3:5]
    assert "sha256:03" not in merged_lock(CORE, TESTS, OWN)


def test_a_package_to_leave_out_that_is_not_there_is_reported() -> None:
    with pytest.raises(FutureError, match="does not have cdktf, which the lane core leaves out"):
        merged_lock(CORE, OWN, OWN)


@pytest.mark.parametrize("name", sorted(LANES))
def test_the_locks_of_the_project_make_a_lock_with_hashes_for_each_package(name: str) -> None:
    lane = LANES[name]
    tests, own = ((ROOT / lock).read_text(encoding="utf-8") for lock in (environment.TESTS_LOCK, lane.lock))
    entries = environment._entries(merged_lock(lane, tests, own))  # noqa: SLF001 (what pip would read)
    assert {"cdktn", "constructs", "jsii", "mypy", "pydantic", "pytest"} <= set(entries)
    assert not set(lane.without) & set(entries)
    assert all("--hash=sha256:" in entry for entry in entries.values())


def test_a_python_that_is_too_old_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(environment, "LEAST_PYTHON", (99, 0))
    with pytest.raises(FutureError, match=r"need Python 99.0 or newer; this is 3\.\d+\. Run 'make PYTHON="):
        prepare(CORE, ROOT, tmp_path / "lane")


def test_a_lock_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(FutureError, match=r"requirements/test.lock cannot be read: .* 'make lock' writes it"):
        prepare(CORE, tmp_path, tmp_path / "lane")


def checkout(tmp_path: Path) -> Path:
    (tmp_path / "requirements").mkdir()
    for name, text in ((environment.TESTS_LOCK, TESTS), (environment.FUNCTIONS_LOCK, ""), (CORE.lock, OWN)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("printed", "told"),
    [
        (
            """ERROR: Ignored the following versions that require a different python version: 9 Requires-Python >=3.14
ERROR: No matching distribution found for cdktn""",
            "Requires-Python >=3.14 This is Python 3.",
        ),
        (
            "WARNING: x\nERROR: Could not find a version\nERROR: No matching distribution found for cdktn==0.24.0\n",
            "No matching distribution found for cdktn==0.24.0 Run 'make future' again, or 'make lock'",
        ),
    ],
)
def test_a_lock_that_cannot_be_installed_is_one_line_and_leaves_no_environment_that_seems_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, printed: str, told: str
) -> None:
    program = tmp_path / "python"
    program.write_text(
        f"""#!{sys.executable}
import pathlib, sys
if "venv" in sys.argv:
    target = pathlib.Path(sys.argv[-1]) / "bin"
    target.mkdir(parents=True)
    (target / "python").symlink_to(__file__)
else:
    sys.exit({printed!r})
""",
        encoding="utf-8",
    )
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    folder = tmp_path / "lane"
    for _ in range(2):
        with pytest.raises(FutureError) as caught:
            prepare(CORE, checkout(tmp_path) if not (tmp_path / "requirements").exists() else tmp_path, folder)
        assert told in str(caught.value)
        assert str(caught.value).startswith(f"{CORE.lock}, with what {environment.TESTS_LOCK} has besides, cannot be")
        assert "\n" not in str(caught.value)


def test_an_environment_is_made_once_and_again_when_a_lock_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def call(command: list[str], _what: str, _root: Path) -> None:
        calls.append(command[2])
        (folder / "bin").mkdir(parents=True, exist_ok=True)
        (folder / "bin" / "python").touch()

    monkeypatch.setattr(environment, "_call", call)
    folder, root = tmp_path / "lane", checkout(tmp_path)
    assert prepare(CORE, root, folder) == folder / "bin" / "python"
    assert calls == ["venv", "pip", "pip", "future.relabel"]
    prepare(CORE, root, folder)
    assert len(calls) == 4
    (root / CORE.lock).write_text(OWN.replace("10.7.2", "10.7.3"), encoding="utf-8")
    prepare(CORE, root, folder)
    assert len(calls) == 8


def test_no_module_venv_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/missing/python")
    with pytest.raises(FutureError, match=r"module venv cannot make an environment: .*No such file"):
        prepare(CORE, checkout(tmp_path), tmp_path / "lane")


def test_the_reason_is_the_last_error_or_the_last_line() -> None:
    assert reason_of("a\nb\n\n") == "b"
    assert reason_of("ERROR: one\nnote\n") == "ERROR: one"
    assert reason_of(" \n") == "it printed nothing"


def test_what_would_change_a_lane_is_not_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = ("PYTHONPATH", "PYTEST_ADDOPTS", "JSII_NODE", "CDKTF_OUTDIR", "NODE_OPTIONS", "STOCK_CDKTF", "MAKEFLAGS")
    for name in (*hostile, "HTTPS_PROXY", "TF_CLI_CONFIG_FILE"):
        monkeypatch.setenv(name, "x")
    found = environ()
    assert not set(hostile) & set(found)
    assert {"HTTPS_PROXY", "TF_CLI_CONFIG_FILE", "PATH"} <= set(found)
