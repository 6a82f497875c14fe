"""What an earlier run left in a stack's folder and this run must not lose, or not obey."""

from __future__ import annotations

import itertools
import shlex
from typing import TYPE_CHECKING, Final

from runner.errors import RunnerError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_UNWRITTEN: Final = "errored.tfstate"
"""Terraform's last resort if it cannot write a state: https://developer.hashicorp.com/terraform/cli/commands/state/push"""


def keep_unwritten_state(config: Path, folder: Path) -> None:
    """Move a state that Terraform could not write out of the working copy, which each run replaces."""
    unwritten = config / _UNWRITTEN
    if unwritten.exists():
        names = itertools.chain([_UNWRITTEN], (f"errored-{number}.tfstate" for number in itertools.count(2)))
        unwritten.rename(next(folder / name for name in names if not (folder / name).exists()))


def require_written_state(folder: Path, push: Sequence[str]) -> None:
    """Refuse to plan while the state in the bucket is older than what exists.

    Args:
        folder: The stack's folder.
        push: The command that writes a state into the backend, without its file.

    Raises:
        RunnerError: There is a state that Terraform could not write.
    """
    for path in sorted(folder.glob("errored*.tfstate")):
        command = shlex.join([f"TF_DATA_DIR={folder / 'data'}", *push, str(path.resolve())])
        message = f"An earlier apply of {folder.name} could not write its state; it is in {path}."
        raise RunnerError(
            message, f"Write it into the bucket, then delete that file and repeat (docs/state.md):\n  {command}"
        )


def forget_workspace(data: Path) -> None:
    """Deselect a workspace: a stack has one state."""
    (data / "environment").unlink(missing_ok=True)
