"""`python -m acceptance.region_loss --env prod`: what a rehearsal needs, and its result."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from acceptance.account import Account
from acceptance.harness import open_emulator
from acceptance.region_loss import aws_cli, report
from acceptance.region_loss.checkout import Checkout
from acceptance.region_loss.markers import markers
from acceptance.region_loss.page import PageError, steps
from acceptance.region_loss.rehearsal import Rehearsal
from acceptance.region_loss.world import World
from config.load import ENVIRONMENTS, load_environments
from console import program
from console.durations import Durations
from emulator.releases.clock import CLOCK
from main import ROOT
from runner import executable, interrupts
from runner.errors import FAILED, INTERRUPTED, OK, REFUSED, RunnerError
from runner.processes import Processes
from runner.progress import ProgressDisplay

if TYPE_CHECKING:
    from config.environment import Environment

PAGE: Final = ROOT / "docs" / "region-loss.md"
MINUTE_SECONDS: Final = 0.1
"""The minutes in which RDS uploads no logs."""


_ANSWERING_MAKE: Final = """#!/bin/sh
case " $* " in
*" bootstrap "*) set -- "$@" YES=1 SKIP_PREFLIGHT=1 ;;
*" apply "* | *" destroy "*) set -- "$@" YES=1 ;;
esac
exec {make} "$@"
"""


def main(arguments: list[str] | None = None) -> int:
    """Rehearse; return the process's exit code."""
    options = _parse(arguments)
    environments, wrong = load_environments([options.env], folder=options.settings)
    if wrong:
        sys.stderr.write("".join(f"{line}\n" for line in wrong))
        return REFUSED
    try:
        return _rehearse(environments[0], options)
    except PageError as error:
        sys.stderr.write(f"docs/region-loss.md: {error}\n")
        return FAILED
    except RunnerError as error:
        message = "Interrupted; everything was removed." if error.exit_code == INTERRUPTED else str(error)
        sys.stderr.write(f"{message}\n")
        return error.exit_code


def _rehearse(environment: Environment, options: argparse.Namespace) -> int:
    second = environment.recovery_region
    if second is None or environment.recovery is None or environment.recovery.standby is None:
        message = f"{environment.name}.toml has no [recovery.standby], so no second region could take over."
        raise RunnerError(message, "Add it (docs/recovery.md), or name another environment with ENV=.")
    executable.find(os.environ)  # report a missing Terraform before anything is started
    processes = Processes()
    progress = ProgressDisplay(sys.stdout, sys.stderr, live=False)
    with (
        tempfile.TemporaryDirectory(prefix="region-loss-") as folder,
        progress,
        interrupts.obeying_signals(processes, progress),
        open_emulator(options.port) as emulator,
    ):
        CLOCK.minute_seconds = MINUTE_SECONDS
        account = Account(environment.account_id, environment.region, emulator)
        programs = Path(folder) / "bin"
        aws_cli.install(programs)
        install_make(programs)
        checkout = Checkout(Path(folder) / "checkout", environment.name, processes, _environ(account, programs))
        checkout.set_up(options.settings)
        rehearsal = Rehearsal(
            checkout,
            emulator,
            home=environment.region,
            second=second,
            markers=list(markers(World(environment, account))),
            say=progress.say,
            durations=Durations(ROOT / ".terraform-work"),
            names={
                "ENV": environment.name,
                "PROJECT": environment.project,
                "ACCOUNT": environment.account_id,
                "FIRST": environment.region,
                "SECOND": second,
                "PREFIX": environment.names.prefix,
            },
        )
        try:
            rehearsal.run(list(steps(PAGE.read_text(encoding="utf-8"))))
        finally:
            if rehearsal.done:
                progress.say(f"\n{report.for_console(rehearsal.done)}\n")
        if options.write:
            report.write(PAGE, rehearsal.done)
        total = sum(one.seconds for one in rehearsal.done)
        progress.say(f"{environment.name} has lost {environment.region} and no marker; {total:.0f} s.")
    return OK


def _environ(account: Account, programs: Path) -> dict[str, str]:
    """The shell of a person who is signed in to the account."""
    return {
        **account.environ(),
        "PATH": os.pathsep.join([str(programs), os.environ.get("PATH", os.defpath)]),
        "AWS_PAGER": "",
        "PARALLEL": "4",
        "SKIP_DELEGATION_CHECK": "1",  # the DNS of the internet knows nothing of the emulator's zones
    }


def install_make(programs: Path) -> None:
    """Put a `make` there that says yes where the targets ask: of a shell, they take no answers."""
    program = programs / "make"
    program.write_text(_ANSWERING_MAKE.format(make=shutil.which("make")), encoding="utf-8")
    program.chmod(0o755)


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m acceptance.region_loss", description=main.__doc__)
    parser.add_argument("--env", default="prod", help="the environment (default: prod)")
    parser.add_argument(
        "--settings",
        type=Path,
        default=ROOT / ENVIRONMENTS,
        metavar="FOLDER",
        help="the folder of the environments' files (default: environments)",
    )
    parser.add_argument("--port", type=int, default=0, help="the emulator's port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--write", action="store_true", help="write the table into docs/region-loss.md")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    program.run(main)
