"""`python -m runner plan|apply|refresh|destroy|bootstrap|validate|unlock|secrets|rotate|sleep|wake --env ENV`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console import program
from runner import actions, results, retired, sleeping
from runner.errors import OK, REFUSED, RunnerError
from runner.interrupts import obeying_signals
from runner.processes import Processes
from runner.progress import ProgressDisplay
from runner.results import Result, Status
from runner.rotate import rotate
from runner.saved import SavedPlans
from runner.secrets import secrets
from runner.session import Session, open_session
from runner.verdict import verdict
from synthesis.manifest import OutputError, of_environment, read_stacks
from synthesis.regions import choose
from synthesis.stack_order import in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from synthesis.manifest import Stack

_ACTIONS: dict[str, Callable[[Session], list[Result]]] = {
    "plan": actions.plan,
    "apply": actions.apply,
    "refresh": actions.refresh,
    "destroy": actions.destroy,
    "bootstrap": actions.bootstrap,
    "validate": actions.validate,
}
_CONFIRMED_ACTIONS = {"apply", "destroy", "bootstrap"}
_REGIONAL_ACTIONS = {"plan", "apply", "refresh", "destroy"}
_REGION_HELP = "only what needs no other region: the others may be lost"
_SLEEP_ACTIONS = {
    "sleep": "Send the environment to sleep, until the next change of its schedule or a given time.",
    "wake": "Wake the environment, until the next change of its schedule or a given time.",
}
_WITHOUT_TERRAFORM: dict[str, Callable[[Mapping[str, Stack], argparse.Namespace], int]] = {
    "secrets": lambda stacks, _: secrets(stacks),
    "rotate": lambda stacks, options: rotate(stacks, options.what, options.role, options.force, options.region),
    "sleep": lambda stacks, options: sleeping.change(stacks, "sleep", options.until),
    "wake": lambda stacks, options: sleeping.change(stacks, "wake", options.until),
}
# A stack that waits for another one has changes too.
_CHANGE_STATUSES = {Status.CHANGES, Status.WAITS}
_CHANGES = 2  # of `terraform plan -detailed-exitcode`


def main(arguments: list[str] | None = None) -> int:
    """Run one action; return the process's exit code."""
    options = _parse(arguments)
    processes = Processes()
    try:
        if options.action in _WITHOUT_TERRAFORM:
            return _WITHOUT_TERRAFORM[options.action](of_environment(read_stacks(options.output), options.env), options)
        session = _session(options, processes)
        with session.progress, obeying_signals(processes, session.progress):
            if _needs_retired_layers(options, session.stacks):
                session = retired.select_with_retired(session, **_selection(options))
            if options.action == "unlock":
                actions.unlock(session, options.lock_id)
                return OK
            if options.action in {"apply", "destroy"}:
                sleeping.require_awake(session, options.action, wake=options.wake)
            stack_results = _ACTIONS[options.action](session)
            warnings = _retired_layer_warnings(options, session, stack_results)
        return _report(options, session, stack_results, warnings)
    except OutputError as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    except RunnerError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--env", required=True, help="the environment: dev, staging, prod, ...")
    common.add_argument("--layer", help="one layer (default: all)")
    common.add_argument(
        "--output", type=Path, default=Path("cdktf.out"), help="the output of synthesis (default: %(default)s)"
    )
    common.add_argument("--parallel", type=int, default=2, help="stacks at the same time (default: %(default)s)")
    parser = argparse.ArgumentParser(prog="python -m runner", description="Runs Terraform on the synthesized JSON.")
    commands = parser.add_subparsers(dest="action", required=True)
    for name, action in _ACTIONS.items():
        command = commands.add_parser(name, parents=[common], help=action.__doc__, description=action.__doc__)
        if name in _CONFIRMED_ACTIONS:
            command.add_argument("--yes", action="store_true", help="do not ask for confirmation")
        if name in {"apply", "destroy"}:
            command.add_argument("--wake", action="store_true", help="wake the environment first if it sleeps")
        if name in _REGIONAL_ACTIONS:
            command.add_argument("--region", help=_REGION_HELP)
        if name == "apply":
            command.add_argument("--saved", type=Path, help="apply the plans that `plan --save` put in this folder")
            command.add_argument(
                "--skip-delegation-check",
                action="store_true",
                help="do not look in DNS whether the zone is delegated before its certificate is requested",
            )
        if name == "plan":
            command.add_argument("--save", type=Path, help="a folder for the plans, which then hold secrets")
            command.add_argument("--detailed-exitcode", action="store_true", help="exit with 2 if there are changes")
    command = commands.add_parser("unlock", parents=[common], help=actions.unlock.__doc__)
    command.add_argument("--lock-id", required=True, help="the id that the error message gave")
    command.add_argument("--region", help=_REGION_HELP)
    commands.add_parser("secrets", parents=[common], help=secrets.__doc__.splitlines()[0] if secrets.__doc__ else None)
    command = commands.add_parser(
        "rotate", parents=[common], help=rotate.__doc__.splitlines()[0] if rotate.__doc__ else None
    )
    command.add_argument("--what", help="postgres, documentdb or jwt")
    command.add_argument("--role", help="one role of the database (default: all)")
    command.add_argument("--force", help="1: although it was rotated lately, or tasks still use what would be replaced")
    command.add_argument("--region", help="the second region, while the first one is lost (default: the first region)")
    for name, text in _SLEEP_ACTIONS.items():
        command = commands.add_parser(name, parents=[common], help=text, description=text)
        command.add_argument("--until", help="like 23:00 or 2026-12-01T23:00, on the clocks of the schedule")
    options = parser.parse_args(arguments)
    if options.parallel < 1:
        parser.error("--parallel: must be 1 or more")
    if options.action == "unlock" and not options.layer:
        parser.error("unlock: --layer is required: each layer has its own lock")
    return options


