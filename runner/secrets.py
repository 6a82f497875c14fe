"""Which parameters a person must still set, and how; `make secrets ENV=prod` runs it.

It reads the synthesized JSON and asks the AWS CLI, which the person needs anyway to set a value, so that this project
needs no AWS library. An entry that Terraform made and nobody has set is at its first version. No value is ever read.
"""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from runner.errors import OK, REFUSED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_PARAMETER: Final = "aws_ssm_parameter"
_SUPPLIED_BY_PERSON: Final = {"SuppliedBy": "person"}
_TIMEOUT_SECONDS: Final = 60
_FIRST: Final = 1


class CannotTellError(Exception):
    """The account could not be asked; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class SuppliedParameter:
    """A parameter that a person sets."""

    name: str
    key_alias: str
    region: str

    @property
    def command(self) -> str:
        """What sets it: the value is typed, not shown, and in no shell history."""
        put = [
            *("aws", "ssm", "put-parameter", "--region", self.region, "--type", "SecureString", "--overwrite"),
            *("--key-id", self.key_alias, "--name", self.name),
        ]
        return f'read -rs VALUE && {shlex.join(put)} --value "$VALUE"; unset VALUE'


@dataclass(frozen=True, kw_only=True)
class ParameterTree:
    """The parameters of one environment, as synthesized."""

    region: str
    prefix: str
    """What all names begin with: `/<project>/<environment>/`."""
    names: tuple[str, ...]
    supplied: tuple[SuppliedParameter, ...]

    @staticmethod
    def from_stacks(stacks: Mapping[str, Stack]) -> ParameterTree:
        """The parameters of an environment's stacks."""
        first = next(iter(stacks.values()))
        found = [(stack, parameter) for stack in stacks.values() for parameter in stack.all(_PARAMETER)]
        return ParameterTree(
            region=first.region,
            prefix=f"/{first.project}/{first.environment}/",
            names=tuple(str(parameter.get("name")) for _, parameter in found),
            supplied=tuple(
                SuppliedParameter(
                    name=str(parameter.get("name")), key_alias=_alias(stack, parameter), region=stack.region
                )
                for stack, parameter in found
                if parameter.get("tags") == _SUPPLIED_BY_PERSON
            ),
        )


def versions_in_account(tree: ParameterTree) -> dict[str, int]:
    """Version by name, from the AWS CLI with the credentials of the shell.

    Raises:
        CannotTellError: There is no AWS CLI, or AWS refused.
    """
    aws = shutil.which("aws")
    if aws is None:
        message = "There is no `aws` on PATH: install the AWS CLI, version 2, which also sets the values."
        raise CannotTellError(message)
    wanted = f"Key=Name,Option=BeginsWith,Values={tree.prefix}"
    command = [aws, "ssm", "describe-parameters", "--region", tree.region, "--output", "json"]
    try:
        answer = subprocess.run(
            [*command, "--parameter-filters", wanted],
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=True,
        ).stdout
        found: list[dict[str, Any]] = json.loads(answer)["Parameters"]
    except subprocess.CalledProcessError as error:
        message = f"AWS did not tell: {error.stderr.strip().splitlines()[-1] if error.stderr.strip() else error}"
        raise CannotTellError(message) from None
    except (OSError, ValueError, KeyError, subprocess.TimeoutExpired) as error:
        message = f"AWS did not tell: {error}"
        raise CannotTellError(message) from None
    return {parameter["Name"]: int(parameter["Version"]) for parameter in found}


def report(tree: ParameterTree, versions: Mapping[str, int] | None) -> tuple[list[str], int]:
    """Lines to print and the exit code; `versions` is None where the account could not be asked."""
    lines: list[str] = []
    if versions is None:
        for parameter in tree.supplied:
            lines += [f"perhaps unset  {parameter.name}", f"  {parameter.command}"]
        return lines, REFUSED
    missing = [name for name in tree.names if name not in versions]
    if missing:
        lines += [f"missing  {name}" for name in missing]
        lines += [
            "  `make apply LAYER=data` makes what is missing. Where a database is there and its password is not,",
            "  raise the database's password_version by one before, and both get a new one.",
        ]
    unset = [parameter for parameter in tree.supplied if versions.get(parameter.name) == _FIRST]
    for parameter in unset:
        lines += [f"unset    {parameter.name}", f"  {parameter.command}"]
    done = sum(1 for parameter in tree.supplied if versions.get(parameter.name, 0) > _FIRST)
    lines.append(f"{done} of {len(tree.supplied)} are set.")
    return lines, OK


def secrets(
    stacks: Mapping[str, Stack], *, ask: Callable[[ParameterTree], Mapping[str, int]] = versions_in_account
) -> int:
    """List the parameters that a person must still set, each with its command.

    Returns:
        0, or 2 when the account could not be asked.
    """
    tree = ParameterTree.from_stacks(stacks)
    if not tree.names:
        print("This environment has no parameters.")
        return OK
    try:
        versions = ask(tree)
    except CannotTellError as error:
        print(error, file=sys.stderr)
        versions = None
    lines, code = report(tree, versions)
    print(*lines, sep="\n")
    return code


def _alias(stack: Stack, parameter: Resource) -> str:
    """A name of the key that encrypts the parameter, which is known without asking AWS."""
    for key in stack.all("aws_kms_key"):
        if key.is_referred_to_by(parameter.get("key_id")):
            (alias,) = stack.attached(key, "aws_kms_alias", by="target_key_id")
            return str(alias.get("name"))
    message = f"{parameter.address} is encrypted by no key of {stack.id}"
    raise LookupError(message)
