from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from build_steps import inputs
from build_steps.commands import StepError

if TYPE_CHECKING:
    from pathlib import Path


def test_the_variable_of_an_image_is_that_of_its_service() -> None:
    assert inputs.image_variable("back-end") == "BACK_END_IMAGE"


def test_inputs_without_a_build_are_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("CODEBUILD_SRC_DIR")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CODEBUILD_SRC_DIR", str(tmp_path))
    with pytest.raises(StepError, match=r"^no input has a build\.json; the builds of the services must be inputs"):
        inputs.builds()


def test_a_build_without_its_fields_is_reported(tmp_path: Path) -> None:
    (tmp_path / "build.json").write_text('{"service": "backend"}')
    with pytest.raises(
        StepError, match=r"build\.json is not a valid description of a build .*'commit'.*run the build again"
    ):
        inputs.read_build(tmp_path)
