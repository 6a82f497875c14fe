"""Setup fills the caches, or says at once why it cannot."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from main import ROOT
from synthesis import fast_start

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("answers", "reason"),
    [("", "its answer is not JSON"), ('{"hello":"@jsii/runtime@0.0.1"}', "")],
    ids=["nothing", "another version"],
)
def test_a_load_that_fails_ends_the_setup_at_once(tmp_path: Path, answers: str, reason: str) -> None:
    """The wait for the indexes is three minutes: nothing writes them if Node could not load the bindings."""
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\necho '{answers}'\nexit 3\n", encoding="utf-8")
    node.chmod(0o755)
    start = time.monotonic()
    result = subprocess.run(
        [sys.executable, "-m", "synthesis.fast_start.warm"],
        cwd=ROOT,
        env=os.environ | {"JSII_NODE": str(node), fast_start.CACHE_VARIABLE: str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert result.returncode == 1, result.stderr
    assert f"{node} cannot load the bindings: {reason}" in result.stderr
    assert "Traceback" not in result.stderr
    assert time.monotonic() - start < 60
