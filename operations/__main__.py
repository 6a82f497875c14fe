"""`python -m operations tunnel|logs|status`: day 2 for people, with the credentials of the shell.

Exit codes: 0 as asked for; 1 AWS or the plugin failed, or something could not be read; 2 wrong input; 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError

from console import arguments as numbers
from console import program
from operations.account import Account
from operations.drift import plan_all
from operations.logs import DEFAULT_SINCE, show_logs
from operations.plugin import find_plugin
from operations.status import show_status
from operations.tunnel import open_tunnel
from preflight.shell import shell_session
from runner.environment import require_aws
from runner.errors import INTERRUPTED, REFUSED, RunnerError
from synthesis.manifest import OutputError, of_environment, read_stacks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from operations.plugin import Forwarder
    from synthesis.manifest import Stack


def main(arguments: Sequence[str] | None = None, *, find_forwarder: Callable[[], Forwarder] = find_plugin) -> int:
    """Run one command; return the process's exit code."""
    options = _parse(arguments)
    try:
        return _run(options, find_forwarder)
    except OutputError as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    except RunnerError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except BotoCoreError as error:  # the calls themselves are caught, so it is about AWS_PROFILE or a file of the SDK
        sys.stderr.write(f"The AWS settings of this shell cannot be used: {error}.\n")
        sys.stderr.write("Correct AWS_PROFILE or the SDK's files; `aws configure list-profiles` lists the profiles.\n")
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED


def _run(options: argparse.Namespace, find_forwarder: Callable[[], Forwarder]) -> int:
    require_aws(os.environ)
    stacks = read_stacks(options.output)
    session = shell_session()

    def account_of(region: str) -> Account:
        return Account(session, region=region)

    if options.command == "status":
        plan = partial(plan_all, output=options.output) if options.drift else None
        return show_status(_environments(stacks, options.env), account_of=account_of, plan=plan)
    chosen = of_environment(stacks, options.env)
    if options.command == "logs":
        return show_logs(
            chosen, options.service, options.since, options.region, follow=options.follow, account_of=account_of
        )
    return open_tunnel(
        chosen, options.to, options.region, options.port, account_of=account_of, find_forwarder=find_forwarder
    )


def _environments(stacks: Mapping[str, Stack], environment: str | None) -> list[dict[str, Stack]]:
    """The stacks of one environment, or of each."""
    names = [environment] if environment else sorted({stack.environment for stack in stacks.values()})
    return [of_environment(stacks, name) for name in names]


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--output", type=Path, default=Path("cdktf.out"), help="the output of synthesis (default: %(default)s)"
    )
    parser = argparse.ArgumentParser(prog="python -m operations", description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    of_one = argparse.ArgumentParser(add_help=False)
    of_one.add_argument("--env", required=True, help="the environment: dev, staging, prod, ...")
    of_one.add_argument("--region", help="the second region (default: the environment's own)")
    tunnel = commands.add_parser("tunnel", parents=[common, of_one], help="a way from this machine to a database")
    tunnel.add_argument("--to", help="postgres or documentdb")
    tunnel.add_argument(
        "--port", type=numbers.port, default=0, help="port of this machine (default: 15432, 37017, or one that is free)"
    )
    logs = commands.add_parser("logs", parents=[common, of_one], help="what the services have written")
    logs.add_argument("--service", help="one service (default: all)")
    logs.add_argument("--since", help=f"like 15m, 2h, 3d, or 2026-11-27T09:00 (default: {DEFAULT_SINCE})")
    logs.add_argument("--follow", action="store_true", help="go on until Ctrl-C")
    status = commands.add_parser("status", parents=[common], help="what runs, which release, what is on")
    status.add_argument("--env", help="one environment (default: all that these credentials are for)")
    status.add_argument("--drift", action="store_true", help="also plan all stacks, which takes minutes")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    program.run(main)
