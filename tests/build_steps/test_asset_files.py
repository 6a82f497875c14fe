from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from build_steps.asset_files import Asset, read_assets, version
from build_steps.commands import StepError

if TYPE_CHECKING:
    from pathlib import Path


def asset(path: str) -> Asset:
    return Asset(path=path, size=1, sha256="0")


@pytest.mark.parametrize(
    "path",
    [
        "index-BxYz12aB.js",  # Vite
        "index-D4f_9kQz.css",
        "assets/my-long-page-Cq8-Zk2x.js",
        "Bx-Yz12a/chunk-Bx-Yz12a.js",  # a hash with a hyphen
        "main.0a1b2c3d.chunk.css",  # webpack
        "787.a1b2c3d4e5f60718.js",
        "media/logo.6ce24c58023cc2f8fd88fe9d219db6c6.svg",
        "main-3KFQ7ZLW.js.map",  # esbuild
    ],
)
def test_a_name_with_a_hash_is_found(path: str) -> None:
    assert asset(path).is_hashed()


@pytest.mark.parametrize(
    "path",
    [
        "robots.txt",
        "service-worker.js",
        "some-component.js",
        "my.component-library.js",
        "IMG-20240101.jpg",
        "logo-Version2.png",
        "Summary-2024.pdf",
        "report-Summary-2024.pdf",
        "jquery-3.7.1.min.js",
        "0a1b2c3d/plain.js",  # the folder's name is not the file's
        "page-BxYz12aB.html",  # a page has none, whatever it looks like
    ],
)
def test_another_name_is_not_taken_for_one(path: str) -> None:
    assert not asset(path).is_hashed()


def test_patterns_decide_where_there_are_any() -> None:
    assert asset("assets/plain.js").is_hashed(["assets/*"])
    assert not asset("index-BxYz12aB.js").is_hashed(["assets/*"])
    assert not asset("assets/index.html").is_hashed(["assets/*"])


def test_files_are_read_with_their_folders(tmp_path: Path) -> None:
    (tmp_path / "a b").mkdir()
    (tmp_path / "a b" / "c.txt").write_text("x")
    (found,) = read_assets(tmp_path)
    assert (found.path, found.size) == ("a b/c.txt", 1)


def test_an_empty_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(StepError, match="has no file in its folder for static files; check ASSETS_PATH"):
        read_assets(tmp_path)


def test_the_version_is_that_of_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    first = version(read_assets(tmp_path))
    assert version(read_assets(tmp_path)) == first
    (tmp_path / "a").write_text("2")
    second = version(read_assets(tmp_path))
    (tmp_path / "a").rename(tmp_path / "b")
    assert len({first, second, version(read_assets(tmp_path))}) == 3
