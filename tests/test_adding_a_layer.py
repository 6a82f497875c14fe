"""docs/adding-a-layer.md is true: its example is applied to a copy of the project as the page says, and checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import indent
from typing import TYPE_CHECKING

from main import ROOT
from synthesis.manifest import read_stacks
from tests.fixtures import copy_program, run_python

if TYPE_CHECKING:
    from pathlib import Path

PAGE = ROOT / "docs" / "adding-a-layer.md"
LAYER = "jobs"
MOST_PLACES = 6
NEW_FILE, AT_THE_END = "a new file", "at the end, after an empty line"
CHECKED_IN_COPY = (
    "docs",
    "tests",
    "Makefile",
    "README.md",
    "pyproject.toml",
)
QUICK = "not terraform and not stock and not emulator"

_TITLE = re.compile(r"^## (?=\d+\. )(.+)$", flags=re.MULTILINE)
_BLOCK = re.compile(r"^\*\*`([^`\n]+)`\*\*, ([^\n]+):\n\n```\w+\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
_BESIDE_LINE = re.compile(r"(before|after) the line (``?)(.+?)\2( and an empty line)?")


@dataclass(frozen=True)
class Block:
    """Code of the page, and where it says to put it."""

    file: str
    place: str
    code: str

    def apply(self, project: Path) -> None:
        file = project / self.file
        if self.place == NEW_FILE:
            assert not file.exists(), f"{self.file} is not a new file"
            file.parent.mkdir(exist_ok=True)
            file.write_text(self.code, encoding="utf-8")
            return
        assert file.is_file(), f"{self.file} does not exist"
        text = file.read_text(encoding="utf-8")
        file.write_text(self._inserted(text), encoding="utf-8")

    def _inserted(self, text: str) -> str:
        if self.place == AT_THE_END:
            return f"{text}\n{self.code}"
        place = _BESIDE_LINE.fullmatch(self.place)
        assert place, f'{self.file}: "{self.place}" is not a place; say where its code goes'
        side, line, gap = place[1], place[3], "\n" if place[4] else ""
        found = re.findall(rf"^([ \t]*){re.escape(line)}\n", text, flags=re.MULTILINE)
        assert len(found) == 1, f"{self.file} has {len(found)} lines {line!r}, wanted one; name another line"
        there = f"{found[0]}{line}\n"
        code = indent(self.code, found[0])
        return text.replace(there, f"{code}{gap}{there}" if side == "before" else f"{there}{gap}{code}")


def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def sections() -> dict[str, list[Block]]:
    """The blocks of each place, by the title of its section."""
    parts = _TITLE.split(page())[1:]
    return {
        title: [Block(*found) for found in _BLOCK.findall(text)]
        for title, text in zip(parts[::2], parts[1::2], strict=True)
    }


def follow(project: Path) -> None:
    """Do what the page says, in its order."""
    for blocks in sections().values():
        for block in blocks:
            block.apply(project)


def guards() -> list[str]:
    """The files of tests that the page's last table names."""
    return re.findall(r"^\| `(tests/[a-z_/]+\.py)`", page(), flags=re.MULTILINE)


def failed_tests(project: Path, *files: str, **environment: str) -> set[str]:
    """Names of the tests of these files that fail there."""
    done = run_python(project, "-m", "pytest", "-p", "no:cacheprovider", "-m", QUICK, *files, environment=environment)
    assert " passed" in done.stdout, done.stdout + done.stderr
    return set(re.findall(r"^(?:FAILED|ERROR) [\w/.]+::(\S+)", done.stdout, flags=re.MULTILINE))


def test_there_are_at_most_six_places_and_each_block_is_at_one() -> None:
    found = sections()
    assert 0 < len(found) <= MOST_PLACES
    assert sum(map(len, found.values())) == page().count("\n```\n\n"), "a block has no title that says where it goes"
    for title, blocks in found.items():
        names = [name.replace("*", "dev") for name in re.findall("`([^`]+)`", title)]
        used = {name for name in names for block in blocks if block.file == name or block.file.startswith(name)}
        assert used == set(names), title


def test_what_the_page_names_is_there(tmp_path: Path) -> None:
    copy_program(tmp_path, *CHECKED_IN_COPY)
    follow(tmp_path)
    names = set(re.findall(r"`([a-z_]+(?:/[a-z_-]+)*(?:/|\.py|\.toml|\.md))`", page()))
    assert len(names) > 20
    assert [name for name in sorted(names) if not (tmp_path / name).exists()] == []
    targets = re.findall(r"^([a-z-]+):", (tmp_path / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert set(re.findall(r"`make ([a-z-]+)", page())) <= set(targets)


def test_the_layer_is_synthesized_and_passes_the_rules(tmp_path: Path) -> None:
    copy_program(tmp_path, "README.md")
    follow(tmp_path)
    made = run_python(tmp_path, "main.py", "dev")
    assert made.returncode == 0, made.stderr
    stack = read_stacks(tmp_path / "cdktf.out")[f"dev-{LAYER}"]
    assert {"dev-state", "dev-notifications"} <= set(stack.dependencies)
    assert sorted(resource.kind for resource in stack.all()) == [
        "aws_cloudwatch_metric_alarm",
        "aws_kms_alias",
        "aws_kms_key",
        "aws_sqs_queue",
        "aws_sqs_queue",
    ]
    assert set(stack.document["output"]) == {"queue_url"}
    checked = run_python(tmp_path, "-m", "compliance")
    assert checked.returncode == 0, checked.stdout
    for command in (("check",), ("format", "--check")):
        style = run_python(tmp_path, "-m", "ruff", *command, "--config", str(ROOT / "pyproject.toml"), "--no-cache")
        assert style.returncode == 0, style.stdout


def test_its_alarm_without_receivers_is_refused_in_one_line(tmp_path: Path) -> None:
    copy_program(tmp_path, "README.md")
    follow(tmp_path)
    file = tmp_path / "environments" / "dev.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r"\[notifications\.\w+\]\nemails = .+\n", "", text), encoding="utf-8")
    refused = run_python(tmp_path, "main.py", "dev")
    assert refused.returncode == 2
    expected = r"environments/dev\.toml:\d+:1: jobs: has an alarm, and there is no \[notifications\] for it; add"
    assert re.search(expected, refused.stderr)
