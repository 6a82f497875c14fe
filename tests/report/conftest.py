"""The environments of the tests, as the page reads them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import pytest

from report.boxes import Map, read_map
from report.page import render_page
from report.site import Site, read_site
from synthesis.manifest import Stack, of_environment, read_stacks

if TYPE_CHECKING:
    from pathlib import Path

TODAY: Final = date(2026, 1, 1)


@pytest.fixture(scope="session")
def emitted(output: Path) -> dict[str, Stack]:
    """All stacks by id."""
    return read_stacks(output)


@pytest.fixture(scope="session")
def of_name(emitted: dict[str, Stack]) -> dict[str, list[Stack]]:
    """The stacks of each environment."""
    return {name: list(of_environment(emitted, name).values()) for name in ("dev", "staging", "prod")}


@pytest.fixture(scope="session")
def maps(of_name: dict[str, list[Stack]]) -> dict[str, Map]:
    """The boxes of each environment."""
    return {name: read_map(stacks) for name, stacks in of_name.items()}


@pytest.fixture(scope="session")
def site(emitted: dict[str, Stack]) -> Site:
    """All that the page shows."""
    return read_site(emitted, TODAY)


@pytest.fixture(scope="session")
def text(site: Site) -> str:
    """The page."""
    return render_page(site)
