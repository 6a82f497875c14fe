"""A playground: an environment on the emulator, kept until Ctrl-C."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from acceptance.harness import applied_outputs
from acceptance.lifecycle import EnvironmentRun, Row, apply
from runner.errors import OK

if TYPE_CHECKING:
    from acceptance.harness import Harness


def demo(harness: Harness) -> int:
    """Apply an environment, print its outputs and commands to try, and keep it until Ctrl-C."""
    (environment,) = harness.environments
    session = replace(harness.session(environment), durations=harness.durations)
    run = EnvironmentRun(environment, rows={id_: Row(id_) for id_ in session.stacks})
    apply(session, run)
    outputs = applied_outputs(session, session.stacks)
    harness.progress.say(_page(harness, environment, run, outputs))
    harness.processes.wait_for_interrupt()
    return OK


def _page(harness: Harness, environment: str, run: EnvironmentRun, outputs: dict[str, dict[str, object]]) -> str:
    account = harness.account(environment)
    resources = sum(row.resources for row in run.rows.values())
    lines = [f"\n{environment} is applied: {resources} resources, in account {account.id} of the emulator.\n"]
    for stack, values in outputs.items():
        lines.append(f"Outputs of {stack}:")
        lines += [f"  {name} = {json.dumps(value)}" for name, value in values.items()]
    lines.append("\nIn another shell:\n")
    # The DNS of the internet knows nothing of the emulator's zones.
    lines.append(export_command({**account.exports(), "SKIP_DELEGATION_CHECK": "1"}))
    lines.append("")
    lines += [f"  aws --endpoint-url {harness.emulator.url} {command}" for command in _COMMANDS]
    if not shutil.which("aws"):
        lines.append("\n  (`aws` is not on PATH; `pip install awscli` installs it.)")
    lines += [
        f"\n  make plan ENV={environment}    # shows no changes; change a setting and repeat it",
        "\nCtrl-C ends the demo and removes everything.",
    ]
    return "\n".join(lines)


def export_command(variables: dict[str, str]) -> str:
    """One command that sets all variables."""
    start = "  export "
    return start + f" \\\n{' ' * len(start)}".join(f"{name}={value}" for name, value in variables.items())


_COMMANDS = (
    "s3 ls",
    "ec2 describe-vpcs --query 'Vpcs[].[VpcId,CidrBlock,IsDefault]' --output table",
    "ec2 describe-subnets --query 'Subnets[].[AvailabilityZone,CidrBlock]' --output table",
    "logs describe-log-groups --query 'logGroups[].[logGroupName,retentionInDays]' --output table",
    "dynamodb list-tables",
)
