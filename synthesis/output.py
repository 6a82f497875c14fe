"""The output folder, replaced in one step: a run that fails leaves the last good one as it was.

The new tree is written beside the old one and takes its place by two renames. Two things survive from the old tree:

- the stacks of environments that this run did not synthesize, so that `make synth ENV=prod` keeps dev's;
- what others put beside a stack's JSON (Terraform's `.terraform`, its lock file, a plan), as long as the stack exists.
"""

from __future__ import annotations

import fcntl
import json
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MANIFEST: Final = "manifest.json"
STACK_FILE: Final = "cdk.tf.json"
_STACKS: Final = "stacks"


@dataclass(frozen=True, kw_only=True)
class StackFile:
    """One stack as it stands in the output folder."""

    name: str
    path: Path
    resources: int


@contextmanager
def replacing(folder: Path, *, environments: tuple[str, ...]) -> Iterator[Path]:
    """Give an empty folder to synthesize into; it becomes `folder` when the block ends without an error.

    Args:
        folder: The output folder, which need not exist.
        environments: Those this run synthesizes; the stacks of all others are kept.
    """
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh, old = (folder.with_name(f".{folder.name}.{part}") for part in ("new", "old"))
    with _lock(folder.with_name(f".{folder.name}.lock")):
        _finish_interrupted_swap(folder, old)
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        try:
            yield fresh
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        _keep_other_environments(folder, fresh, environments)
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
        _finish_interrupted_swap(folder, old)


def stack_files(folder: Path) -> list[StackFile]:
    """The stacks of an output folder, in the manifest's order, which is the order of apply."""
    return [
        StackFile(name=name, path=path, resources=_count_resources(path))
        for name, entry in _stacks(folder).items()
        for path in [folder / str(entry["synthesizedStackPath"])]
    ]


def _count_resources(path: Path) -> int:
    document = json.loads(path.read_text(encoding="utf-8"))
    return sum(len(instances) for instances in document.get("resource", {}).values())


def _stacks(folder: Path) -> dict[str, dict[str, object]]:
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return {}
    stacks: dict[str, dict[str, object]] = json.loads(manifest.read_text(encoding="utf-8"))["stacks"]
    return stacks


def _keep_other_environments(folder: Path, fresh: Path, environments: tuple[str, ...]) -> None:
    kept = {
        name: entry
        for name, entry in _stacks(folder).items()
        if name.rpartition("-")[0] not in environments and (folder / _STACKS / name / STACK_FILE).is_file()
    }
    if not kept:
        return
    for name in kept:
        target = fresh / _STACKS / name
        target.mkdir(parents=True)
        shutil.copy2(folder / _STACKS / name / STACK_FILE, target)
    manifest = json.loads((fresh / MANIFEST).read_text(encoding="utf-8"))
    manifest["stacks"] = kept | manifest["stacks"]
    (fresh / MANIFEST).write_text(json.dumps(manifest, indent=2), encoding="utf-8")


def _finish_interrupted_swap(folder: Path, old: Path) -> None:
    """Bring `old` to its end, wherever a swap was when it stopped."""
    if not old.exists():
        return
    if not folder.exists():  # stopped between the two renames
        old.rename(folder)
        return
    for stack in (old / _STACKS).glob("*"):
        target = folder / _STACKS / stack.name
        if not target.is_dir():
            continue
        for entry in stack.iterdir():
            if not (target / entry.name).exists():
                entry.rename(target / entry.name)
    shutil.rmtree(old)


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    # Two syntheses of one checkout would merge into each other's output: the second waits.
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
