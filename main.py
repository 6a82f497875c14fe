"""Composition root: environment files in, Terraform JSON out.

The only reader of the command line and of the process's environment. `make synth` runs it, and so does the cdktf CLI
(`app` in cdktf.json), which names the output folder in CDKTF_OUTDIR.
"""

from __future__ import annotations

import argparse
import gc
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if sys.flags.safe_path:  # PYTHONSAFEPATH=1: Python leaves out the folder of this file
    sys.path.insert(0, str(Path(__file__).parent))

from console import program
from synthesis import fast_start, variables

if __name__ == "__main__":
    program.open_closed()
    if problem := variables.problem(os.environ):
        print(problem, file=sys.stderr)
        sys.exit(2)
    # Before the other imports: Node starts while they load. A run is short and keeps its objects to the end, so garbage
    # collection would take a fifth of its time and free nothing.
    gc.disable()
    fast_start.prepare(os.environ, ahead=True)

from config.list_order import in_order
from config.load import address_notes, environment_names, load_environments
from console.table import table
from modules.errors import LimitError
from synthesis import literal
from synthesis.fast_start.ahead import AheadError, ahead, release_node, run_again, write_stacks
from synthesis.manifest import STACK_FILE, OutputError, read_stacks, stack_id
from synthesis.output import replacing, require_replaceable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.environment import Environment

ROOT: Final = Path(__file__).parent
EXIT_OK, EXIT_BAD_INPUT = 0, 2
CONTEXT: Final = {
    "excludeStackIdFromLogicalIds": "true",
    "allowSepCharsInLogicalIds": "true",
    "targetVersions": {"terraform": ">=1.11.0", "opentofu": ">=1.11.0"},
}
"""How cdktf makes the address of a resource. Not read from cdktf.json: another value there would replace everything.

`targetVersions` is REQUIRED_TERRAFORM of `stacks/base.py`. cdktf 0.21 does not read it; its fork compares it with what
is used, and without it assumes a Terraform that has no write-only arguments (docs/leaving-cdktf.md).
"""

_SYSTEM_ERROR: Final = re.compile(r"(Error: )?(?P<reason>E[A-Z]{3,}: .*)")
"""Node's message if the operating system refused something: "ENOSPC: no space left on device, write"."""


def synthesize(environments: Sequence[Environment], output: Path, *, keep_others: bool = True) -> None:
    """Write the stacks of `environments` into `output`, completely or not at all.

    Args:
        environments: Their settings, whose text Terraform gets as it is written there.
        output: The output folder.
        keep_others: Whether the stacks of all other environments stay.

    Raises:
        OutputError: The folder must not be replaced, or cannot be written.
    """
    # Not at the top: importing the bindings waits for Node, and a wrong setting is reported before that.
    from cdktf import App  # noqa: PLC0415

    from stacks.compose import compose  # noqa: PLC0415

    names = tuple(config.name for config in environments)
    with replacing(output, environments=names, keep_others=keep_others) as folder:
        # Its validations are two: a stack has a provider, which `stacks/base.py` sees to; and the version of the
        # `terraform` on PATH, which need not exist: the runner finds Terraform, and each stack names its version.
        app = App(outdir=str(folder), context=CONTEXT, skip_validation=True)
        with ahead():
            for config in environments:
                compose(app, [literal.hide(in_order(config))])
                write_stacks(app)
        app.synth()
        release_node()
        literal.restore(folder)


