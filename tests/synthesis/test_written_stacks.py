"""A stack that is written while Python goes on is the stack that would have been written at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from synthesis.fast_start.ahead import OFF_SWITCH
from tests.synthesis.small_program import run, same_folders, stack
from tests.synthesis.written import tree

if TYPE_CHECKING:
    from pathlib import Path

TWO = 'two = TerraformStack(app, "two"); AwsProvider(two, "aws", region="us-east-1"); '
LATER = {
    "another stack": TWO + 'Vpc(two, "vpc", cidr_block="10.2.0.0/16")',
    "a resource in the stack": 'Subnet(stack, "more", vpc_id=vpc.id, cidr_block="10.0.3.0/24")',
    "an override": 'vpc.add_override("tags.more", "yes")',
    "an argument": 'vpc.cidr_block = "10.9.0.0/16"',
    "an aspect": "Aspects.of(app).add(Tagged())",
    "a reference from another stack": TWO + 'Subnet(two, "subnet", vpc_id=vpc.id, cidr_block="10.0.4.0/24")',
    "metadata": 'stack.node.add_metadata("a", "b")',
}


@pytest.mark.parametrize("what", LATER)
def test_what_comes_after_a_stack_is_written_is_in_the_output(what: str, tmp_path: Path) -> None:
    """Where it changes that stack, the run is repeated."""
    line = 'Vpc(stack, "late", cidr_block=Lazy.string_value(Late(lambda _: "10.7.0.0/16")))'
    expected = "ahead" if what == "another stack" else "again"
    (tmp_path / "ahead").mkdir()
    (tmp_path / "waiting").mkdir()
    done = run(tmp_path / "ahead", line, later=LATER[what])
    waiting = run(tmp_path / "waiting", line, later=LATER[what], **{OFF_SWITCH: "1"})

    assert (done.stdout, done.returncode) == (f"{expected}\n", 0), done.stderr
    assert waiting.returncode == 0, waiting.stderr
    assert tree(tmp_path / "ahead" / "out") == tree(tmp_path / "waiting" / "out")


def test_a_lazy_value_is_produced_when_the_stack_is_complete(tmp_path: Path) -> None:
    line = 'Vpc(stack, "late", cidr_block=Lazy.string_value(Late(lambda _: blocks[0])))'
    done = run(tmp_path, f'blocks = []; {line}; blocks.append("10.7.0.0/16")')

    assert (done.stdout, done.returncode) == ("ahead\n", 0), done.stderr
    assert stack(tmp_path)["resource"]["aws_vpc"]["late"]["cidr_block"] == "10.7.0.0/16"


def test_a_lazy_value_that_depends_on_its_place_is_produced_there(tmp_path: Path) -> None:
    line = 'Vpc(stack, "late", cidr_block=Lazy.string_value(Late(lambda context: context.scope.node.id)))'
    done = run(tmp_path, line)

    assert (done.stdout, done.returncode) == ("ahead\n", 0), done.stderr
    assert stack(tmp_path)["resource"]["aws_vpc"]["late"]["cidr_block"] == "stack"


def test_the_error_of_a_lazy_value_is_that_of_the_synthesis(tmp_path: Path) -> None:
    line = 'Vpc(stack, "late", cidr_block=Lazy.string_value(Late(lambda _: 1 // 0)))'
    done = run(tmp_path, line)
    waiting = run(tmp_path, line, **{OFF_SWITCH: "1"})

    assert waiting.returncode == 1
    assert same_folders(done.stderr) == same_folders(waiting.stderr)
    assert "app.synth()" in done.stderr
