"""Lists the parameters that a person must still set, and how; `make secrets ENV=prod` runs it.

It reads the synthesized JSON and calls the AWS CLI, which is also needed to set a value, so that the project needs no
AWS library. A parameter that Terraform created and that was not set since is at its first version. No value is read.
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
_MANUAL_TAGS: Final = {"SuppliedBy": "person"}
_TIMEOUT_SECONDS: Final = 60
_FIRST_VERSION: Final = 1


class AccountUnreadableError(Exception):
    """The account cannot be read; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class ManualParameter:
    """A parameter that a person sets."""

    name: str
    key_alias: str
    region: str

    @property
    def command(self) -> str:
        """The command that sets it: the value is typed, not shown, and not in the shell history."""
        put = [
            *("aws", "ssm", "put-parameter", "--region", self.region, "--type", "SecureString", "--overwrite"),
            *("--key-id", self.key_alias, "--name", self.name),
        ]
        return f'read -rs VALUE && {shlex.join(put)} --value "$VALUE"; unset VALUE'


@dataclass(frozen=True, kw_only=True)
class ParameterTree:
    """The parameters of one environment, as synthesized."""

    environment: str
    layer: str
    """The layer that has them."""

    region: str
    prefix: str
    """The start of all names: `/<project>/<environment>/`."""
    names: tuple[str, ...]
    manual: tuple[ManualParameter, ...]

    @staticmethod
    def from_stacks(stacks: Mapping[str, Stack]) -> ParameterTree:
        """The parameters of an environment's stacks."""
        parameters = [(stack, parameter) for stack in stacks.values() for parameter in stack.all(_PARAMETER)]
        first = next((stack for stack, _ in parameters), next(iter(stacks.values())))
        return ParameterTree(
            environment=first.environment,
            layer=first.layer,
            region=first.region,
            prefix=f"/{first.project}/{first.environment}/",
            names=tuple(str(parameter.get("name")) for _, parameter in parameters),
            manual=tuple(
                ManualParameter(
                    name=str(parameter.get("name")), key_alias=_alias(stack, parameter), region=stack.region
                )
                for stack, parameter in parameters
                if parameter.get("tags") == _MANUAL_TAGS
            ),
        )


def read_versions(tree: ParameterTree) -> dict[str, int]:
    """Version by name, read by the AWS CLI with the credentials of the shell.

    Raises:
        AccountUnreadableError: There is no AWS CLI, or AWS refused.
    """
    aws = shutil.which("aws")
    if aws is None:
        message = "`aws` is not on PATH: install the AWS CLI, version 2, which also sets the values."
        raise AccountUnreadableError(message)
    name_filter = f"Key=Name,Option=BeginsWith,Values={tree.prefix}"
    command = [aws, "ssm", "describe-parameters", "--region", tree.region, "--output", "json"]
    try:
        answer = subprocess.run(
            [*command, "--parameter-filters", name_filter],
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=True,
        ).stdout
        listed: list[dict[str, Any]] = json.loads(answer)["Parameters"]
    except subprocess.CalledProcessError as error:
        message = (
            f"Cannot list the parameters: {error.stderr.strip().splitlines()[-1] if error.stderr.strip() else error}"
        )
        raise AccountUnreadableError(message) from None
    except (OSError, ValueError, KeyError, subprocess.TimeoutExpired) as error:
        message = f"Cannot list the parameters: {error}"
        raise AccountUnreadableError(message) from None
    return {parameter["Name"]: int(parameter["Version"]) for parameter in listed}


def report(tree: ParameterTree, versions: Mapping[str, int] | None) -> tuple[list[str], int]:
    """Lines to print and the exit code; `versions` is None if the account could not be read."""
    lines: list[str] = []
    if versions is None:
        for parameter in tree.manual:
            lines += [f"perhaps unset  {parameter.name}", f"  {parameter.command}"]
        return lines, REFUSED
    missing = [name for name in tree.names if name not in versions]
    if missing:
        lines += [f"missing  {name}" for name in missing]
        lines += [
            f"  `make apply ENV={tree.environment} LAYER={tree.layer}` creates what is missing.",
            "  If a database exists without its password, first increase the database's password_version by one:",
            "  both then get a new password.",
        ]
    unset = [parameter for parameter in tree.manual if versions.get(parameter.name) == _FIRST_VERSION]
    for parameter in unset:
        lines += [f"unset    {parameter.name}", f"  {parameter.command}"]
    done = sum(1 for parameter in tree.manual if versions.get(parameter.name, 0) > _FIRST_VERSION)
    lines.append(f"{done} of {len(tree.manual)} are set.")
    return lines, OK


def secrets(stacks: Mapping[str, Stack], *, ask: Callable[[ParameterTree], Mapping[str, int]] = read_versions) -> int:
    """List the parameters that a person must still set, with the command for each.

    Returns:
        0, or 2 if the account could not be read.
    """
    tree = ParameterTree.from_stacks(stacks)
    if not tree.names:
        print("This environment has no parameters.")
        return OK
    try:
        versions = ask(tree)
    except AccountUnreadableError as error:
        print(error, file=sys.stderr)
        versions = None
    lines, code = report(tree, versions)
    print(*lines, sep="\n")
    return code


def _alias(stack: Stack, parameter: Resource) -> str:
    """An alias of the key that encrypts the parameter: unlike its id, it is in the JSON."""
    for key in stack.all("aws_kms_key"):
        if key.is_referred_to_by(parameter.get("key_id")):
            (alias,) = stack.attached(key, "aws_kms_alias", by="target_key_id")
            return str(alias.get("name"))
    message = f"{parameter.address} is not encrypted with a key of {stack.id}"
    raise LookupError(message)
