"""Resource addresses are a contract: Terraform destroys what changes its address and creates it again.

One list per stack, under `tests/addresses/`. `make snapshot` accepts new addresses and those that are gone. It does not
accept that one became another: that needs a `moved` block, and the message has the lines of it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tests.renames import Stack, accepted, renames

if TYPE_CHECKING:
    from tests.renames import Addresses
    from tests.template import Template

FOLDER = Path(__file__).with_name("addresses")


def test_no_address_changes_by_accident(stacks: dict[str, Template]) -> None:
    listed = {path.stem: path.read_text(encoding="utf-8").splitlines() for path in FOLDER.glob("*.txt")}
    emitted = {name: read(stack) for name, stack in stacks.items()}
    never_applied = os.environ.get("NEVER_APPLIED", "").split()
    found = renames(listed, emitted, never_applied=never_applied)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        _write(accepted(listed, emitted, found))
        listed = {name: list(stack.addresses) for name, stack in emitted.items()}
    assert not found, "\n\n".join(["", *map(str, found)])
    addresses = {name: stack.addresses for name, stack in emitted.items()}
    assert addresses == listed, "addresses differ; if that is meant, run 'make snapshot' and read the diff"


def read(stack: Template) -> Stack:
    identity = stack.document["//"]["metadata"]
    blocks = stack.document.get("moved", [])
    moved = {block["from"]: block["to"] for block in blocks}
    return Stack(identity["environment"], identity["name"], stack.addresses, moved)


def _write(addresses: Addresses) -> None:
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.txt"):
        path.unlink()
    for name, lines in addresses.items():
        (FOLDER / f"{name}.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
