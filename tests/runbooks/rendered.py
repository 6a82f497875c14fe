"""The pages of the tests' environments, rendered once in a process."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from runbooks.__main__ import rendered

if TYPE_CHECKING:
    from pathlib import Path


@cache
def rendered_pages(output: Path) -> dict[str, str]:
    """The text of each file, by its path below docs/runbooks/."""
    return rendered(output)


def of_environment(files: dict[str, str], environment: str) -> dict[str, str]:
    """The pages of an environment by their id, without its index."""
    return {
        name.removeprefix(f"{environment}/").removesuffix(".md"): text
        for name, text in files.items()
        if name.startswith(f"{environment}/") and not name.endswith("README.md")
    }