def _session(options: argparse.Namespace, processes: Processes) -> Session:
    out: Path = options.output.resolve()
    stacks = {stack.id: stack for stack in in_order(of_environment(read_stacks(out), options.env))}
    chosen = stacks if _needs_retired_layers(options, stacks) else choose(stacks, **_selection(options))
    yes = getattr(options, "yes", False)
    folder: Path | None = getattr(options, "save", None) or getattr(options, "saved", None)
    if options.action in _CONFIRMED_ACTIONS and not yes and not sys.stdin.isatty():
        message = f"{options.action} asks for confirmation, and there is no terminal."
        raise RunnerError(message, "To run it without a question, add --yes (with make: YES=1).")
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
        checks_delegation=not getattr(options, "skip_delegation_check", False),
        saved=SavedPlans(folder=folder) if folder else None,
    )


def _selection(options: argparse.Namespace) -> dict[str, Any]:
    """What the command is about, as `choose` takes it."""
    return {
        "layer": options.layer,
        "region": getattr(options, "region", None),
        "one": options.action == "unlock",
    }


def _needs_retired_layers(options: argparse.Namespace, stacks: Mapping[str, Stack]) -> bool:
    """Whether to look in the bucket for layers that are no longer synthesized."""
    known = {name for stack in stacks.values() for name in (stack.layer, stack.name)}
    return options.action == "destroy" or (options.action == "unlock" and options.layer not in known)


def _retired_layer_warnings(options: argparse.Namespace, session: Session, stack_results: list[Result]) -> list[str]:
    """A line for each layer that is switched off and not destroyed."""
    succeeded = results.exit_code(stack_results, allow_waiting=False) == OK
    if options.action not in {"plan", "apply"} or options.layer or options.region or not succeeded:
        return []
    try:
        stacks = retired.find_undestroyed(session)
    except RunnerError as error:  # the results are reported all the same
        return [f"Cannot check whether a layer that is switched off still has resources: {error.message}"]
    left_out = {layer for stack in session.stacks.values() for layer in stack.left_out}
    return [
        f"{stack.id} is left out because of `delegated = false` in [domain], but it is applied. "
        f"To keep it: set `delegated = true` in environments/{options.env}.toml"
        if stack.layer in left_out
        else f"{stack.id} is switched off, but its resources still exist. "
        f"To remove them: make destroy ENV={options.env} LAYER={stack.name}"
        for stack in stacks
    ]


def _report(options: argparse.Namespace, session: Session, stack_results: list[Result], warnings: list[str]) -> int:
    if options.action == "plan":
        table = "\n".join(results.plan_line(result, session.width) for result in stack_results)
    else:
        table = results.summary(stack_results)
    code = results.exit_code(stack_results, allow_waiting=options.action in {"plan", "refresh"})
    judged = verdict(session, stack_results) if options.action == "plan" else ""
    lines = ["", table, "", *([judged, ""] if judged else []), *warnings, _next_step(options, stack_results, code)]
    session.progress.say("\n".join(lines))
    changed = any(result.status in _CHANGE_STATUSES for result in stack_results)
    if code == OK and changed and getattr(options, "detailed_exitcode", False):
        return _CHANGES
    return code


def _next_step(options: argparse.Namespace, stack_results: list[Result], code: int) -> str:
    """What to do next, in one sentence."""
    variables = f"ENV={options.env}"
    if options.layer and options.action != "bootstrap":
        variables += f" LAYER={options.layer}"
    if getattr(options, "region", None):
        variables += f" REGION={options.region}"
    statuses = {result.status for result in stack_results}
    command = f"make {options.action} {variables}"
    if Status.INTERRUPTED in statuses:
        return f"Interrupted; what was applied is in the state. To continue: {command}"
    if Status.FAILED in statuses:
        return f"Fix the error above, then repeat: {command}. It continues from where it stopped."
    if Status.DECLINED in statuses:
        return f"The declined stacks were not changed. To be asked again: {command}"
    if Status.WAITS in statuses and (code == REFUSED or Status.CHANGES not in statuses):
        return "First do or apply what the stacks above wait for, then repeat."
    success = {
        "plan": f"To apply: make apply {variables}" if Status.CHANGES in statuses else "Nothing to do.",
        "apply": f"To check for differences: make plan {variables}",
        "refresh": "The states have what is there now.",
        "destroy": "Everything is destroyed.",
        "bootstrap": f"Next: make apply ENV={options.env}",
        "validate": "All stacks are valid.",
    }
    return success[options.action]


if __name__ == "__main__":
    program.run(main)
