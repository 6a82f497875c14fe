"""Lists the parameters that a person must still set, and how; `make secrets ENV=prod` runs it.

It reads the synthesized JSON and calls the AWS CLI, which is also needed to set a value, so that it needs no
AWS library. A parameter that Terraform created and that was not set since is at its first version. It also lists those
that are encrypted with the account's default key, which AWS takes for a value that is written without a key. Only the
commands read a value.
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
# Both: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
# Standard, unless the value is too long for it or the parameter is advanced already.
_TIER: Final = "Intelligent-Tiering"
_DEFAULT_KEY: Final = "alias/aws/ssm"


class AccountUnreadableError(Exception):
    """The account cannot be read; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class StoredParameter:
    """A parameter as it is declared, with the commands that write it."""

    name: str
    type: str
    key_alias: str
    region: str
    manual: bool
    """A person sets it."""

    @property
    def set_command(self) -> str:
        """The command that sets it: the value is typed, not shown, and not in the shell history."""
        return f"read -rs VALUE && {self._put}; unset VALUE"

    @property
    def encrypt_command(self) -> str:
        """The command that writes the value that it has with its own key."""
        get = ["aws", "ssm", "get-parameter", "--region", self.region, "--name", self.name, "--with-decryption"]
        read = shlex.join([*get, "--query", "Parameter.Value", "--output", "text"])
        return f'VALUE="$({read})" && {self._put}; unset VALUE'

    @property
    def _put(self) -> str:
        # By its ARN, as Terraform writes it: Parameter Store would return an alias as it was given.
        find_key = ["aws", "kms", "describe-key", "--region", self.region, "--key-id", self.key_alias]
        key = shlex.join([*find_key, "--query", "KeyMetadata.Arn", "--output", "text"])
        put = shlex.join(
            [
                *("aws", "ssm", "put-parameter", "--region", self.region, "--overwrite"),
                *("--type", self.type, "--tier", _TIER, "--name", self.name),
            ]
        )
        return f'{put} --key-id "$({key})" --value "$VALUE"'


@dataclass(frozen=True, kw_only=True)
class Written:
    """What AWS says about a parameter."""

    version: int
    key: str | None
    """As the writer named it."""


@dataclass(frozen=True, kw_only=True)
class ParameterTree:
    """The parameters of one environment, as synthesized."""

    environment: str
    layer: str
    """The layer that has them."""

    region: str
    prefix: str
    """The start of all names: `/<project>/<environment>/`."""
    parameters: tuple[StoredParameter, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all."""
        return tuple(parameter.name for parameter in self.parameters)

    @property
    def manual(self) -> tuple[StoredParameter, ...]:
        """Those that a person sets."""
        return tuple(parameter for parameter in self.parameters if parameter.manual)

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
            parameters=tuple(
                StoredParameter(
                    name=str(parameter.get("name")),
                    type=str(parameter.get("type")),
                    key_alias=_alias(stack, parameter),
                    region=stack.region,
                    manual=parameter.get("tags") == _MANUAL_TAGS,
                )
                for stack, parameter in parameters
            ),
        )


def read_written(tree: ParameterTree) -> dict[str, Written]:
    """What was written, by name, read by the AWS CLI with the credentials of the shell.

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
    return {
        parameter["Name"]: Written(version=int(parameter["Version"]), key=parameter.get("KeyId"))
        for parameter in listed
    }


def report(tree: ParameterTree, written: Mapping[str, Written] | None) -> tuple[list[str], int]:
    """Lines to print and the exit code; `written` is None if the account could not be read."""
    lines: list[str] = []
    if written is None:
        for parameter in tree.manual:
            lines += [f"perhaps unset  {parameter.name}", f"  {parameter.set_command}"]
        return lines, REFUSED
    missing = [name for name in tree.names if name not in written]
    if missing:
        lines += [f"missing  {name}" for name in missing]
        lines += [
            f"  `make apply ENV={tree.environment} LAYER={tree.layer}` creates what is missing.",
            "  If a database exists without its password, first increase the database's password_version by one:",
            "  both then get a new password.",
        ]
    present = [parameter for parameter in tree.parameters if parameter.name in written]
    unset = [each for each in present if each.manual and written[each.name].version == _FIRST_VERSION]
    for parameter in unset:
        lines += [f"unset    {parameter.name}", f"  {parameter.set_command}"]
    for parameter in present:
        if written[parameter.name].key == _DEFAULT_KEY and parameter not in unset:
            lines += [
                f"other key  {parameter.name}",
                f"  It is encrypted with the account's default key, {_DEFAULT_KEY}. To encrypt it with its own:",
                f"  {parameter.encrypt_command}",
            ]
    done = sum(1 for each in present if each.manual and written[each.name].version > _FIRST_VERSION)
    lines.append(f"{done} of {len(tree.manual)} are set.")
    return lines, OK


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
