"""Lists the parameters that a person must still set, and how; `make secrets ENV=prod` runs it.

It reads the synthesized JSON and calls the AWS CLI, which is also needed to set a value, so that it needs no
AWS library. A parameter that Terraform created and that was not set since is at its first version. What a function
should have set is reported too, with the command that repairs it, and so is what is encrypted with the account's
default key, which AWS takes for a value that is written without a key. Only the commands that it prints read a value.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from runner.errors import OK, REFUSED
from runner.stored import ParameterTree, StoredParameter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from synthesis.manifest import Stack

__all__ = [
    "AccountUnreadableError",
    "ParameterTree",
    "StoredParameter",
    "Written",
    "read_written",
    "report",
    "secrets",
]

_TIMEOUT_SECONDS: Final = 60
_FIRST_VERSION: Final = 1
_DEFAULT_KEY: Final = "alias/aws/ssm"


class AccountUnreadableError(Exception):
    """The account cannot be read; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """What AWS says about a parameter or a secret."""

    version: int
    """How often a parameter was written; of a secret, 1 without a value and 2 with one."""
    key: str | None
    """As the writer named it."""

    @property
    def is_set(self) -> bool:
        """Whether a person or a function has written it after Terraform created it."""
        return self.version > _FIRST_VERSION


def read_written(tree: ParameterTree) -> dict[str, Written]:
    """What was written, by name, read by the AWS CLI with the credentials of the shell.

    Raises:
        AccountUnreadableError: There is no AWS CLI, or AWS refused.
    """
    name_filter = f"Key=Name,Option=BeginsWith,Values={tree.prefix}"
    listed = _listed(tree, ["ssm", "describe-parameters"], ["--parameter-filters", name_filter], "Parameters")
    written = {
        parameter["Name"]: Written(version=int(parameter["Version"]), key=parameter.get("KeyId"))
        for parameter in listed
    }
    if tree.secrets:
        name_filter = f"Key=name,Values={tree.prefix.removeprefix('/')}"
        for secret in _listed(tree, ["secretsmanager", "list-secrets"], ["--filters", name_filter], "SecretList"):
            # https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_SecretListEntry.html
            has_value = bool(secret.get("SecretVersionsToStages"))
            written[secret["Name"]] = Written(version=_FIRST_VERSION + has_value, key=secret.get("KmsKeyId"))
    return written


def _listed(tree: ParameterTree, operation: list[str], filters: list[str], member: str) -> list[dict[str, Any]]:
    aws = shutil.which("aws")
    if aws is None:
        message = "`aws` is not on PATH: install the AWS CLI, version 2, which also sets the values."
        raise AccountUnreadableError(message)
    command = [aws, *operation, "--region", tree.region, "--output", "json", *filters]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=_TIMEOUT_SECONDS,
            check=True,
        )
        listed: list[dict[str, Any]] = json.loads(done.stdout)[member]
    except subprocess.CalledProcessError as error:
        reason = error.stderr.strip().splitlines()[-1] if error.stderr.strip() else error
        message = f"Cannot list the parameters: {reason}"
        raise AccountUnreadableError(message) from None
    except (OSError, ValueError, KeyError, subprocess.TimeoutExpired) as error:
        message = f"Cannot list the parameters: {error}"
        raise AccountUnreadableError(message) from None
    return listed


def report(tree: ParameterTree, written: Mapping[str, Written] | None) -> tuple[list[str], int]:
    """Lines to print and the exit code; `written` is None if the account could not be read."""
    lines: list[str] = []
    if written is None:
        for parameter in tree.manual:
            lines += [f"perhaps unset  {parameter.name}", f"  {parameter.set_command}"]
        return lines, REFUSED
    lines += _report_missing(tree, [name for name in tree.names if name not in written])
    lines += _report_function(tree, [name for name in tree.by_function if name in written and not written[name].is_set])
    present = [parameter for parameter in tree.parameters if parameter.name in written]
    unset = [each for each in present if each.manual and not written[each.name].is_set]
    for parameter in unset:
        lines += [f"unset    {parameter.name}", f"  {parameter.set_command}"]
    for parameter in present:
        if written[parameter.name].key == _DEFAULT_KEY and parameter not in unset:
            lines += [
                f"other key  {parameter.name}",
                f"  It is encrypted with the account's default key, {_DEFAULT_KEY}. To encrypt it with its own:",
                f"  {parameter.encrypt_command}",
            ]
    done = sum(1 for each in present if each.manual and written[each.name].is_set)
    lines.append(f"{done} of {len(tree.manual)} are set.")
    return lines, OK


def describe_emergency(tree: ParameterTree) -> list[str]:
    """How a person gets what the masters of the databases sign in with; nothing here reads it."""
    if not tree.masters:
        return []
    lines = ["In an emergency, these print what a database's master signs in with (docs/data.md#in-an-emergency):"]
    for master in tree.masters:
        lines += [f"master   {master.database}", f"  {master.command}"]
    return lines


def secrets(
    stacks: Mapping[str, Stack], *, ask: Callable[[ParameterTree], Mapping[str, Written]] = read_written
) -> int:
    """List the parameters that a person must still set, with the command for each.

    Returns:
        0, or 2 if the account could not be read.
    """
    tree = ParameterTree.from_stacks(stacks)
    if not tree.names:
        print("This environment has no parameters.")
        return OK
    try:
        written: Mapping[str, Written] | None = ask(tree)
    except AccountUnreadableError as error:
        print(error, file=sys.stderr)
        written = None
    lines, code = report(tree, written)
    print(*lines, *describe_emergency(tree), sep="\n")
    return code


def _report_missing(tree: ParameterTree, names: Sequence[str]) -> list[str]:
    lines = [f"missing  {name}" for name in names]
    if names:
        lines.append(f"  `make apply ENV={tree.environment} LAYER={tree.layer}` creates what is missing.")
    for name in names:
        if name in tree.master_secrets:
            table = f"[{name.split('/')[-2]}]"
            lines += [
                f"  {name}: first increase password_version of {table} by one.",
                "  Otherwise the database keeps the master's password that is lost.",
            ]
    return lines


def _report_function(tree: ParameterTree, names: Sequence[str]) -> list[str]:
    if not names:
        return []
    databases = sorted({name.removeprefix("/").split("/")[2] for name in names})
    rotate = " or ".join(f"`make rotate ENV={tree.environment} WHAT={database}`" for database in databases)
    return [
        *(f"unset    {name}" for name in names),
        f"  A function writes these. To run it: make apply ENV={tree.environment} LAYER={tree.layer}",
        f"  If that changes nothing: {rotate}.",
    ]
