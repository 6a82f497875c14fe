"""Resource addresses are a contract: Terraform destroys what changes its address and creates it again.

One list per stack, under `tests/addresses/`. A change on purpose is accepted by `make snapshot`; on an environment
that is in use it also needs a `moved` block.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.template import Template

FOLDER = Path(__file__).with_name("addresses")


def test_no_address_changes_by_accident(stacks: dict[str, Template]) -> None:
    listed = {path.stem: path.read_text(encoding="utf-8").splitlines() for path in FOLDER.glob("*.txt")}
    emitted = {name: stack.addresses for name, stack in stacks.items()}
    if os.environ.get("UPDATE_SNAPSHOTS"):
        _write(emitted)
        return
    assert emitted == listed, "addresses differ; if that is meant, run 'make snapshot' and read the diff"


def _write(addresses: dict[str, list[str]]) -> None:
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.txt"):
        path.unlink()
    for name, lines in addresses.items():
        (FOLDER / f"{name}.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