def main(argv: Sequence[str]) -> int:
    """Synthesize the environments named, or all of them.

    Returns:
        0, or 2 if an environment file or an argument is wrong, or the output cannot be written; it is then unchanged.
    """
    parser = argparse.ArgumentParser(prog="main.py", description="Turns environment files into Terraform JSON.")
    parser.add_argument("environment", nargs="*", help="names of files in environments/ (default: all)")
    default_output = os.environ.get(variables.OUTPUT) or "cdktf.out"
    parser.add_argument(
        "--output", type=Path, default=Path(default_output), help="the output folder (default: %(default)s)"
    )
    arguments = parser.parse_args(argv)

    try:
        output = require_replaceable(arguments.output)  # before anything else: it takes no time
    except OutputError as error:
        return _refused(f"{error.message} {error.remedy}")
    environments = _load(arguments.environment)
    if not environments:
        return EXIT_BAD_INPUT
    before = [] if arguments.environment else _environments_in(output)
    if line := _write(environments, output, keep_others=bool(arguments.environment)):
        sys.unraisablehook = lambda _: None  # what jsii prints about a Node that it could not start
        return _refused(line)
    _report(output, environments)
    for name in sorted({*before} - {config.name for config in environments}):
        print(
            f"{name} is gone from {_folder()}, and so are its stacks. If it is still applied, put {name}.toml back, "
            f"run `make destroy ENV={name}`, then remove the file again."
        )
    return EXIT_OK


def _environments_in(output: Path) -> list[str]:
    """The environments of an earlier output."""
    try:
        return [stack.environment for stack in read_stacks(output).values()]
    except OutputError:  # there is none that could be read
        return []


def _folder() -> Path:
    return Path(os.path.relpath(ROOT / "environments"))


def _refused(line: str) -> int:
    print(line, file=sys.stderr)
    return EXIT_BAD_INPUT


def _load(chosen: Sequence[str]) -> list[Environment]:
    """The environments named, or all; none of them, after a line for each mistake, if one is wrong."""
    folder = _folder()
    names = chosen or environment_names(folder)
    environments, wrong = load_environments(names, folder=folder)
    if wrong:
        print(*wrong, sep="\n", file=sys.stderr)
        print("Nothing was written. Fix the lines above and run it again.", file=sys.stderr)
        return []
    if not names:
        print(f"Nothing was written: {folder} has no file of an environment, like dev.toml.", file=sys.stderr)
    return environments


def _write(environments: Sequence[Environment], output: Path, *, keep_others: bool) -> str | None:
    """Synthesize; return a line if the output could not be written."""
    try:
        synthesize(environments, output, keep_others=keep_others)
    except OutputError as error:
        return f"{error.message} {error.remedy}"
    except LimitError as error:
        return _too_large(error)
    except (OSError, RuntimeError) as error:
        if LimitError.newest and str(LimitError.newest) in str(error):  # jsii has made another error of it
            return _too_large(LimitError.newest)
        found = _SYSTEM_ERROR.match(str(error)) if isinstance(error, RuntimeError) else None
        if not found and getattr(error, "errno", None) is None:
            raise
        reason = found["reason"] if found else error
        return f"{output} cannot be written: {reason}. The output is as it was."
    return None


def _too_large(error: LimitError) -> str:
    return f"{error}. That is a limit of AWS: {error.remedy}. Nothing was written."


def _report(output: Path, environments: Sequence[Environment]) -> None:
    names = [config.name for config in environments]
    stacks = [stack for stack in read_stacks(output).values() if stack.environment in names]
    rows = [
        (stack.id, str(sum(1 for _ in stack.all())), os.path.relpath(stack.folder / STACK_FILE)) for stack in stacks
    ]
    print(table([("stack", "resources", "path"), *rows]))
    for config in environments:
        if config.left_out_layers:
            left_out = ", ".join(stack_id(config.name, layer) for layer in config.left_out_layers)
            print(f"Left out until [domain] delegated = true in {config.name}.toml (docs/domain.md): {left_out}.")
    for note in address_notes(environments, folder=_folder()):
        print(note)
    for stack in stacks:
        if stack.sleep_saving:
            print(f"{stack.environment} sleeps outside of its hours, and {stack.sleep_saving}.")
    print(f"Next: 'make test' checks it, 'make plan ENV={names[0]}' shows the changes.")


if __name__ == "__main__":
    try:
        program.run(lambda: main(sys.argv[1:]), leave=fast_start.leave, has_texts=False)
    except AheadError:
        run_again()
