"""Every page of the documentation, and what its `sh` blocks may start."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from main import ROOT
from tests.markdown import DOCUMENTS

RUNBOOKS: Final = tuple(sorted((ROOT / "docs" / "runbooks").rglob("*.md")))
"""The pages that `make runbooks` renders."""
PAGES: Final = tuple(page for page in DOCUMENTS if page not in RUNBOOKS)
"""The pages that people write, wherever they are."""
PROGRAMS: Final = {
    *(
        ".venv/bin/python",
        "aws",
        "base64",
        "cat",
        "cd",
        "curl",
        "date",
        "dig",
        "docker",
        "echo",
        "export",
        "git",
        "grep",
        "jq",
        "ls",
        "make",
    ),
    *("mktemp", "mongosh", "psql", "python", "read", "rm", "sed", "sleep", "terraform", "xargs"),
}
"""What a reader is expected to have."""
TERRAFORM: Final = {
    "apply": {"refresh-only", "target"},
    "force-unlock": {"force"},
    "import": set(),
    "init": {"backend", "migrate-state", "reconfigure", "upgrade"},
    "output": {"json", "raw", "state"},
    "plan": {"detailed-exitcode", "out", "refresh", "refresh-only", "replace", "target"},
    "providers lock": {"platform"},
    "show": {"json"},
    "state list": {"state"},
    "state pull": set(),
    "state push": {"force"},
    "state rm": set(),
    "state show": {"state"},
    "validate": set(),
}
"""Commands of Terraform with those of their options that pages use: https://developer.hashicorp.com/terraform/cli/commands."""


@cache
def targets() -> frozenset[str]:
    """The targets of the Makefile."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return frozenset(re.findall(r"^([a-z][a-z-]*):", text, flags=re.MULTILINE))


@cache
def variables() -> frozenset[str]:
    """The variables that a person may set for `make`."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return frozenset(re.findall(r"^([A-Z_]+) (?:\?=|:=)", text, flags=re.MULTILINE))


def wrong_with(words: tuple[str, ...]) -> str:
    """What is wrong with a command of `make` or Terraform, or with another program; empty if nothing is."""
    program, *rest = words
    if program not in PROGRAMS:
        return f"{program} is not a program that pages use"
    if program == "make":
        named = [word for word in rest if "=" not in word]
        given = {word.partition("=")[0] for word in rest if "=" in word}
        unknown = sorted((set(named) - targets()) | (given - variables()))
        return f"the Makefile has no {unknown[0]}" if unknown else ""
    if program == "terraform":
        return _wrong_with_terraform(rest)
    return ""


def _wrong_with_terraform(words: list[str]) -> str:
    names = [word for word in words if not word.startswith("-")]
    command = next((one for one in TERRAFORM if names[: one.count(" ") + 1] == one.split()), "")
    if not command:
        return f"terraform has no command {' '.join(names[:2])}"
    options = {word.lstrip("-").partition("=")[0] for word in words if word.startswith("-")}
    unknown = sorted(options - TERRAFORM[command])
    return f"terraform {command} has no option -{unknown[0]}" if unknown else ""
