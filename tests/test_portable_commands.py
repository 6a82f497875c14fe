"""The commands of the pages and the Makefile run on macOS too, whose tools are those of BSD, with bash 3.2 and zsh."""

from __future__ import annotations

import re
from typing import Final

import pytest

from main import ROOT
from tests.makefile import targets
from tests.markdown import DOCUMENTS
from tests.shell_commands import blocks, commands, commands_of

GNU_OPTIONS: Final = {
    "sed": r"-[a-zA-Z]*[irsz]|--.+",  # -i takes an argument there
    "date": r"-d|-[a-zA-Z]*I.*|--.+",
    "grep": r"-[a-zA-Z]*P.*|--perl-regexp",
    "readlink": r"-f|--.+",
    "stat": r"-c.*|--.+",
    "mktemp": r"-p|--.+",
    "find": r"-printf|-regextype|-quit|--.+",
    "xargs": r"-[dra].*|--.+",
    "base64": r"-w.*|--.+",
    "sort": r"-[a-zA-Z]*V|--.+",
    "head": r"-n-.+|-n -.+|--.+",
    "cp": r"--.+",
    "rm": r"--.+",
    "ls": r"--.+",
    "read": r"-[a-zA-Z]*[pnN].*",  # -p is a coprocess in zsh, -n is not there
}
"""By program, the options that only GNU's has: https://man.freebsd.org/cgi/man.cgi?manpath=macOS+14.3.1"""

GNU_PROGRAMS: Final = {
    "timeout",
    "nproc",
    "sha256sum",
    "md5sum",
    "tac",
    "shuf",
    "numfmt",
    "realpath",
    "setsid",
    "flock",
}
NEWER_BASH: Final = re.compile(r"declare -A|\bmapfile\b|\breadarray\b|\$\{\w+(,,|\^\^|@)|\|&|&>>|\$\{\w+: -")
"""What bash 3.2 does not know: https://tiswww.case.edu/php/chet/bash/NEWS"""


def problems(text: str) -> list[str]:
    """What in a block runs with GNU's tools or a newer bash only."""
    found = [match[0] for match in NEWER_BASH.finditer(text)]
    for command in commands_of(text):
        options = GNU_OPTIONS.get(command.program)
        wrong = [word for word in command.words[1:] if options and re.fullmatch(options, word)]
        found += [str(command)] if wrong or command.program in GNU_PROGRAMS else []
    return found


@pytest.mark.parametrize(
    "block",
    [
        "sed -i s/a/b/ file",
        "date -d yesterday +%F",
        "A=$(date -u --iso-8601)",
        "grep -oP 'a' file",
        "aws s3 ls | xargs -r rm",
        "readlink -f file",
        "echo a | timeout 5 cat",
        "echo ${NAME,,}",
        "read -p Name: NAME",
    ],
)
def test_what_macos_does_not_have_is_found(block: str) -> None:
    assert len(problems(block)) == 1


@pytest.mark.parametrize(
    "block", ["sed -n 's/a/b/p' file", "date -u +%s", "grep -Eo a file", "mktemp -d", "read -rs VALUE", "xargs -n 1 a"]
)
def test_what_it_has_is_not(block: str) -> None:
    assert problems(block) == []


def test_the_pages_have_nothing_that_macos_does_not_have() -> None:
    found = {
        document.relative_to(ROOT).as_posix(): wrong
        for document in DOCUMENTS
        if (wrong := [one for block in blocks(document.read_text(encoding="utf-8")) for one in problems(block)])
    }
    assert found == {}
    assert any(
        command.program == "mktemp" for document in DOCUMENTS for command in commands(document.read_text("utf-8"))
    )


_OF_MAKE: Final = re.compile(r"(?:^|[\s;|(@!])(?P<program>[a-z0-9]+) (?P<rest>(?:-\S+ )+)")


def test_the_makefile_has_nothing_that_macos_does_not_have() -> None:
    """Its recipes are no blocks of a shell before make has read them, so their words are looked at one by one."""
    recipes = "\n".join(target.recipe for target in targets().values())
    found = [
        f"{match['program']} {word}"
        for match in _OF_MAKE.finditer(recipes)
        for word in match["rest"].split()
        if re.fullmatch(GNU_OPTIONS.get(match["program"], r"(?!)"), word)
    ]
    assert found == []
    assert {"sed", "grep", "find", "rm"} <= set(re.findall(r"[a-z]+", recipes))
    assert not GNU_PROGRAMS & set(re.findall(r"(?:^|[\s;|(@!])([a-z0-9]+)(?= )", recipes))
    assert NEWER_BASH.search(recipes) is None
