"""Environments that belong to the tests: what a user writes into environments/ changes none of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from config.load import load_environment

if TYPE_CHECKING:
    from config.environment import Environment

FOLDER: Final = Path(__file__).parent / "environments"
ENVIRONMENTS: Final = ("dev", "staging", "prod")
"""The environments of the design document; `minimal/` has a folder and tests of its own."""


def fixture_environment(name: str) -> Environment:
    """One of the environments in tests/environments/."""
    return load_environment(name, folder=FOLDER)
