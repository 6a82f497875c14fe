"""A move of the list becomes a `moved` block of its stack, and a mistake in the list is told in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket

from config.errors import ConfigError
from stacks.moves import FILE, Move, emit_moves, load_moves
from stacks.state import StateStack
from tests.fixtures import fixture_environment
from tests.template import Template, new_app

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = '[[moved]]\nstack = "state"\nfrom = "aws_s3_bucket.old"\nto = "aws_s3_bucket.now"\n'


def moved(*moves: Move) -> list[dict[str, str]]:
    stack = StateStack(new_app(), config=fixture_environment("dev"))
    bucket = S3Bucket(stack, "now", bucket="any")
    bucket.move_from_id("aws_s3_bucket.by-hand")
    emit_moves(stack, moves)
    blocks: list[dict[str, str]] = Template.of(stack).document["moved"]
    return blocks[1:]


def move(origin: str, target: str, *, stack: str = "state") -> Move:
    return Move(stack=stack, origin=f"aws_s3_bucket.{origin}", target=f"aws_s3_bucket.{target}")


@pytest.mark.seconds(5)
def test_each_move_of_the_stack_is_a_block_beside_those_of_its_constructs() -> None:
    assert moved(move("old", "now")) == [{"from": "aws_s3_bucket.old", "to": "aws_s3_bucket.now"}]
    assert moved(move("old", "now", stack="data")) == []
    assert moved(move("old", "nowhere")) == []
    assert len(moved(move("oldest", "old"), move("old", "now"))) == 2
    assert moved(move("a", "b"), move("b", "a")) == []


def test_the_list_can_be_read() -> None:
    assert isinstance(load_moves(FILE), tuple)


def test_an_entry_is_a_move(tmp_path: Path) -> None:
    file = tmp_path / "moves.toml"
    file.write_text(ENTRY, encoding="utf-8")
    assert load_moves(file) == (move("old", "now"),)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[moved]]\nstack = "state"\n', "must have stack, from and to"),
        ("moved = 1\n", "must be tables"),
        ("moved = ", "is not valid TOML"),
        (ENTRY.replace("[[moved]]", "[[move]]"), r"move: is not a valid key; use \[\[moved\]\]"),
        (ENTRY * 2, "is moved by an entry before"),
        (ENTRY.replace("aws_s3_bucket.now", "now"), "is not a valid address of a resource"),
        (ENTRY.replace("aws_s3_bucket.now", "aws_kms_key.now"), "must have the type of `from`"),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "moves.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=told):
        load_moves(file)
