"""A `gh` for tests: its `api` works on a file, as GitHub's would on comments, issues and pull requests."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pytest

_ROOT: Final = Path(__file__).parents[2]
_FILE: Final = "FAKE_GITHUB"
BOT: Final = "github-actions[bot]"


def install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put it on the PATH; returns the file that it works on."""
    folder.mkdir(exist_ok=True)
    program = folder / "gh"
    program.write_text(f'#!/bin/sh\nPYTHONPATH={_ROOT} exec {sys.executable} -S -m tests.review.fake_github "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv(_FILE, str(folder / "github.json"))
    monkeypatch.setenv("GH_TOKEN", "a-token")
    write(folder / "github.json", comments=[], issues=[], pulls=[], calls=[])
    return folder / "github.json"


def write(file: Path, **entries: Any) -> None:
    """Set what there is."""
    file.write_text(json.dumps(entries), encoding="utf-8")


def read(file: Path) -> dict[str, Any]:
    """What there is now; `calls` are the calls that changed something."""
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content


def main(arguments: list[str]) -> int:
    """Answer one call."""
    if arguments[:2] == ["auth", "setup-git"]:
        return 0
    assert arguments[:2] == ["api", "--method"], arguments
    method, path = arguments[2], arguments[3]
    file = Path(os.environ[_FILE])
    content = read(file)
    if not os.environ.get("GH_TOKEN"):
        sys.stderr.write("gh: To use GitHub CLI in a workflow, set the GH_TOKEN environment variable.\n")
        return 4
    if content.get("refuses"):
        sys.stderr.write("gh: Resource not accessible by integration (HTTP 403)\n")
        return 1
    kind = _kind(path)
    if method == "GET":
        assert "--paginate" in arguments
        print(json.dumps([_selected(content[kind], path)]))
        return 0
    assert arguments[4:] == ["--input", "-"], arguments
    fields = json.loads(sys.stdin.read())
    if len(fields.get("body", "")) > 65_536:
        sys.stderr.write("gh: Validation Failed: body is too long (maximum is 65536 characters) (HTTP 422)\n")
        return 1
    content["calls"].append(f"{method} {path}")
    if method == "POST":
        number = 1 + sum(len(content[name]) for name in ("comments", "issues", "pulls"))
        entry = {"id": number, "number": number, "state": "open", "user": {"login": BOT}, **fields}
        content[kind].append(entry)
    else:
        number = int(path.rpartition("/")[2])
        (entry,) = (each for each in content[kind] if each["id"] == number)
        entry.update(fields)
    write(file, **content)
    print(json.dumps(entry))
    return 0


def _kind(path: str) -> str:
    found = re.fullmatch(r"repos/[\w.-]+/[\w.-]+/(?:issues/(?:\d+/)?)?(comments|issues|pulls)(?:/\d+)?(?:\?.*)?", path)
    assert found, path
    return found[1]


def _selected(entries: list[dict[str, Any]], path: str) -> list[dict[str, Any]]:
    if "state=open" in path:
        return [entry for entry in entries if entry["state"] == "open"]
    return entries


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
