"""Replaces the output folder in one step: a run that fails leaves the last good output unchanged.

The new tree is written beside the old one and replaces it by two renames; where the folder cannot be renamed, as a
mount point, its files are replaced one by one. Only what a synthesis wrote is ever deleted. These are kept:

- the stacks of environments that this run did not synthesize, so that `make synth ENV=prod` keeps dev's;
- what other programs put beside a stack's JSON (`.terraform`, a lock file, a plan), as long as the stack exists;
- every other file below `stacks/`, in a folder `lambdas` too, and all of `hcl/` and `reports/`, for ever: it may be
  the only copy of a state.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from synthesis.folders import (
    CODE,
    HCL,
    LAMBDAS,
    REPORTS,
    STACKS,
    WRITTEN,
    foreign_in_output,
    is_unfinished_output,
    reason_to_keep,
    staged,
)
from synthesis.manifest import MANIFEST, STACK_FILE, OutputError, read_stacks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_REMEDY: Final = (
    "Nothing was written: name a folder that is absent, is empty or was written by synthesis, like cdktf.out "
    "(--output, or CDKTF_OUTDIR)."
)
_WITHOUT_A_STACK: Final = WRITTEN | {".terraform", ".terraform.lock.hcl", "plan"}
"""What is deleted with its stack: `terraform init` and `terraform plan` make theirs again."""

_NOT_RENAMED: Final = (errno.EBUSY, errno.EXDEV)
"""A mount point, and a folder of another layer of an overlay: https://man7.org/linux/man-pages/man2/rename.2.html"""


def require_replaceable(folder: Path) -> Path:
    """Return the folder that a synthesis would replace: the target, if it is a link.

    Raises:
        OutputError: It must not be replaced: it holds other files, or is not a folder.
    """
    try:
        target = folder.resolve()  # a link stays, and what it points to is replaced
        problem = reason_to_keep(target) or _foreign_at_rest(target)
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle
        raise _unusable(folder, error) from error
    _require_none(problem, folder)
    return target


def _require_none(problem: str | None, folder: Path) -> None:
    if problem:
        message = f"{folder} cannot be the output folder: it {problem}."
        raise OutputError(message, _REMEDY)


def _beside(target: Path, part: str) -> Path:
    return target.parent / f".{target.name}.{part}"


def _foreign_at_rest(target: Path) -> str | None:
    """The same as `_foreign`, but not while another run replaces the folder; it creates no lock."""
    lock = _beside(target, "lock")
    try:
        problem = _foreign(target)
    except FileNotFoundError:
        if not lock.is_file():
            raise
        problem = "changed"
    if problem is None or lock.is_symlink() or not lock.is_file():
        return problem
    with _lock(lock):
        return _foreign(target)


def _foreign(target: Path) -> str | None:
    if not os.path.lexists(target):
        above = next(parent for parent in target.parents if parent.exists())
        return None if above.is_dir() else f"is below a file ({above})"
    if not target.is_dir():
        return "is a file"
    return foreign_in_output(target, known={staged(MANIFEST), *(["lost+found"] if target.is_mount() else [])})


@contextmanager
def replacing(folder: Path, *, environments: tuple[str, ...], keep_others: bool = True) -> Iterator[Path]:
    """Yield an empty folder to synthesize into; it becomes `folder` when the block ends without an error.

    Args:
        folder: The output folder, which need not exist.
        environments: The environments of this run.
        keep_others: Whether the stacks of all other environments are kept.

    Raises:
        OutputError: The folder must not be replaced, or cannot be written; it is then as it was.
    """
    target = require_replaceable(folder)
    fresh, old = _beside(target, "new"), _beside(target, "old")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _lock(_beside(target, "lock")):
            _require_none(_foreign(target), folder)  # another run may have ended meanwhile
            _require_own(fresh, old)
            _finish_interrupted_swap(target, old)
            _delete(fresh)
            fresh.mkdir()
            try:
                yield fresh
                if keep_others:
                    _keep_other_environments(target, fresh, environments)
                _swap(target, fresh, old)
            finally:
                _delete(fresh)
    except OSError as error:
        if error.errno is None:  # not of the operating system
            raise
        raise _unusable(folder, error) from error


def _unusable(folder: Path, error: Exception) -> OutputError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    file = (error.filename2 or error.filename) if isinstance(error, OSError) else None
    place = f" ({file or f'there, or in {tempfile.gettempdir()}'})" if isinstance(error, OSError) else ""
    message = f"{folder} cannot be written: {reason}{place}."
    return OutputError(message, "The output is as it was: correct that, or name another folder with --output.")


