"""The HCL of every environment: formatted, complete, and valid for the real provider."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from hcl.names import named
from hcl.write import ADDRESSES, write
from runner import actions, environment, executable
from runner.processes import Processes
from runner.progress import ProgressDisplay
from runner.results import Status
from runner.session import open_session
from synthesis.manifest import Stack, of_environment, read_stacks
from tests.fixtures import ENVIRONMENTS

if TYPE_CHECKING:
    from pathlib import Path

    from hcl.write import Rendered

MANAGED: Final = ("resource", "data", "ephemeral")
LINE: Final = re.compile(r'^(resource|data|ephemeral) "([\w-]+)" "([\w-]+)" \{', re.MULTILINE)
REMOTE: Final = ("data", "terraform_remote_state")


def in_json(stacks: dict[str, Stack]) -> dict[str, list[tuple[str, ...]]]:
    return {id_: sorted(key for key in named(stack.document) if key[0] in MANAGED) for id_, stack in stacks.items()}


def in_hcl(folder: Path) -> list[tuple[str, ...]]:
    return sorted(key for file in folder.glob("*.tf") for key in LINE.findall(file.read_text(encoding="utf-8")))


def validate(stacks: dict[str, Stack], root: Path) -> None:
    session = open_session(
        stacks,
        stacks,
        root=root,
        environ=os.environ,
        processes=Processes(),
        progress=ProgressDisplay(sys.stdout, sys.stderr, live=False, width=30),
        answers=sys.stdin,
    )
    assert {result.status for result in actions.validate(session)} == {Status.VALID}


@pytest.mark.terraform
@pytest.mark.seconds(40)
@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_every_stack_and_their_graph_are_formatted_complete_and_valid(output: Path, name: str, tmp_path: Path) -> None:
    (rendered,) = write(output, [name], to=tmp_path / "hcl")
    stacks = of_environment(read_stacks(output), name)

    terraform = executable.find(os.environ)
    check = [*terraform.command, f"-chdir={tmp_path / 'hcl'}", "fmt", "-check", "-recursive"]
    done = subprocess.run(check, cwd=terraform.cwd, env=environment.build(os.environ), capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"")

    expected = in_json(stacks)
    assert {id_: in_hcl(folder) for id_, folder in rendered.stacks.items()} == expected
    assert rendered.resources == sum(map(len, expected.values()))
    assert_graph_is_complete(rendered, expected)

    # Each graph has every resource of its environment. Backends and outputs are only in the stacks' own files: those of
    # prod are validated here, those of a small environment are planned in test_way_out_on_emulator.py.
    as_hcl = {id_: replace(stack, folder=rendered.stacks[id_]) for id_, stack in stacks.items() if name == "prod"}
    first = next(iter(stacks.values()))
    graph = {**first.document, "provider": {}}  # several configurations: Terraform starts the provider itself
    validate({**as_hcl, name: Stack(id=name, folder=rendered.folder, document=graph)}, tmp_path)


def assert_graph_is_complete(rendered: Rendered, expected: dict[str, list[tuple[str, ...]]]) -> None:
    """Every resource of the stacks is in it once, and of the remote states none."""
    wanted = sorted(
        (id_, ".".join(key).removeprefix("resource."))
        for id_, keys in expected.items()
        for key in keys
        if key[:2] != REMOTE
    )
    assert sorted((origin.stack, origin.address) for origin in rendered.addresses.values()) == wanted
    assert sorted(".".join(key).removeprefix("resource.") for key in in_hcl(rendered.folder)) == sorted(
        rendered.addresses
    )
    texts = "".join(file.read_text(encoding="utf-8") for file in rendered.folder.glob("*.tf"))
    assert "terraform_remote_state" not in texts
    assert 'backend "' not in texts
    written = json.loads((rendered.folder / ADDRESSES).read_text(encoding="utf-8"))
    assert written == {address: {"stack": o.stack, "address": o.address} for address, o in rendered.addresses.items()}
