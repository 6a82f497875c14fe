"""`python -m review environments|rows|changed|comment|summary|issue|locks|seal|unseal`: one step of a workflow each."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from console import program
from review import drift, report
from review.github import GithubError, Repository
from review.plan import Row, UnknownActionError, row
from review.proposal import Proposal, ProposalError

if TYPE_CHECKING:
    from collections.abc import Callable

_OK, _FAILED = 0, 1


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the process's exit code."""
    options = _parse(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except (GithubError, ProposalError, UnknownActionError, _UsageError) as error:
        sys.stderr.write(f"{error}\n")
        return _FAILED


class _UsageError(Exception):
    """A variable or a file is missing or not valid; `str()` says which."""


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m review", description="The steps of the workflows in .github/.")
    commands = parser.add_subparsers(required=True)
    environments = _add(commands, "environments", _environments)
    environments.add_argument("--out", type=Path, default=Path("cdktf.out"), help="the output of synthesis")
    environments.add_argument("--pull-requests", action="store_true", help="only those that pull requests may plan")
    rows = _add(commands, "rows", _rows)
    rows.add_argument("--plans", type=Path, required=True, help="the folder of `python -m runner plan --save`")
    rows.add_argument("--drift", action="store_true", help="also what others have changed")
    rows.add_argument("--file", type=Path, required=True, help="the file that is written")
    for name, function in (("changed", _changed), ("comment", _comment), ("summary", _summary), ("issue", _issue)):
        command = _add(commands, name, function)
        command.add_argument("--rows", type=Path, required=True, help="a folder of files of `rows`, by environment")
    _add(commands, "locks", _locks)
    for name, function in (("seal", _seal), ("unseal", _unseal)):
        command = _add(commands, name, function)
        command.add_argument("--plans", type=Path, required=True, help="the folder of the plans")
        command.add_argument("--file", type=Path, required=True, help="the sealed file")
    return parser.parse_args(arguments)


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    function: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=function.__doc__, description=function.__doc__)
    command.set_defaults(command=function)
    return command


def _environments(options: argparse.Namespace) -> int:
    """Print the environments that have roles for GitHub, as an output of a job."""
    from review.roles import github_environments, matrix  # noqa: PLC0415 - the others run without the output
    from synthesis.manifest import read_stacks  # noqa: PLC0415

    found = github_environments(read_stacks(options.out))
    print(f"matrix={matrix([each for each in found if each.plans_pull_requests or not options.pull_requests])}")
    return _OK


def _rows(options: argparse.Namespace) -> int:
    """Write the rows of saved plans, without any value."""
    written: dict[str, dict[str, str]] = json.loads((options.plans / "results.json").read_text(encoding="utf-8"))
    owned = drift.owned_arguments()
    rows = []
    for stack, result in written.items():
        file = options.plans / f"{stack}.json"
        content = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        drifted = tuple(drift.drift(content, owned)) if options.drift else ()
        rows.append(row(stack, result["status"], content, drifted=drifted).to_json())
    options.file.parent.mkdir(parents=True, exist_ok=True)
    options.file.write_text(json.dumps(rows, indent=2), encoding="utf-8")
    return _OK


def _changed(options: argparse.Namespace) -> int:
    """Print the environments of ENVIRONMENTS in which a plan has changes, as an output of a job."""
    run = _run(options.rows)
    changed = [
        each
        for each in _environments_of_the_run()
        if any(row.is_changed for row in run.rows.get(each["environment"]) or ())
    ]
    print(f"matrix={json.dumps(changed)}")
    return _OK


def _comment(options: argparse.Namespace) -> int:
    """Write the one comment on the pull request PULL_REQUEST."""
    body = report.comment(_run(options.rows))
    _repository().put_comment(int(_variable("PULL_REQUEST")), body, mark=report.COMMENT_MARK)
    return _OK


def _summary(options: argparse.Namespace) -> int:
    """Write the summary of the run, which who approves it reads."""
    with Path(_variable("GITHUB_STEP_SUMMARY")).open("a", encoding="utf-8") as file:
        file.write(report.summary(_run(options.rows)))
    return _OK


def _issue(options: argparse.Namespace) -> int:
    """Open or update the one issue about drift, or close it."""
    run = _run(options.rows)
    if run.is_quiet:
        _repository().close_issue(mark=report.ISSUE_MARK)
    else:
        _repository().put_issue(report.ISSUE_TITLE, report.issue(run), mark=report.ISSUE_MARK)
    return _OK


def _locks(options: argparse.Namespace) -> int:  # noqa: ARG001 (all commands take them)
    """Propose the locks that `make lock` has renewed, as one pull request."""
    proposal = Proposal(
        branch="renewed-locks",
        base="main",
        title="Locks: newer versions",
        body="`make lock UPGRADE=1` has renewed the locks. A pull request of a workflow starts no other workflow: "
        "close it and open it again, then it is tested.",
    )
    is_open = proposal.make(Path.cwd(), ("requirements",), _repository())
    print("The pull request has the new locks." if is_open else "The locks are up to date.")
    return _OK


def _seal(options: argparse.Namespace) -> int:
    """Encrypt saved plans for the job that applies them, and delete them."""
    from review.seal import KEY_VARIABLE, SealError, seal  # noqa: PLC0415 - only these two need the library

    try:
        seal(options.plans, options.file, purpose=_purpose(), key=os.environ.get(KEY_VARIABLE, ""))
    except SealError as error:
        raise _UsageError(str(error)) from error
    return _OK


def _unseal(options: argparse.Namespace) -> int:
    """Decrypt what `seal` wrote in an earlier job of the same run."""
    from review.seal import KEY_VARIABLE, SealError, unseal  # noqa: PLC0415

    try:
        unseal(options.file, options.plans, purpose=_purpose(), key=os.environ.get(KEY_VARIABLE, ""))
    except SealError as error:
        raise _UsageError(str(error)) from error
    return _OK


def _purpose() -> str:
    names = ("GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_SHA", "ENVIRONMENT")
    return " ".join(map(_variable, names))


def _run(folder: Path) -> report.Run:
    rows = {
        each["environment"]: _read_rows(folder / f"{each['environment']}.json") for each in _environments_of_the_run()
    }
    url = f"{_variable('GITHUB_SERVER_URL')}/{_variable('GITHUB_REPOSITORY')}/actions/runs/{_variable('GITHUB_RUN_ID')}"
    return report.Run(commit=os.environ.get("COMMIT") or _variable("GITHUB_SHA"), url=url, rows=rows)


def _read_rows(file: Path) -> list[Row] | None:
    """None if the plan of the environment did not end."""
    if not file.is_file():
        return None
    try:
        return [Row.from_json(fields) for fields in json.loads(file.read_text(encoding="utf-8"))]
    except ValueError as error:
        message = f"{file}: {error}"
        raise _UsageError(message) from error


def _environments_of_the_run() -> list[dict[str, str]]:
    environments: list[dict[str, str]] = json.loads(_variable("ENVIRONMENTS"))
    return environments


def _repository() -> Repository:
    return Repository(_variable("GITHUB_REPOSITORY"))


def _variable(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        message = f"The variable {name} is missing; the workflow sets it, and a run by hand must too."
        raise _UsageError(message)
    return value


if __name__ == "__main__":
    program.run(main)
