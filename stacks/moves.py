"""Resources that have another address now: `moves.toml` names both, and each stack gets the `moved` blocks of its own.

https://developer.hashicorp.com/terraform/language/block/moved
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cdktf import TerraformResource

from config.errors import ConfigError, Problem
from config.toml import parse_table, placing, read_text
from stacks.base import LayerStack

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cdktf import App

FILE: Final = Path(__file__).with_name("moves.toml")
_KEYS: Final = ("stack", "from", "to")
_ADDRESS: Final = re.compile(r"aws_\w+\.[\w-]+")


@dataclass(frozen=True, kw_only=True)
class Move:
    """One resource that was at an address, and is at another one now."""

    stack: str
    """The stack's name within its environment."""
    origin: str
    target: str


@cache
def load_moves(file: Path = FILE) -> tuple[Move, ...]:
    """The list.

    Raises:
        ConfigError: The file cannot be read, an entry is not a move, or two entries move the same address.
    """
    text = read_text(file)
    with placing(text, file=file):
        return _parse(text, file)


def _parse(text: str, file: Path) -> tuple[Move, ...]:
    table = parse_table(text, file=file)
    entries = table.get("moved", ())
    problems = [Problem(key=key, allowed="is not a valid key; use [[moved]]") for key in table if key != "moved"]
    problems += _problems(entries)
    if problems:
        raise ConfigError(*problems, file=file)
    return tuple(Move(stack=each["stack"], origin=each["from"], target=each["to"]) for each in entries)


def _problems(entries: Any) -> Iterable[Problem]:  # noqa: ANN401 - TOML
    if not isinstance(entries, tuple) or not all(isinstance(each, dict) for each in entries):
        yield Problem(key="moved", allowed="must be tables [[moved]], each with stack, from and to")
        return
    seen = set()
    for index, entry in enumerate(entries):
        place = f"moved[{index}]"
        if set(entry) != set(_KEYS) or not all(isinstance(value, str) for value in entry.values()):
            yield Problem(key=place, allowed="must have stack, from and to, each a text in quotes")
            continue
        for key in ("from", "to"):
            if not _ADDRESS.fullmatch(entry[key]):
                allowed = "is not a valid address of a resource, like aws_s3_bucket.files"
                yield Problem(key=f"{place}.{key}", value=entry[key], allowed=allowed)
        if entry["from"].partition(".")[0] != entry["to"].partition(".")[0]:
            yield Problem(key=f"{place}.to", value=entry["to"], allowed="must have the type of `from`")
        if (entry["stack"], entry["from"]) in seen:
            yield Problem(key=f"{place}.from", value=entry["from"], allowed="is moved by an entry before; keep one")
        seen.add((entry["stack"], entry["from"]))


def emit_all_moves(app: App, environment: str) -> None:
    """Give every stack of an environment its `moved` blocks.

    Raises:
        ConfigError: The list is not valid.
    """
    moves = load_moves()
    if not moves:  # to look for the resources of a stack takes time
        return
    for stack in app.node.children:
        if isinstance(stack, LayerStack) and stack.config.name == environment:
            emit_moves(stack, moves)


def emit_moves(stack: LayerStack, moves: Sequence[Move]) -> None:
    """Give a stack its `moved` blocks.

    A block whose way ends at no resource of the stack is left out: the settings leave that part of the platform out.
    """
    own = {move.origin: move.target for move in moves if move.stack == stack.name}
    if not own:
        return
    addresses = {
        f"{one.terraform_resource_type}.{one.friendly_unique_id}"
        for one in stack.node.find_all()
        if isinstance(one, TerraformResource)
    }
    blocks = [{"from": origin, "to": own[origin]} for origin in own if _end(origin, own) in addresses]
    if blocks:
        stack.add_override("moved", blocks)


def _end(address: str, moves: dict[str, str]) -> str:
    """Where several moves after each other lead."""
    seen = {address}
    while address in moves and moves[address] not in seen:
        address = moves[address]
        seen.add(address)
    return address
