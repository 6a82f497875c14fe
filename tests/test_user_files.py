"""Every file of settings that a person writes has one reader: any editor's encoding is read, or told in one line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from acceptance.findings import read_gaps
from compliance.exceptions import load_exceptions
from compliance.rules import RULES
from config.errors import ConfigError
from config.load import load_environment
from config.project import load_project
from console.errors import ToldError
from main import ROOT
from pricing.free import free_kinds
from pricing.prices import load_prices
from pricing.usage import load_usage
from review.approvals import load_approvals
from stacks.moves import load_moves

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

READERS: Final[dict[str, Callable[[Path], object]]] = {
    "environments/dev.toml": lambda file: load_environment("dev", folder=file.parent, project="acme"),
    "environments/project.toml": lambda file: load_project(file.parent),
    "compliance/exceptions.toml": lambda file: load_exceptions(file, rules={rule.id for rule in RULES}),
    "pricing/usage.toml": load_usage,
    "pricing/prices.toml": load_prices,
    "pricing/free.toml": free_kinds,
    "review/approvals.toml": load_approvals,
    "stacks/moves.toml": load_moves,
    "acceptance/known_gaps.toml": read_gaps,
}
OF_THE_PROGRAM: Final = {"review/controllers.toml", "conformance/clauses.toml"}
"""Lists that belong to the code beside them: a test reads each, and nobody else writes them."""


def copied(name: str, folder: Path, change: Callable[[bytes], bytes]) -> Path:
    file = folder / name.rpartition("/")[2]
    file.write_bytes(change((ROOT / name).read_bytes()))
    return file


def test_each_file_of_settings_has_a_reader_here() -> None:
    folders = [path.parent for path in ROOT.glob("*/__init__.py")] + [ROOT / "environments"]
    found = {file.relative_to(ROOT).as_posix() for folder in folders for file in folder.glob("*.toml")}
    others = {name for name in found if name.startswith(("environments/", "future/", "tests/"))} - READERS.keys()
    assert found - others - OF_THE_PROGRAM == {name for name in READERS if name in found}
    assert READERS.keys() <= found | {"environments/dev.toml"}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    "change",
    [lambda text: b"\xef\xbb\xbf" + text, lambda text: text.replace(b"\n", b"\r\n")],
    ids=["byte order mark", "line ends of Windows"],
)
def test_what_editors_write_is_read(name: str, change: Callable[[bytes], bytes], tmp_path: Path) -> None:
    READERS[name](copied(name, tmp_path, change))


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    ("change", "place", "says"),
    [
        (lambda text: b'# one\nnote = "caf\xe9"\n' + text, "2:12", 'is not UTF-8 text, after `note = "caf`'),
        (lambda text: text.decode().encode("utf-16"), "1:1", "is UTF-16 text; save it as UTF-8"),
        (lambda text: b"# one\nno\x00te = 1\n" + text, "2:3", "is not valid TOML: "),
        (lambda text: b"# one\n\nnote = \n" + text, "3:8", "is not valid TOML: Invalid value: `note =`"),
        (lambda text: text + b'\n[broken\n"', None, "is not valid TOML: "),
        (lambda _: b"= \n", "1:1", "is not valid TOML: "),
    ],
    ids=["Latin-1", "UTF-16", "NUL", "no value", "no end", "no key"],
)
def test_what_cannot_be_read_is_one_line_with_its_place(
    name: str, change: Callable[[bytes], bytes], place: str | None, says: str, tmp_path: Path
) -> None:
    file = copied(name, tmp_path, change)
    with pytest.raises(ToldError) as told:
        READERS[name](file)
    line = str(told.value).splitlines()[0]
    found = re.match(rf"{re.escape(str(file))}:(\d+:\d+): (.*)", line)
    assert found, line
    assert place in {None, found[1]}
    assert found[2].startswith(says)


def test_a_rule_that_is_not_known_has_its_place(tmp_path: Path) -> None:
    file = copied("compliance/exceptions.toml", tmp_path, lambda text: text.replace(b'rule = "', b'rule = "x', 1))
    with pytest.raises(ConfigError, match=r"exceptions\.toml:\d+:\d+: exception\[0\]\.rule = "):
        load_exceptions(file, rules={rule.id for rule in RULES})
