"""`python -m review plan`: the page of the plans of an environment, or of plan JSON files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from config.errors import ConfigError
from console.plan_file import PlanError, read_plan
from console.text import FORMATS
from review import report, terminal
from review.approvals import FILE as APPROVALS
from review.approvals import load_approvals
from review.changes import UnknownActionError
from review.finding import VERDICTS, Level
from review.judge import StackPlan, judge

if TYPE_CHECKING:
    import argparse

    from review.page import Review

OK, BLOCKED, REFUSED = 0, 1, 2
FAIL_ON: Final = {"block": Level.BLOCK, "approval": Level.APPROVAL}
_RESULTS: Final = "results.json"
"""What `python -m runner plan --save` writes beside the plans."""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The command line of `plan`."""
    command.add_argument("files", nargs="*", type=Path, metavar="FILE", help="plans as `terraform show -json` has them")
    command.add_argument("--env", default="", help="the environment; without FILE its stacks are planned")
    command.add_argument("--layer", help="without FILE: only one layer")
    command.add_argument(
        "--output", type=Path, default=Path("cdktf.out"), help="the output of synthesis (default: %(default)s)"
    )
    command.add_argument(
        "--approvals", type=Path, default=APPROVALS, help="the list of approvals (default: review/approvals.toml)"
    )
    command.add_argument("--format", choices=FORMATS, default="text", help="(default: %(default)s)")
    command.add_argument("--long", action="store_true", help="Markdown with every line, for the summary of a job")
    command.add_argument("--file", type=Path, help="write the page into a file, which only you can read")
    command.add_argument(
        "--fail-on",
        choices=FAIL_ON,
        default="block",
        help="the verdict from which on it exits with 1 (default: %(default)s)",
    )


def run(options: argparse.Namespace) -> int:
    """Review plans before they are applied."""
    try:
        plans = _plans(options)
        review = judge(
            plans,
            environment=options.env,
            approvals=load_approvals(options.approvals),
            is_whole=not options.files and not options.layer,
        )
        _write(_text(review, options), options.file)
    except (ConfigError, PlanError, UnknownActionError) as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    return BLOCKED if review.level >= FAIL_ON[options.fail_on] else OK


def read_saved(folder: Path, environment: str) -> list[StackPlan]:
    """The plans that `python -m runner plan --save` put into a folder.

    Raises:
        PlanError: There are none, or one is not a plan.
    """
    try:
        results: dict[str, dict[str, Any]] = json.loads((folder / _RESULTS).read_text(encoding="utf-8"))
        statuses = {stack: str(result["status"]) for stack, result in results.items()}
    except (OSError, ValueError, AttributeError, KeyError, RecursionError, TypeError) as error:
        message = f"{folder}: has no saved plans; `python -m runner plan --env ENV --save {folder}` makes them"
        raise PlanError(message) from error
    found = []
    for stack, status in statuses.items():
        file = folder / f"{stack}.json"
        content = read_plan(file) if file.exists() else {}
        name = stack.removeprefix(f"{environment}-") if environment else stack
        found.append(StackPlan(stack=stack, name=name, status=status, content=content))
    return found


def _plans(options: argparse.Namespace) -> list[StackPlan]:
    if options.files:
        return [
            StackPlan(stack=file.stem, name=file.stem.removeprefix(f"{options.env}-"), content=read_plan(file))
            for file in options.files
        ]
    if not options.env:
        message = "ENV or a FILE is missing. For example: make review ENV=dev, or python -m review plan plan.json"
        raise PlanError(message)
    with tempfile.TemporaryDirectory(prefix="review-") as folder:  # only this user can read it
        saved = Path(folder) / "plans"
        command = [sys.executable, "-m", "runner", "plan", "--env", options.env, "--output", str(options.output)]
        command += ["--layer", options.layer] if options.layer else []
        done = subprocess.run([*command, "--save", str(saved)], stdout=subprocess.DEVNULL, check=False)
        if not (saved / _RESULTS).is_file():
            message = f"{options.env}: there are no plans (exit status {done.returncode}); the message is above"
            raise PlanError(message)
        return read_saved(saved, options.env)


def _text(review: Review, options: argparse.Namespace) -> str:
    if options.format == "json":
        return json.dumps({"verdict": VERDICTS[review.level], **review.to_json()}, indent=2) + "\n"
    if options.format == "markdown":
        return report.page(review, is_long=options.long)
    coloured = not options.file and terminal.is_coloured(sys.stdout, os.environ)
    return terminal.page(review, coloured=coloured) + "\n"


def _write(text: str, path: Path | None) -> None:
    if path is None:
        sys.stdout.write(text)
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError as error:
        message = f"{path}: cannot be written: {error.strerror}; name a file in a folder that exists"
        raise PlanError(message) from error
