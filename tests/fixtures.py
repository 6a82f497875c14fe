"""Environments that belong to the tests, and copies of the program: what a user writes changes none of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from config.load import load_environment
from main import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from config.environment import Environment

FOLDER: Final = Path(__file__).parent / "environments"
ENVIRONMENTS: Final = ("dev", "staging", "prod")
"""The environments of the design document; `minimal/` has a folder and tests of its own."""


def fixture_environment(name: str) -> Environment:
    """One of the environments in tests/environments/."""
    return load_environment(name, folder=FOLDER)


def with_public_origin(environment: Environment) -> Environment:
    """The environment as `public`, whose CloudFront reaches a public load balancer."""
    assert environment.edge
    edge = environment.edge.model_copy(update={"origin": "public"})
    return environment.model_copy(update={"name": "public", "edge": edge})


def copy_program(folder: Path, *others: str) -> None:
    """Copy the program, which a test may change there, with these environments as the user's.

    Args:
        folder: Where to; it exists.
        others: Files and folders that are copied too.
    """
    packages = {path.parent.name for path in ROOT.glob("[a-z]*/__init__.py")} - {"tests"}
    for name in ("main.py", "cdktf.json", *sorted(packages), *others):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder)
    (folder / "environments").mkdir()
    for name in ("project", *ENVIRONMENTS):
        shutil.copy(FOLDER / f"{name}.toml", folder / "environments")


def run_python(
    folder: Path, *arguments: str, environment: Mapping[str, str] | None = None, timeout_seconds: int = 120
) -> subprocess.CompletedProcess[str]:
    """Run Python with these arguments in a copy of the program.

    Args:
        folder: The copy.
        arguments: Those of Python.
        environment: Variables in addition to those of this process.
        timeout_seconds: How long it may take.
    """
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout_seconds,
    )
