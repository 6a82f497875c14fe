"""Each layer is in the files of its name, in the README's table, and depends on the layer with its state."""

from __future__ import annotations

import importlib
import pkgutil
import re
from typing import TYPE_CHECKING

import pytest

import stacks as stacks_package
from main import ROOT
from stacks.base import LayerStack
from synthesis.manifest import read_stacks

if TYPE_CHECKING:
    from pathlib import Path

NOT_LAYERS = {"base", "compose", "delivery_source", "moves", "service_traffic", "standby", "standby_data"}
"""What all layers share, what puts them in order, moves them or repeats them, and parts of large ones."""
FILES = sorted(found.name for found in pkgutil.iter_modules(stacks_package.__path__) if found.name not in NOT_LAYERS)
LAYERS = [name for name in FILES if "_" not in name]
"""A layer with many stacks has more files, like `recovery_drills.py`, beside the one with its name."""


@pytest.mark.parametrize("file", FILES)
def test_the_file_of_a_layer_has_its_stacks_and_no_others(file: str) -> None:
    module = importlib.import_module(f"stacks.{file}")
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, LayerStack) and value.__module__ == module.__name__
    ]
    layer = file.partition("_")[0]
    message = f'stacks/{file}.py needs a LayerStack with layer = "{layer}", and none of another layer'
    assert {value.layer for value in found} == {layer}, message


def test_the_readme_has_a_row_for_each_layer() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = text.partition("| layer | holds |")[2].partition("\n\n")[0]
    rows = sorted(re.findall(r"^\| `([a-z]+)` \|", table, flags=re.MULTILINE))
    assert rows == LAYERS, "each layer needs a row in README.md's table of layers: | `layer` | what it holds |"


def test_every_layer_is_in_an_environment_of_the_tests(output: Path) -> None:
    found = sorted({stack.layer for stack in read_stacks(output).values()})
    assert found == LAYERS, (
        "add the layer's table to a file in tests/environments/ and its stack to stacks/compose.py: "
        "what no environment of the tests has, no test checks"
    )


def test_every_stack_depends_on_the_stack_with_its_state(output: Path) -> None:
    for stack in read_stacks(output).values():
        if stack.layer != "state":
            assert f"{stack.environment}-state" in stack.dependencies, f"{stack.id}: pass state=state to LayerStack"


def test_every_stack_is_in_the_region_of_its_metadata(output: Path) -> None:
    for stack in read_stacks(output).values():
        main = next(provider for provider in stack.providers if "alias" not in provider)
        assert main["region"] == stack.region
