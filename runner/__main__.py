"""`python -m runner plan|apply|destroy|bootstrap|validate|unlock|secrets --env ENV`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from runner import actions, results, retired
from runner.errors import OK, REFUSED, RunnerError
from runner.interrupts import obeying_signals
from runner.processes import Processes
from runner.progress import ProgressDisplay
from runner.results import Result, Status
from runner.secrets import secrets
from runner.session import Session, open_session
from synthesis.manifest import OutputError, in_order, of_environment, read_stacks, select

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from synthesis.manifest import Stack

_ACTIONS: dict[str, Callable[[Session], list[Result]]] = {
    "plan": actions.plan,
    "apply": actions.apply,
    "destroy": actions.destroy,
    "bootstrap": actions.bootstrap,
    "validate": actions.validate,
}
_ASKS = {"apply", "destroy", "bootstrap"}
# Of a plan that did not say "no changes": a stack that waits for another one has changes too.
_CHANGE_STATUSES = {Status.CHANGES, Status.WAITS}
_CHANGES = 2  # of `terraform plan -detailed-exitcode`


def main(arguments: list[str] | None = None) -> int:
    """Run one action; return the process's exit code."""
    options = _parse(arguments)
    processes = Processes()
    try:
        if options.action == "secrets":
            return secrets(of_environment(read_stacks(options.out), options.env))
        session = _session(options, processes)
        with session.progress, obeying_signals(processes, session.progress):
            if _needs_retired_layers(options, session.stacks):
                session = retired.chosen_with_retired(session, options.layer)
            if options.action == "unlock":
                actions.unlock(session, options.lock_id)
                return OK
            found = _ACTIONS[options.action](session)
            left = _left(options, session, found)
        return _report(options, session, found, left)
    except OutputError as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    except RunnerError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--env", required=True, help="the environment: dev, staging, prod, ...")
    common.add_argument("--layer", help="one layer of it; all of them without")
    common.add_argument("--out", type=Path, default=Path("cdktf.out"), help="what synthesis wrote (%(default)s)")
    common.add_argument("--parallel", type=int, default=2, help="stacks at a time (%(default)s)")
    parser = argparse.ArgumentParser(prog="python -m runner", description="Runs Terraform on the synthesized JSON.")
    commands = parser.add_subparsers(dest="action", required=True)
    for name, action in _ACTIONS.items():
        command = commands.add_parser(name, parents=[common], help=action.__doc__, description=action.__doc__)
        if name in _ASKS:
            command.add_argument("--yes", action="store_true", help="do not ask")
        if name == "plan":
            command.add_argument("--detailed-exitcode", action="store_true", help="exit 2 when something would change")
    command = commands.add_parser("unlock", parents=[common], help=actions.unlock.__doc__)
    command.add_argument("--lock-id", required=True, help="as the error message gave it")
    commands.add_parser("secrets", parents=[common], help=secrets.__doc__.splitlines()[0] if secrets.__doc__ else None)
    options = parser.parse_args(arguments)
    if options.parallel < 1:
        parser.error("--parallel: at least 1")
    if options.action == "unlock" and not options.layer:
        parser.error("unlock: --layer is needed, as each layer has a lock of its own")
    return options


def _session(options: argparse.Namespace, processes: Processes) -> Session:
    out: Path = options.out.resolve()
    stacks = {stack.id: stack for stack in in_order(of_environment(read_stacks(out), options.env))}
    chosen = stacks if _needs_retired_layers(options, stacks) else select(stacks, options.layer)
    yes = getattr(options, "yes", False)
    if options.action in _ASKS and not yes and not sys.stdin.isatty():
        message = f"{options.action} asks before it changes anything, and there is no terminal to ask at."
        raise RunnerError(
            message,
            "Add --yes (with make: YES=1) if you mean it.",
        )
    return open_session(
        stacks,
        chosen,
        root=out.parent,
        environ=os.environ,
        processes=processes,
        progress=ProgressDisplay(
            sys.stdout, sys.stderr, live=sys.stderr.isatty(), width=max(len(id_) for id_ in stacks)
        ),
        answers=sys.stdin,
        yes=yes,
        parallel=options.parallel,
    )


def _needs_retired_layers(options: argparse.Namespace, stacks: Mapping[str, Stack]) -> bool:
    """Whether to ask the bucket for layers that are not synthesized any more."""
    known = {name for stack in stacks.values() for name in (stack.layer, stack.name)}
    return options.action == "destroy" or (options.action == "unlock" and options.layer not in known)


def _left(options: argparse.Namespace, session: Session, done: list[Result]) -> list[str]:
    """What to say of layers that are switched off and not taken down."""
    fine = results.exit_code(done, waiting_is_fine=False) == OK
    if options.action not in {"plan", "apply"} or options.layer or not fine:
        return []
    try:
        found = retired.still_there(session)
    except RunnerError as error:  # what was planned or applied is to be told all the same
        return [f"Whether a layer that is switched off has left something cannot be told: {error.message}"]
    return [
        f"{stack.id} is switched off, but its resources are still there. "
        f"To remove them: make destroy ENV={options.env} LAYER={stack.name}"
        for stack in found
    ]


def _report(options: argparse.Namespace, session: Session, found: list[Result], left: list[str]) -> int:
    if options.action == "plan":
        told = "\n".join(results.plan_line(result, session.width) for result in found)
    else:
        told = results.summary(found)
    code = results.exit_code(found, waiting_is_fine=options.action == "plan")
    session.progress.say("\n".join(["", told, "", *left, _next(options, found, code)]))
    changed = any(result.status in _CHANGE_STATUSES for result in found)
    if code == OK and changed and getattr(options, "detailed_exitcode", False):
        return _CHANGES
    return code


def _next(options: argparse.Namespace, found: list[Result], code: int) -> str:
    """What to do next, in one sentence."""
    of = f"ENV={options.env}" + (f" LAYER={options.layer}" if options.layer and options.action != "bootstrap" else "")
    statuses = {result.status for result in found}
    again = f"make {options.action} {of}"
    if Status.INTERRUPTED in statuses:
        return f"Interrupted; what was applied is in the state. To go on: {again}"
    if Status.FAILED in statuses:
        return f"Remove the cause that is told above, then repeat: {again}. It goes on from where it stopped."
    if Status.DECLINED in statuses:
        return f"Declined, and left as it was. To be asked again: {again}"
    if Status.WAITS in statuses and (code == REFUSED or Status.CHANGES not in statuses):
        return "Apply first what is waited for, then repeat."
    done = {
        "plan": f"To apply: make apply {of}" if Status.CHANGES in statuses else "Nothing to do.",
        "apply": f"To look for differences: make plan {of}",
        "destroy": "Nothing of it is left.",
        "bootstrap": f"Next: make apply ENV={options.env}",
        "validate": "All of it is valid.",
    }
    return done[options.action]


if __name__ == "__main__":
    sys.exit(main())
