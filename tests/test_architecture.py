"""docs/architecture.md says what imports what, and says it right."""

from __future__ import annotations

import ast
import re
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Final

import pytest

from main import ROOT

if TYPE_CHECKING:
    from pathlib import Path

_ROW: Final = re.compile(r"^\| `(\w+)/?(?:\.py)?` \| .* \| (.*) \|$", re.MULTILINE)
_IN_WORDS: Final = {"acceptance", "emulator"}
"""What they import is told in words."""
PAGE: Final = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PACKAGES: Final = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}


def module_of(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


FILES: Final = {module_of(file): file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))}


def imported(name: str) -> set[str]:
    """The modules of this program that a module imports, but for types."""
    tree = ast.parse(FILES[name].read_text(encoding="utf-8"))
    typing = [node for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)]
    of_types = {id(each) for node in typing for each in ast.walk(node)}
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and id(node) not in of_types:
            inner = {f"{node.module}.{each.name}" for each in node.names} & FILES.keys()
            found |= inner or {node.module}
        elif isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
    return found & FILES.keys()


def test_the_table_has_what_each_folder_imports() -> None:
    used: dict[str, set[str]] = {package: set() for package in PACKAGES}
    for name in FILES:
        package = name.partition(".")[0]
        used[package] |= {each.partition(".")[0] for each in imported(name)} - {package}
    rows = {name: set(re.findall(r"`(\w+)/`", told)) for name, told in _ROW.findall(PAGE)}
    listed = {name: told for name, told in rows.items() if name in PACKAGES - _IN_WORDS}
    assert listed == {name: used[name] for name in listed}
    assert PACKAGES - rows.keys() == {"benchmark", "build_steps", "canaries", "lambdas", "templates"}


def test_no_file_imports_one_that_imports_it() -> None:
    try:
        TopologicalSorter({name: imported(name) for name in FILES}).prepare()
    except CycleError as error:
        pytest.fail(f"a ring of imports: {' -> '.join(error.args[1])}")
