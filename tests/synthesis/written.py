"""A small version of what synthesis writes, for the tests of the output folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from synthesis.manifest import read_stacks
from synthesis.output import replacing

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, environment: str, *layers: str, resources: int = 1) -> None:
    """A small version of what cdktf writes."""
    stacks = {}
    for layer in layers:
        name = f"{environment}-{layer}"
        path = folder / "stacks" / name
        path.mkdir(parents=True)
        document: dict[str, object] = {
            "//": {"metadata": {"environment": environment, "layer": layer}},
            "resource": {"aws_vpc": {f"v{i}": {} for i in range(resources)}},
        }
        (path / "cdk.tf.json").write_text(json.dumps(document), encoding="utf-8")
        stacks[name] = {"name": name, "workingDirectory": f"stacks/{name}"}
    (folder / "manifest.json").write_text(json.dumps({"version": "0", "stacks": stacks}), encoding="utf-8")


def synthesize(output: Path, environment: str, *layers: str, resources: int = 1) -> None:
    with replacing(output, environments=(environment,)) as folder:
        write(folder, environment, *layers, resources=resources)


def names(output: Path) -> list[str]:
    return list(read_stacks(output))


def counts(output: Path) -> dict[str, int]:
    """Resources by stack."""
    return {id_: sum(1 for _ in stack.all()) for id_, stack in read_stacks(output).items()}


def tree(folder: Path) -> dict[str, str]:
    """Everything below a folder, links as links."""
    return {
        str(path.relative_to(folder)): f"-> {path.readlink()}"
        if path.is_symlink()
        else path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


def put(path: Path, text: str = "mine") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
