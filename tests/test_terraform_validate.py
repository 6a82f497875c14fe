"""Terraform and the real provider accept every stack of every environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runner.__main__ import main
from tests.fixtures import ENVIRONMENTS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.terraform
@pytest.mark.seconds(30)
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_terraform_validates_every_stack(
    output: Path, environment: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["validate", "--env", environment, "--output", str(output)]) == 0
