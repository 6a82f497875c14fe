"""Every document of the project, wherever it is: what the tests of links and of commands read."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path
from typing import Final

from main import ROOT

_LEFT_OUT: Final = {"cdktf.out", "node_modules"}
"""Folders of what programs write; those of tools (`.venv`, `.terraform-work`) begin with a dot."""
_FENCE: Final = re.compile(r"^ *(```|~~~).*?^ *\1 *$", flags=re.DOTALL | re.MULTILINE)
_CODE: Final = re.compile(r"`[^`\n]*`")
_LINK: Final = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")


def documents() -> list[Path]:
    """All Markdown files, but for those in folders that programs write."""
    found = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [
            name for name in folders if name not in _LEFT_OUT and (not name.startswith(".") or name == ".github")
        ]
        found += [Path(folder) / name for name in files if name.endswith(".md")]
    return sorted(found)


DOCUMENTS: Final = tuple(documents())
README: Final = ROOT / "README.md"


def name_of(document: Path) -> str:
    """Its path from the root: `docs/state.md`."""
    return document.relative_to(ROOT).as_posix()


def prose(document: Path) -> str:
    """Its text without the blocks of code."""
    return _FENCE.sub("", document.read_text(encoding="utf-8"))


def links(document: Path) -> list[tuple[str, str]]:
    """The relative links: a path, empty for the document itself, and an anchor, empty for the whole file."""
    return [(target, anchor) for target, anchor in _LINK.findall(_CODE.sub("", prose(document)))]


def anchors(document: Path) -> set[str]:
    """The anchors of the headings, as GitHub makes them: https://docs.github.com/en/get-started/writing-on-github."""
    found: Counter[str] = Counter()
    for heading in re.findall(r"^#+ (.+)$", prose(document), flags=re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        found[re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")] += 1
    return {f"{anchor}-{again}" if again else anchor for anchor, times in found.items() for again in range(times)}


def check_written(document: Path, mark: str, text: str) -> None:
    """Compare what stands between the marks of a document with what the code makes of it now.

    Args:
        document: It has a line `<!-- MARK: make snapshot -->`, and after it a line `<!-- end of MARK -->`.
        mark: The name of the marks.
        text: What must be between them; `make snapshot` writes it.
    """
    start, end = f"<!-- {mark}: make snapshot -->\n", f"<!-- end of {mark} -->\n"
    found = document.read_text(encoding="utf-8")
    before, has_start, rest = found.partition(start)
    _, has_end, after = rest.partition(end)
    assert has_start, f"{name_of(document)} has no line {start.strip()}"
    assert has_end, f"{name_of(document)} has no line {end.strip()}"
    wanted = f"{before}{start}\n{text}\n\n{end}{after}"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        document.write_text(wanted, encoding="utf-8")
    else:
        assert found == wanted, f"{name_of(document)}: {mark} differs; run 'make snapshot' and read the diff"
