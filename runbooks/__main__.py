"""`python -m runbooks`: writes docs/runbooks/ from what was synthesized."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from console import program
from modules.runbook import PAGE
from runbooks.catalogue import pages
from runbooks.errors import RunbookError
from runbooks.first_aid import with_links
from runbooks.names import Names
from runbooks.render import INDEX, MARK, environment_pages, overview
from synthesis.manifest import OutputError, read_stacks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

EXIT_OK, EXIT_BAD_INPUT = 0, 2
_FOLDER: Final = Path("docs/runbooks")
_FIRST_AID: Final = Path(PAGE).name


def main(argv: Sequence[str]) -> int:
    """Write the pages of all environments, or of one, and remove those that were rendered before and are no more.

    Returns:
        0; 2 if the output is missing, has no such environment, or a page cannot be rendered or written.
    """
    parser = argparse.ArgumentParser(
        prog="python -m runbooks", description="Runbooks with the names of each environment."
    )
    parser.add_argument("environment", nargs="?", help="only this one, without the index of all (default: all)")
    parser.add_argument(
        "--output", type=Path, default=Path("cdktf.out"), help="the output of synthesis (default: %(default)s)"
    )
    parser.add_argument("--folder", type=Path, default=_FOLDER, help="where to write (default: %(default)s)")
    arguments = parser.parse_args(argv)
    try:
        files = rendered(arguments.output, arguments.environment)
        _write(arguments.folder, files, arguments.environment)
    except OutputError as error:
        print(" ".join(str(error).split("\n")), file=sys.stderr)
        return EXIT_BAD_INPUT
    except RunbookError as error:
        print(error, file=sys.stderr)
        return EXIT_BAD_INPUT
    print(f"{len(files)} pages are in {arguments.folder}/: read their diff, and commit them.")
    return EXIT_OK


def rendered(output: Path, environment: str | None = None) -> dict[str, str]:
    """The text of each file, by its path below docs/runbooks/.

    Raises:
        OutputError: There is no output, or it has no such environment.
        RunbookError: A page cannot be rendered.
    """
    stacks, catalogue = read_stacks(output), pages()
    chosen = [environment] if environment else sorted({stack.environment for stack in stacks.values()})
    every = [Names(one, stacks) for one in chosen]
    files = {
        f"{names.env}/{name}": text for names in every for name, text in environment_pages(names, catalogue).items()
    }
    return files if environment else {INDEX: overview(every, catalogue), **files}


def _write(folder: Path, files: Mapping[str, str], environment: str | None) -> None:
    """Write the files, and the lines of the first aid beside the folder that lead to them.

    What was rendered before, and belongs to none of the files, is removed.
    """
    try:
        for path in sorted(folder.glob(f"{environment}/*.md" if environment else "**/*.md")):
            if path.relative_to(folder).as_posix() not in files and MARK in path.read_text(encoding="utf-8"):
                path.unlink()
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        first_aid = folder.parent / _FIRST_AID
        if environment is None and first_aid.exists():
            first_aid.write_text(with_links(first_aid.read_text(encoding="utf-8"), pages()), encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{folder} cannot be written: {error}"
        raise RunbookError(message) from error


if __name__ == "__main__":
    program.run(lambda: main(sys.argv[1:]))
