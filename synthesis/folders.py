"""Which folders a program may replace: only what it made itself, never a folder that holds anything else."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from synthesis.manifest import MANIFEST, METADATA, STACK_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable

CHECKOUT: Final = Path(__file__).resolve().parents[1]
STACKS: Final = "stacks"
HCL: Final = "hcl"
"""Where `make hcl` writes, unless it is told another place; a synthesis keeps it."""

REPORTS: Final = "reports"
"""Where `make compliance` writes, unless it is told another place; a synthesis keeps it."""

LAMBDAS: Final = "lambdas"
WRITTEN: Final = frozenset({STACK_FILE, LAMBDAS})
"""What synthesis writes into a stack's folder."""

CODE: Final = (".zip", ".zip.new")
"""The ends of the names of what synthesis writes into LAMBDAS; other files there are kept."""

_FINDER: Final = ".DS_Store"  # how macOS shows the folder
_RESERVED: Final = (".git", ".venv", ".bootstrap", "environments")
_SHOWN: Final = 3


def reason_to_keep(folder: Path) -> str | None:
    """Why a resolved folder must not be replaced whatever it holds; None if its content decides."""
    if folder == CHECKOUT or folder in CHECKOUT.parents:
        return "is the checkout, or a folder that the checkout is in"
    if any(folder.is_relative_to(CHECKOUT / name) for name in _RESERVED):
        return "belongs to the checkout"
    home = Path(os.path.realpath(os.path.expanduser("~")))  # noqa: PTH111 (Path raises where there is none)
    if folder == home or folder in home.parents:
        return "is your home folder, or a folder that it is in"
    current = Path(os.path.realpath(Path.cwd()))
    if folder == current or folder in current.parents:
        return "is the current folder, or a folder that it is in"
    return _unusable_path(folder)


def _unusable_path(folder: Path) -> str | None:
    if any("\udc80" <= character <= "\udcff" for character in str(folder)):
        return "has a path that is not UTF-8"  # Python has a surrogate for each such byte, and Node none
    for parent in folder.parents:
        if (parent / STACKS).is_dir() and _is_manifest(parent / MANIFEST, is_ours=True):
            return f"is in another output folder ({parent})"
    return None


def foreign_entries(folder: Path, known: Iterable[str]) -> list[str]:
    """Names in a folder, without those that its program writes."""
    return sorted({entry.name for entry in folder.iterdir()} - {*known, _FINDER})


def listed(names: list[str]) -> str:
    """The first of these names, for a message."""
    return ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")


def foreign_in_output(folder: Path, *, known: Iterable[str] = ()) -> str | None:
    """What a folder holds that no synthesis wrote, as the end of "it ..."; None if it is an output folder, or empty.

    Other programs may have put files into `stacks/`, `hcl/` and `reports/` and below: they are not looked at, because
    they are kept.

    Args:
        folder: The folder, which exists.
        known: Further names that may be there.
    """
    if foreign := foreign_entries(folder, {MANIFEST, STACKS, HCL, REPORTS, *known}):
        return f"holds files that synthesis did not write ({listed(foreign)})"
    manifest, stacks = folder / MANIFEST, folder / STACKS
    if stacks.is_symlink() or (stacks.exists() and not stacks.is_dir()):
        return f"has a {STACKS} that is not a folder"
    folders = [entry for entry in stacks.iterdir() if _holds_stack(entry)] if stacks.exists() else []
    is_ours = bool(folders) and all(map(_is_written_here, folders))
    if manifest.exists() or manifest.is_symlink():
        if _is_manifest(manifest, is_ours=is_ours):
            others = sorted(entry.name for entry in folders if not _is_written_here(entry))
            return f"holds the stacks of another program ({listed(others)})" if others else None
        return f"has a {MANIFEST} of another program"
    if stacks.exists() and not is_ours and not is_unfinished_output(folder, known=known):
        return f"holds files that synthesis did not write ({STACKS})"
    return None


def is_unfinished_output(folder: Path, *, known: Iterable[str] = ()) -> bool:
    """Whether a folder holds nothing but what a synthesis had written, or not yet deleted, when it was stopped.

    Args:
        folder: The folder.
        known: Further names that may be there, or in the folder of a stack.
    """
    if folder.is_symlink() or not folder.is_dir() or foreign_entries(folder, {MANIFEST, STACKS, *known}):
        return False
    stacks = folder / STACKS
    return not stacks.exists() or all(_is_unfinished_stack(entry, {*known}) for entry in stacks.iterdir())


def _is_unfinished_stack(folder: Path, known: set[str]) -> bool:
    if folder.is_symlink() or not folder.is_dir() or foreign_entries(folder, {*WRITTEN, staged(STACK_FILE), *known}):
        return False
    code = folder / LAMBDAS
    return not code.exists() or all(entry.name.endswith(CODE) for entry in code.iterdir())


def staged(name: str) -> str:
    """The name of a file until it replaces the one of that name."""
    return f".{name}.new"


def _holds_stack(entry: Path) -> bool:
    return not entry.is_symlink() and (entry / STACK_FILE).exists()


def _is_written_here(folder: Path) -> bool:
    """Whether this program wrote the stack; a file that cannot be parsed has the benefit of its name."""
    try:
        document = json.loads((folder / STACK_FILE).read_text(encoding="utf-8"))
    except ValueError:
        return True
    for key in METADATA.split("."):
        document = document.get(key) if isinstance(document, dict) else None
    return isinstance(document, dict) and {"environment", "layer"} <= document.keys()


def _is_manifest(path: Path, *, is_ours: bool) -> bool:
    """Whether it is a manifest of cdktf; one that cannot be parsed is, if the stacks beside it are of this program."""
    if path.is_symlink() or not path.is_file():
        return False
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return is_ours
    stacks = content.get("stacks") if isinstance(content, dict) else None
    return isinstance(stacks, dict) and all(
        isinstance(entry, dict) and entry.get("workingDirectory") == f"{STACKS}/{id_}" and Path(id_).name == id_ != ".."
        for id_, entry in stacks.items()
    )