def _require_own(fresh: Path, old: Path) -> None:
    if os.path.lexists(fresh) and not is_unfinished_output(fresh):
        raise _name_taken(fresh)
    is_output = old.is_dir() and not old.is_symlink() and not foreign_in_output(old)
    if os.path.lexists(old) and not is_output and not is_unfinished_output(old, known=_WITHOUT_A_STACK):
        raise _name_taken(old)


def _name_taken(path: Path) -> OutputError:
    message = f"{path} holds files that synthesis did not write, and synthesis needs that name."
    return OutputError(message, "Nothing was written: move it away, or name another folder with --output.")


def _swap(target: Path, fresh: Path, old: Path) -> None:
    for entry in (target / STACKS).glob("*"):
        if (entry.is_symlink() or not entry.is_dir()) and (fresh / STACKS / entry.name).exists():
            message = f"{entry} is not a folder, and a stack has that name."
            raise OutputError(message, "The output is as it was: move it away, or name another folder with --output.")
    if target.exists():
        try:
            target.rename(old)
        except OSError as error:
            if error.errno not in _NOT_RENAMED:
                raise
            _replace_contents(target, fresh)
            return
    fresh.rename(target)
    _finish_interrupted_swap(target, old)


def _replace_contents(target: Path, fresh: Path) -> None:
    """Replace file by file: all are written before the first is replaced, and the manifest is the last."""
    before = _stacks_of(target)
    files = sorted(
        (path.relative_to(fresh) for path in fresh.rglob("*") if path.is_file()), key=lambda path: len(path.parts)
    )[::-1]
    made = [path.parent for path in files if not (target / path.parent).exists()]
    replacements = {target / path: (target / path).with_name(staged(path.name)) for path in files}
    try:
        for path in files:
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(fresh / path, replacements[target / path])
        for path, written in replacements.items():
            written.replace(path)
    except BaseException:
        for written in replacements.values():
            written.unlink(missing_ok=True)
        for folder in sorted({target / above for path in made for above in (path, *path.parents)}, reverse=True):
            if folder != target and folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        raise
    for id_ in before:
        if not (fresh / STACKS / id_).exists():
            _remove_stack(target / STACKS / id_)


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
        target = fresh / STACKS / id_
        target.mkdir(parents=True)
        for name in WRITTEN:
            source = stack.folder / name
            if source.is_dir():
                (target / name).mkdir()
                for file in set(source.iterdir()).difference(_kept_code(source)):
                    shutil.copy2(file, target / name)
            elif source.exists():
                shutil.copy2(source, target)
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
    for kept in (old / name for name in (HCL, REPORTS) if os.path.lexists(old / name)):
        _keep(kept, folder / kept.name, old)
    written = _stacks_of(old)
    for entry in sorted((old / STACKS).glob("*")):
        target = folder / STACKS / entry.name
        if entry.is_symlink() or not entry.is_dir() or (entry.name not in written and not target.exists()):
            _keep(entry, target, old)
            continue
        has_stack = (target / STACK_FILE).exists()
        for file in _kept_code(entry / LAMBDAS):
            _keep(file, target / LAMBDAS / file.name, old)
        for file in [file for file in entry.iterdir() if file.name not in WRITTEN]:
            if file.name not in _WITHOUT_A_STACK:
                _keep(file, target / file.name, old)
            elif has_stack and not os.path.lexists(target / file.name):
                file.rename(target / file.name)
    _delete(old)


def _stacks_of(folder: Path) -> set[str]:
    """Ids of the stacks by the manifest; by the folders, if it cannot be read."""
    try:
        return set(json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["stacks"])
    except (OSError, ValueError):
        return {path.parent.name for path in (folder / STACKS).glob(f"*/{STACK_FILE}")}


def _kept_code(folder: Path) -> list[Path]:
    """What synthesis did not write into a stack's folder of code."""
    if folder.is_symlink() or not folder.is_dir():
        return []
    return [entry for entry in folder.iterdir() if entry.is_dir() or not entry.name.endswith(CODE)]


def _keep(entry: Path, target: Path, old: Path) -> None:
    """Move into the new tree what synthesis did not write."""
    if os.path.lexists(target):  # a copy that a person made under that name
        raise _name_taken(old)
    target.parent.mkdir(parents=True, exist_ok=True)
    entry.rename(target)


def _remove_stack(folder: Path) -> None:
    """Delete a stack's folder that has no stack any more, but not the files of others in it."""
    if folder.is_symlink() or not folder.is_dir():
        return
    code = folder / LAMBDAS
    if kept := _kept_code(code):
        for file in set(code.iterdir()).difference(kept):
            _delete(file)
    for name in _WITHOUT_A_STACK - ({LAMBDAS} if kept else set()):
        _delete(folder / name)
    if not any(folder.iterdir()):
        folder.rmdir()


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Two runs in one checkout would mix their output, so the second one waits."""
    # Neither emptied nor followed: a file of that name may belong to another program.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
