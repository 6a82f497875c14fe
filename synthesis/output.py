"""Replaces the output folder in one step: a run that fails leaves the last good output unchanged.

The new tree is written beside the old one and replaces it by two renames. Two things are kept from the old tree:

- the stacks of environments that this run did not synthesize, so that `make synth ENV=prod` keeps dev's;
- what other programs put beside a stack's JSON (`.terraform`, a lock file, a plan), as long as the stack exists.
"""

from __future__ import annotations

import fcntl
import json
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from synthesis.manifest import MANIFEST, STACK_FILE, OutputError, read_stacks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_STACKS: Final = "stacks"


@contextmanager
def replacing(folder: Path, *, environments: tuple[str, ...]) -> Iterator[Path]:
    """Yield an empty folder to synthesize into; it becomes `folder` when the block ends without an error.

    Args:
        folder: The output folder, which need not exist.
        environments: The environments of this run; the stacks of all others are kept.
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


def _keep_other_environments(folder: Path, fresh: Path, environments: tuple[str, ...]) -> None:
    """Copy the stacks of environments that this run did not synthesize; unreadable output is not kept."""
    try:
        kept = {id_: stack for id_, stack in read_stacks(folder).items() if stack.environment not in environments}
        entries = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["stacks"]
    except OutputError:
        return
    if not kept:
        return
    for id_, stack in kept.items():
        target = fresh / _STACKS / id_
        target.mkdir(parents=True)
        shutil.copy2(stack.folder / STACK_FILE, target)
    manifest = json.loads((fresh / MANIFEST).read_text(encoding="utf-8"))
    manifest["stacks"] = {id_: entries[id_] for id_ in kept} | manifest["stacks"]
    (fresh / MANIFEST).write_text(json.dumps(manifest, indent=2), encoding="utf-8")


def _finish_interrupted_swap(folder: Path, old: Path) -> None:
    """Finish a swap, whatever its step when it stopped."""
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
    # Two runs in one checkout would mix their output, so the second one waits.
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
