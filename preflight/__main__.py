"""`python -m preflight ENV`: reads the account and prints what would make the first apply fail.

Exit codes: 0 if every line is ok or a warning; 1 if one is a problem or could not be read, which may be one; 2 for
wrong input, as a profile that does not exist.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError

from console import program
from preflight import copies, delegation, engines, names, quotas, releases, singletons, zones
from preflight.account import Account
from preflight.check import run_all
from preflight.identity import identify
from preflight.platform import Platform
from preflight.report import render, summary
from preflight.shell import shell_session
from runner.environment import require_aws
from runner.errors import RunnerError
from runner.name_servers import look_up_delegation
from synthesis.manifest import OutputError, of_environment, read_stacks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from preflight.check import Check
    from preflight.delegation import LookUp
    from preflight.line import Line

OK, NOT_OK, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
_BOOTSTRAP_FOLDER: Final = ".bootstrap"
_LOCAL_STATE: Final = "terraform.tfstate"


def main(arguments: Sequence[str] | None = None, *, look_up: LookUp = look_up_delegation) -> int:
    """Run all checks; return the process's exit code."""
    options = _parse(arguments)
    try:
        require_aws(os.environ)
        platform = Platform(of_environment(read_stacks(options.output), options.environment))
        account = Account(shell_session(), home_region=platform.home_region)
        local_state = options.output.resolve().parent / _BOOTSTRAP_FOLDER / options.environment / _LOCAL_STATE
        lines, complete = preflight(platform, account, look_up=look_up, local_state=local_state)
    except (OutputError, RunnerError) as error:
        sys.stderr.write(f"{error}\n")
        return BAD_INPUT
    except BotoCoreError as error:  # the calls themselves are caught, so it is about AWS_PROFILE or a file of the SDK
        sys.stderr.write(f"The AWS settings of this shell cannot be used: {error}.\n")
        sys.stderr.write("Correct AWS_PROFILE or the SDK's files; `aws configure list-profiles` lists the profiles.\n")
        return BAD_INPUT
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted; nothing was changed.\n")
        return INTERRUPTED
    print(render(lines))
    print()
    print(summary(lines, platform.environment, complete=complete))
    return OK if all(line.status.is_passed for line in lines) else NOT_OK


def preflight(platform: Platform, account: Account, *, look_up: LookUp, local_state: Path) -> tuple[list[Line], bool]:
    """All lines, and whether all checks ran: with the wrong credentials only those are looked at."""
    sys.stderr.write(f"Reading account {platform.account_id} for {platform.environment}\n")
    lines, identified = identify(platform, account)
    if identified is None:
        return lines, False
    checks = list(_checks(platform, identified, look_up, local_state))
    return [*lines, *run_all(checks, identified)], True


def _checks(platform: Platform, account: Account, look_up: LookUp, local_state: Path) -> Iterator[Check]:
    yield from zones.checks(platform, account)
    yield from quotas.checks(platform, account)
    yield from engines.checks(platform, account)
    yield from singletons.checks(platform, account)
    yield from copies.checks(platform, account)
    yield from releases.checks(platform, account)
    yield from delegation.checks(platform, account, look_up)
    yield from names.checks(platform, account, names.StateProbe(platform, account, local_state))


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m preflight",
        description="Reads the account of an environment and reports what would make the first apply fail.",
        epilog="Exit codes: 0 all ok, or warnings; 1 a problem, or something that could not be read; 2 wrong input.",
    )
    parser.add_argument("environment", help="the environment: dev, staging, prod, ...")
    parser.add_argument(
        "--output", type=Path, default=Path("cdktf.out"), help="the output of synthesis (default: %(default)s)"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    program.run(main)
