"""Parameter Store parameters, each encrypted with a customer managed key and readable only for those granted."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf import Fn, Token
from cdktf_cdktf_provider_aws.ssm_parameter import SsmParameter
from constructs import Construct

from modules.policy import Grantable, Statement

if TYPE_CHECKING:
    from cdktf import TerraformResource

    from modules.key import Key
    from modules.label import Label

PLACEHOLDER: Final = "unset"
_WRITTEN_ONCE: Final = 1
_HEXADECIMAL: Final = 16
# Digits of the hash: 28 bits are an exact integer in every JSON parser.
_DIGITS: Final = 7


class Parameter(Construct):
    """One SecureString whose value is in no state and no plan.

    Create it by the source of its value: with `plain`, `generated` or `manual`.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        key: Key,
        name: str,
        value: str,
        version: float,
        tags: dict[str, str] | None = None,
        depends_on: list[TerraformResource] | None = None,
    ) -> None:
        super().__init__(scope, id_)
        self._key = key
        self._path = label.path(name)
        self._parameter = SsmParameter(
            self,
            "Default",
            name=self._path,
            type="SecureString",
            key_id=key.arn,
            value_wo=value,
            value_wo_version=version,
            tags=tags,
            depends_on=depends_on,
        )

    @staticmethod
    def plain(scope: Construct, id_: str, *, label: Label, key: Key, name: str, value: str) -> Parameter:
        """A parameter that is not secret, like a host name; Terraform keeps it up to date."""
        # The version is a number derived from the value, so that a changed value is written again.
        digest = Fn.parseint(Fn.substr(Fn.sha256(value), 0, _DIGITS), _HEXADECIMAL)
        return Parameter(scope, id_, label=label, key=key, name=name, value=value, version=Token.as_number(digest))

    @staticmethod
    def generated(
        scope: Construct,
        id_: str,
        *,
        label: Label,
        key: Key,
        name: str,
        value: str,
        version: int,
        depends_on: list[TerraformResource] | None = None,
    ) -> Parameter:
        """A parameter whose value is written once per `version` and is stored in no state.

        Args:
            label: Names it.
            key: Encrypts it.
            name: The end of its path, like `postgres/password`.
            value: A `GeneratedPassword.value`.
            version: The value is written again when it changes; constant if something else changes the value later.
            depends_on: What must have received the value before.
        """
        return Parameter(
            scope, id_, label=label, key=key, name=name, value=value, version=version, depends_on=depends_on
        )

    @staticmethod
    def manual(scope: Construct, id_: str, *, label: Label, key: Key, name: str) -> Parameter:
        """A parameter that a person sets; until then its value is `unset`, and no apply overwrites it."""
        return Parameter(
            scope,
            id_,
            label=label,
            key=key,
            name=name,
            value=PLACEHOLDER,
            version=_WRITTEN_ONCE,
            tags={"SuppliedBy": "person"},
        )

    @property
    def name(self) -> str:
        """The full path, known before the parameter exists."""
        return self._path

    @cached_property
    def arn(self) -> str:
        """ARN of the parameter; also the `valueFrom` of a container's `secrets`."""
        return self._parameter.arn

    @property
    def dependables(self) -> list[TerraformResource]:
        """What must exist before anything uses it."""
        return [self._parameter]

    def grant_read(self, grantee: Grantable) -> None:
        """Allow `grantee` to read and decrypt the parameter."""
        grantee.add_to_policy(Statement(actions=("ssm:GetParameter", "ssm:GetParameters"), resources=(self.arn,)))
        self._key.grant_decrypt(grantee)

    def grant_read_write(self, grantee: Grantable) -> None:
        """Allow `grantee` to read and overwrite the parameter; Parameter Store keeps the last 100 values."""
        self.grant_read(grantee)
        grantee.add_to_policy(Statement(actions=("ssm:PutParameter",), resources=(self.arn,)))
        self._key.grant_encrypt_decrypt(grantee)


def join_hosts(hosts: list[str]) -> str:
    """Several hosts as one value, separated by commas: a StringList cannot be encrypted."""
    return Token.as_string(Fn.join(",", hosts))
