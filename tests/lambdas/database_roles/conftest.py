from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from emulator.databases.postgres_binaries import find_binaries, major_version, readable_by_server
from tests.lambdas.database_roles.platform import Platform, open_platform

if TYPE_CHECKING:
    from collections.abc import Iterator

_OLDEST = 13


def _servers() -> dict[str, Path]:
    """Each major version that this machine has."""
    debian = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    found = {major_version(path): readable_by_server(path) for path in (*debian, find_binaries())}
    return {str(version): path for version, path in sorted(found.items()) if version >= _OLDEST}


# The version of the environments in each run of the tests, others only in the long one.
SERVERS = [
    pytest.param(path, id=version, marks=() if path == find_binaries() else pytest.mark.emulator)
    for version, path in _servers().items()
]


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    with open_platform(tmp_path) as opened:
        yield opened


@pytest.fixture
def applied(platform: Platform) -> Platform:
    platform.call("apply")
    return platform


@pytest.fixture(scope="module", params=SERVERS)
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """One platform of each version for all tests of a file, which leave the roles as they are."""
    folder = tmp_path_factory.mktemp("shared")
    with open_platform(folder, binaries=request.param) as opened:
        opened.call("apply")
        yield opened
