"""What the artifact of a build may be for CodeDeploy's action."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest

from build_steps import release_files
from build_steps.commands import StepError

if TYPE_CHECKING:
    from pathlib import Path

TASK = '{"containerDefinitions": [{"name": "api", "image": "<IMAGE1_NAME>"}]}'


@pytest.fixture(autouse=True)
def _bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release_files, "_fetch", lambda _, file: file.write_text(TASK, encoding="utf-8"))


def write(folder: Path, *, blue_green: bool) -> None:
    release_files.write_release_files(
        folder, service="api", bucket="files", image="api@sha256:1", build={}, blue_green=blue_green
    )


def test_files_that_are_too_large_for_the_action_fail_the_build_with_the_largest(tmp_path: Path) -> None:
    (tmp_path / "sbom.json").write_text(secrets.token_hex(3_100_000), encoding="utf-8")
    with pytest.raises(StepError, match=r"reads 3,000,000 or fewer; the largest is sbom.json with 3,\d"):
        write(tmp_path, blue_green=True)
    write(tmp_path, blue_green=False)  # ECS deploys it, by a build that reads any size


def test_what_counts_is_the_size_in_the_zip(tmp_path: Path) -> None:
    (tmp_path / "sbom.json").write_text("a" * 4_000_000, encoding="utf-8")
    write(tmp_path, blue_green=True)
    assert (tmp_path / "build.json").exists()
