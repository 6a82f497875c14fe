"""A file is written as a whole or not at all."""

from __future__ import annotations

import errno
import os
import resource
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from console.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def full() -> Iterator[None]:
    """A disk that takes eight bytes of each file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("before", [None, "before"])
def test_what_was_there_stays_where_the_disk_is_full(tmp_path: Path, before: str | None) -> None:
    file = tmp_path / "page.md"
    if before:
        file.write_text(before, encoding="utf-8")
    with pytest.raises(OSError, match=r"page\.md"):
        write_whole(file, "a text that is too long")
    assert [path.name for path in tmp_path.iterdir()] == (["page.md"] if before else [])
    assert not before or file.read_text(encoding="utf-8") == before


def test_a_link_stays_and_its_target_is_written(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("target")
    write_whole(tmp_path / "link", "é")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == "é".encode()


def test_permissions_stay_and_new_ones_are_those_of_the_shell(tmp_path: Path) -> None:
    old, new, secret = (tmp_path / name for name in ("old", "new", "secret"))
    old.touch(mode=0o640)
    before = os.umask(0o027)
    try:
        write_whole(old, "")
        write_whole(new, "")
        write_whole(secret, "", private=True)
    finally:
        os.umask(before)
    assert [stat.S_IMODE(file.stat().st_mode) for file in (old, new, secret)] == [0o640, 0o640, 0o600]


def test_a_pipe_gets_the_text(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_whole(pipe, "text")
    assert os.read(reading, 100) == b"text"
    os.close(reading)


def test_an_inherited_pipe_gets_the_text_by_the_name_of_its_descriptor() -> None:
    """As in `make compliance SARIF=/dev/stdout | less`: the link leads to a name that is not there."""
    reading, writing = os.pipe()
    try:
        write_whole(Path(f"/dev/fd/{writing}"), "text")
        assert os.read(reading, 100) == b"text"
    finally:
        os.close(reading)
        os.close(writing)


def test_a_file_in_a_folder_where_nothing_can_be_made_is_written_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("a longer text", encoding="utf-8")

    def refuse(*_: object) -> int:
        raise OSError(errno.EACCES, "denied")

    monkeypatch.setattr("console.files.os.open", refuse)
    write_whole(tmp_path / "file", "text")
    monkeypatch.undo()
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["text"]


def test_a_file_that_is_a_mount_point_is_written_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EBUSY, "busy")

    (tmp_path / "file").write_text("a longer text", encoding="utf-8")
    monkeypatch.setattr(Path, "replace", refuse)
    write_whole(tmp_path / "file", "text")
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["text"]


@pytest.mark.parametrize("links", [("a", "b")])
def test_links_in_a_circle_are_an_error_of_the_file(tmp_path: Path, links: tuple[str, str]) -> None:
    one, other = (tmp_path / name for name in links)
    one.symlink_to(other)
    other.symlink_to(one)
    with pytest.raises(OSError, match=str(one)):
        write_whole(one, "")
