"""The table of copies in docs/recovery.md is that of the synthesized JSON of prod: `make snapshot` writes it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from main import ROOT
from synthesis.manifest import read_stacks
from tests.recovery_table import table

if TYPE_CHECKING:
    from pathlib import Path

    from config.environment import Environment

PAGE: Final = ROOT / "docs" / "recovery.md"
START: Final = "<!-- copies: make snapshot -->\n"
END: Final = "<!-- end of copies -->\n"


def test_the_page_has_the_copies_of_prod(output: Path, environments: dict[str, Environment]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    assert start
    assert end, f"{PAGE.name} has no table between {START.strip()} and {END.strip()}"
    wanted = f"{before}{START}\n{table(read_stacks(output), environments['prod'])}\n{END}{after}"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        PAGE.write_text(wanted, encoding="utf-8")
    else:
        assert text == wanted, "the copies differ; run 'make snapshot' and read the diff"
