"""Today's code with the names of the fork: its packages, and the types of JavaScript that the fast start knows."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from console import program
from future.errors import FutureError

if TYPE_CHECKING:
    from collections.abc import Sequence

_RENAMED: Final = (".py", ".cjs", ".toml")
_ABOUT_BOTH: Final = ("future/", "tests/future/")
_RULES: Final = (
    (re.compile(r"\bcdktf_cdktf_provider_aws\b"), "cdktn_provider_aws"),
    (re.compile(r"(?m)^(\s*(?:from|import)) cdktf(?=[\s.,])"), r"\1 cdktn"),
    # "cdktf", "cdktf.App" and "cdktf.*", "@cdktf" and "@cdktf/provider-aws."; not "cdktf.json", which the fork reads.
    (re.compile(r"""(["'])(@?)cdktf(?=\1|\.[A-Z*]|/provider-aws)"""), r"\1\2cdktn"),
)


def renamed(text: str) -> str:
    """The text of a file with the fork's names."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


def files_of(root: Path) -> list[str]:
    """All files of a checkout but those that git ignores, committed or not, in alphabetical order.

    Raises:
        FutureError: It is not a checkout.
    """
    listed = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return sorted(name for name in set(listed.split("\0")) if name and (root / name).is_file())


def uncommitted(root: Path) -> list[str]:
    """Files that differ from the commit, or are new."""
    return [line[3:] for line in _git(root, "status", "--porcelain", "--no-renames", "-z").split("\0") if line]


def rename_in_place(root: Path) -> list[str]:
    """Give the files of a checkout the fork's names; return which have another text.

    Not in `future/` itself and its tests, which name both, and the versions in `pyproject.toml` are another step.
    """
    changed = []
    for name in files_of(root):
        path = root / name
        if path.suffix in _RENAMED and not name.startswith(_ABOUT_BOTH):
            before = path.read_text(encoding="utf-8")
            after = renamed(before)
            if after != before:
                path.write_text(after, encoding="utf-8")
                changed.append(name)
    return changed


def copy_renamed(root: Path, target: Path) -> int:
    """Copy a checkout with the fork's names; return how many files have another text."""
    changed = 0
    for name in files_of(root):
        source, copy = root / name, target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, copy)
        if source.suffix in _RENAMED:
            before = source.read_text(encoding="utf-8")
            after = renamed(before)
            if after != before:
                copy.write_text(after, encoding="utf-8")
                changed += 1
    return changed


def _git(root: Path, *arguments: str) -> str:
    command: Sequence[str] = ("git", "-C", str(root), *arguments)
    try:
        return subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        reason = getattr(error, "stderr", None) or str(error)
        message = (
            f"{root} cannot be copied: git does not list its files ({reason.strip().splitlines()[-1]}). "
            "Run it in a checkout of git."
        )
        raise FutureError(message) from error


def main() -> int:
    """Rename in this checkout, if all in it is committed: then the renaming can be undone."""
    root = Path(__file__).parents[1]
    try:
        if changed := uncommitted(root):
            print(f"{len(changed)} files are not committed, such as {changed[0]}: commit them first.", file=sys.stderr)
            return 2
        renamed_files = rename_in_place(root)
    except FutureError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{len(renamed_files)} files have other names. Next: pyproject.toml (docs/leaving-cdktf.md).")
    return 0


if __name__ == "__main__":
    program.run_alone(main, module="future.rename", description=__doc__)
