"""What an environment stores its secrets in, as synthesized, and the commands that write or read them."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_PARAMETER, _SECRET, _VERSION = "aws_ssm_parameter", "aws_secretsmanager_secret", "aws_secretsmanager_secret_version"
_MANUAL_TAGS: Final = {"SuppliedBy": "person"}
_PLACEHOLDER: Final = "unset"
_MASTER: Final = "master"
_COPIES: Final = "recovery"
"""The layer whose parameters have the names of others, in another region, and are written by a function alone."""
# Both: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
# Standard, unless the value is too long for it or the parameter is advanced already.
_TIER: Final = "Intelligent-Tiering"


@dataclass(frozen=True, kw_only=True)
class StoredParameter:
    """A parameter as it is declared, with the commands that write it."""

    name: str
    type: str
    key_alias: str
    region: str
    manual: bool
    """A person sets it."""
    by_function: bool = False
    """A function sets it."""

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
class StoredSecret:
    """A secret of Secrets Manager."""

    name: str
    by_function: bool
    """A function sets it; otherwise Terraform does, once."""


@dataclass(frozen=True, kw_only=True)
class MasterUser:
    """The master user of a database, whose credentials only a person needs, in an emergency."""

    database: str
    """`postgres` or `documentdb`; with the region if it is in the second one."""
    command: str
    """The command that prints the credentials."""


@dataclass(frozen=True, kw_only=True)
class ParameterTree:
    """The parameters and secrets of one environment, as synthesized."""

    environment: str
    layer: str
    """The layer that has them."""

    region: str
    prefix: str
    """The start of all names of parameters: `/<project>/<environment>/`; secrets have no slash before it."""
    parameters: tuple[StoredParameter, ...]
    secrets: tuple[StoredSecret, ...] = ()
    masters: tuple[MasterUser, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all."""
        return (*(each.name for each in self.parameters), *(each.name for each in self.secrets))

    @property
    def manual(self) -> tuple[StoredParameter, ...]:
        """Those that a person sets."""
        return tuple(parameter for parameter in self.parameters if parameter.manual)

    @property
    def by_function(self) -> tuple[str, ...]:
        """The names of those that a function sets."""
        parameters = (each.name for each in self.parameters if each.by_function)
        return (*parameters, *(each.name for each in self.secrets if each.by_function))

    @property
    def master_secrets(self) -> tuple[str, ...]:
        """The names of the secrets of master users that this platform keeps itself."""
        return tuple(secret.name for secret in self.secrets if secret.name.endswith(f"/{_MASTER}"))

    @staticmethod
    def from_stacks(stacks: Mapping[str, Stack]) -> ParameterTree:
        """What an environment's stacks declare in its own region, and the masters of the databases of both."""
        own = [stack for stack in stacks.values() if not stack.stands_by]
        parameters = [
            (stack, parameter) for stack in own if stack.layer != _COPIES for parameter in stack.all(_PARAMETER)
        ]
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
                    by_function=parameter.get("value_wo") == _PLACEHOLDER and parameter.get("tags") != _MANUAL_TAGS,
                )
                for stack, parameter in parameters
            ),
            secrets=tuple(
                StoredSecret(
                    name=str(secret.get("name")), by_function=not stack.attached(secret, _VERSION, by="secret_id")
                )
                for stack in own
                for secret in stack.all(_SECRET)
            ),
            masters=tuple(master for stack in stacks.values() for master in _masters(stack)),
        )


def _masters(stack: Stack) -> Iterator[MasterUser]:
    where = f" in {stack.region}" if stack.stands_by else ""
    for instance in stack.all("aws_db_instance"):
        if instance.is_on("manage_master_user_password"):
            find = ["aws", "rds", "describe-db-instances", "--region", stack.region]
            find += ["--db-instance-identifier", str(instance.get("identifier"))]
            find += ["--query", "DBInstances[0].MasterUserSecret.SecretArn", "--output", "text"]
            yield MasterUser(database=f"postgres{where}", command=_read_command(stack, f'"$({shlex.join(find)})"'))
    for secret in stack.all(_SECRET):
        database, _, name = str(secret.get("name")).rpartition("/")
        if name == _MASTER:
            command = _read_command(stack, shlex.quote(str(secret.get("name"))))
            yield MasterUser(database=database.rpartition("/")[2] + where, command=command)


def _read_command(stack: Stack, secret_id: str) -> str:
    get = shlex.join(["aws", "secretsmanager", "get-secret-value", "--region", stack.region])
    return f"{get} --query SecretString --output text --secret-id {secret_id}"


def _alias(stack: Stack, parameter: Resource) -> str:
    """An alias of the key that encrypts the parameter: unlike its id, it is in the JSON."""
    for key in stack.all("aws_kms_key"):
        if key.is_referred_to_by(parameter.get("key_id")):
            (alias,) = stack.attached(key, "aws_kms_alias", by="target_key_id")
            return str(alias.get("name"))
    message = f"{parameter.address} is not encrypted with a key of {stack.id}"
    raise LookupError(message)
