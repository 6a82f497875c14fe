"""`python -m review plan` for people; the other commands are one step of a workflow each.

They are environments, judge, changed, comment, summary, issue, locks, seal, unseal. Those that write to GitHub run with
Python alone, so each command imports what it needs.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from console import program
from console.text import plain
from review import report
from review.finding import Level
from review.github import GithubError, Repository
from review.page import Review
from review.proposal import Proposal, ProposalError

if TYPE_CHECKING:
    from collections.abc import Callable

_OK, _FAILED, _BAD_INPUT = 0, 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    Returns:
        0; 1 if a finding blocks or GitHub refuses; 2 if an input cannot be read, or a file cannot be written.
    """
    options = _parse(sys.argv[1:] if arguments is None else arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except (GithubError, ProposalError) as error:
        sys.stderr.write(f"{error}\n")
        return _FAILED
    except _UsageError as error:
        sys.stderr.write(f"{error}\n")
        return _BAD_INPUT


class _UsageError(Exception):
    """A variable or a file is missing or not valid; `str()` says which."""


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m review", description="The steps of the workflows in .github/.")
    commands = parser.add_subparsers(required=True)
    if arguments[:1] == ["plan"]:  # it needs more than Python
        from review import plan_command  # noqa: PLC0415

        plan_command.add_arguments(_add(commands, "plan", plan_command.run))
    else:
        commands.add_parser("plan", help="Review plans before they are applied.", add_help=False)
    environments = _add(commands, "environments", _environments)
    environments.add_argument("--output", type=Path, default=Path("cdktf.out"), help="the output of synthesis")
    environments.add_argument("--pull-requests", action="store_true", help="only those that pull requests may plan")
    judging = _add(commands, "judge", _judge)
    judging.add_argument("--env", required=True, help="the environment")
    judging.add_argument("--plans", type=Path, required=True, help="the folder of `python -m runner plan --save`")
    judging.add_argument("--file", type=Path, required=True, help="the file that is written")
    for name, function in (("changed", _changed), ("comment", _comment), ("summary", _summary), ("issue", _issue)):
        command = _add(commands, name, function)
        command.add_argument("--reviews", type=Path, required=True, help="a folder of files of `judge`, by environment")
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
    from synthesis.manifest import OutputError, read_stacks  # noqa: PLC0415

    try:
        found = github_environments(read_stacks(options.output))
    except OutputError as error:
        raise _UsageError(str(error)) from error
    print(f"matrix={matrix([each for each in found if each.plans_pull_requests or not options.pull_requests])}")
    return _OK


def _judge(options: argparse.Namespace) -> int:
    """Write what a page says of saved plans, without anything sensitive."""
    from config.errors import ConfigError  # noqa: PLC0415
    from console.plan_file import PlanError  # noqa: PLC0415
    from review.approvals import load_approvals  # noqa: PLC0415
    from review.changes import UnknownActionError  # noqa: PLC0415
    from review.judge import judge  # noqa: PLC0415
    from review.plan_command import read_saved  # noqa: PLC0415

    try:
        plans = read_saved(options.plans, options.env)
        review = judge(plans, environment=options.env, approvals=load_approvals())
    except (ConfigError, PlanError, UnknownActionError) as error:
        raise _UsageError(str(error)) from error
    try:
        options.file.parent.mkdir(parents=True, exist_ok=True)
        options.file.write_text(json.dumps(review.to_json(), indent=2), encoding="utf-8")
    except OSError as error:
        raise _unwritable(options.file, error) from error
    return _OK


def _changed(options: argparse.Namespace) -> int:
    """Print the environments of ENVIRONMENTS in which a plan has changes, as an output of a job."""
    run = _run(options.reviews)
    changed = [
        each
        for each in _environments_of_the_run()
        if (review := run.reviews.get(each["environment"])) and review.is_changed
    ]
    print(f"matrix={json.dumps(changed)}")
    return _OK


def _comment(options: argparse.Namespace) -> int:
    """Write the one comment on the pull request PULL_REQUEST; fail if a finding blocks."""
    run, number = _run(options.reviews), _variable("PULL_REQUEST")
    if not number.isdecimal():
        message = f"The variable PULL_REQUEST must be the number of a pull request, like 12, not {number!r}."
        raise _UsageError(message)
    _repository().put_comment(int(number), report.comment(run), mark=report.COMMENT_MARK)
    return _blocked(run)


def _summary(options: argparse.Namespace) -> int:
    """Write the summary of the run, which who approves it reads; fail if a finding blocks."""
    run = _run(options.reviews)
    path = Path(_variable("GITHUB_STEP_SUMMARY"))
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(report.summary(run))
    except OSError as error:
        raise _unwritable(path, error) from error
    return _blocked(run)


def _blocked(run: report.Run) -> int:
    """The exit status; a plan that was not made has failed its own job already."""
    blocking = [
        (stack, finding)
        for review in run.reviews.values()
        if review
        for stack, finding in review.placed()
        if finding.effective is Level.BLOCK
    ]
    for stack, finding in blocking:
        print(plain(f"{stack} {finding.address} {finding.action}: {finding.text}"), file=sys.stderr)
    if blocking:
        print("To accept a reason: an entry in review/approvals.toml, see docs/plan-review.md.", file=sys.stderr)
    return _FAILED if blocking else _OK


def _issue(options: argparse.Namespace) -> int:
    """Open or update the one issue about drift, or close it."""
    run = _run(options.reviews)
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
    except OSError as error:
        message = f"{error.filename}: {error.strerror}; --plans is the folder of the plans, --file the sealed file"
        raise _UsageError(message) from error
    return _OK


def _unseal(options: argparse.Namespace) -> int:
    """Decrypt what `seal` wrote in an earlier job of the same run."""
    from review.seal import KEY_VARIABLE, SealError, unseal  # noqa: PLC0415

    try:
        unseal(options.file, options.plans, purpose=_purpose(), key=os.environ.get(KEY_VARIABLE, ""))
    except SealError as error:
        raise _UsageError(str(error)) from error
    except OSError as error:
        message = f"{error.filename}: {error.strerror}; --plans is the folder of the plans, --file the sealed file"
        raise _UsageError(message) from error
    return _OK


def _purpose() -> str:
    names = ("GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_SHA", "ENVIRONMENT")
    return " ".join(map(_variable, names))


def _run(folder: Path) -> report.Run:
    reviews = {
        each["environment"]: _read_review(folder / f"{each['environment']}.json") for each in _environments_of_the_run()
    }
    url = f"{_variable('GITHUB_SERVER_URL')}/{_variable('GITHUB_REPOSITORY')}/actions/runs/{_variable('GITHUB_RUN_ID')}"
    return report.Run(commit=os.environ.get("COMMIT") or _variable("GITHUB_SHA"), url=url, reviews=reviews)


def _read_review(file: Path) -> Review | None:
    """None if the plan of the environment did not end."""
    if not file.is_file():
        return None
    try:
        return Review.from_json(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError) as error:
        message = f"{file}: {error}; write it again with `python -m review judge`"
        raise _UsageError(message) from error


def _environments_of_the_run() -> list[dict[str, str]]:
    text = _variable("ENVIRONMENTS")
    try:
        environments: list[dict[str, str]] = json.loads(text)
        [each["environment"] for each in environments]
    except (LookupError, RecursionError, TypeError, ValueError) as error:
        message = "The variable ENVIRONMENTS must be the matrix that `python -m review environments` prints."
        raise _UsageError(message) from error
    return environments


def _unwritable(path: Path, error: OSError) -> _UsageError:
    return _UsageError(f"{path}: cannot be written: {error.strerror}; name a file in a folder that exists")


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
