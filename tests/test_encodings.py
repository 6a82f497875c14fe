"""No program depends on the locale of the shell: what it reads, writes and hears from others is UTF-8."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from main import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

ELSEWHERE = {"tests", "lambdas", "canaries", "build_steps", "templates"}
"""They run where the locale is known: in the tests, on AWS."""


def of_the_locale(text: str) -> Iterator[int]:
    """The lines of calls that decode by the locale."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        called, named = ast.unparse(node.func), {each.arg for each in node.keywords}
        decodes = ("text" in named and "subprocess" in called) or (called.endswith(".read_text") and not node.args)
        if (decodes or called.endswith(".write_text")) and "encoding" not in named and None not in named:
            yield node.lineno


def test_the_scan_finds_each_kind() -> None:
    lines = ["subprocess.run(x, text=True)", "p.read_text()", "p.write_text(x)", "read_text(p)", "run(x, text=True)"]
    assert [*of_the_locale("\n".join(lines))] == [1, 2, 3]
    assert not [*of_the_locale('p.read_text(encoding="utf-8")\nsubprocess.run(x, text=True, encoding="utf-8")')]


def test_every_call_says_its_encoding() -> None:
    folders = [path.parent for path in ROOT.glob("*/__init__.py") if path.parent.name not in ELSEWHERE]
    files = [ROOT / "main.py", *(file for folder in folders for file in folder.rglob("*.py"))]
    # The program of the idle container is started by the Python of its image.
    checked = [file for file in files if file != ROOT / "modules" / "service" / "idle_program.py"]
    assert not [
        f"{file.relative_to(ROOT)}:{line}"
        for file in checked
        for line in of_the_locale(file.read_text(encoding="utf-8"))
    ]
