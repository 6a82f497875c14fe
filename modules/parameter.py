"""Parameter Store entries: each encrypted under our key, and read by whoever was granted it."""

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
# Of a hash: 28 bits are a whole number to every program that reads JSON.
_DIGITS: Final = 7


class Parameter(Construct):
    """One SecureString, whose value is in no state and no plan.

    Make it by what is known of its value: `plain`, `generated` or `manual`.
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
        """An entry that is no secret, like a host's name; Terraform keeps it up to date."""
        # Sent again when the value changes: its version is a number made of the value.
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
        """An entry that is sent once per `version` and that no state holds.

        Args:
            label: Names it.
            key: Encrypts it.
            name: The end of its path, as `postgres/password`.
            value: A `GeneratedPassword.value`.
            version: Sent again when this grows; fixed where something else changes the value later.
            depends_on: What must have taken the value first.
        """
        return Parameter(
            scope, id_, label=label, key=key, name=name, value=value, version=version, depends_on=depends_on
        )

    @staticmethod
    def manual(scope: Construct, id_: str, *, label: Label, key: Key, name: str) -> Parameter:
        """An entry that a person fills; until then it says `unset`, and no apply overwrites it."""
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
        """Its whole path: known before it exists."""
        return self._path

    @cached_property
    def arn(self) -> str:
        """ARN of the entry; also what a container's `secrets` take as `valueFrom`."""
        return self._parameter.arn

    @property
    def dependables(self) -> list[TerraformResource]:
        """What must exist before anything uses it."""
        return [self._parameter]

    def grant_read(self, grantee: Grantable) -> None:
        """Let `grantee` read the entry, decryption included."""
        grantee.add_to_policy(Statement(actions=("ssm:GetParameter", "ssm:GetParameters"), resources=(self.arn,)))
        self._key.grant_decrypt(grantee)

    def grant_read_write(self, grantee: Grantable) -> None:
        """Let `grantee` read and overwrite the entry; Parameter Store keeps the last 100 values."""
        self.grant_read(grantee)
        grantee.add_to_policy(Statement(actions=("ssm:PutParameter",), resources=(self.arn,)))
        self._key.grant_encrypt_decrypt(grantee)


def joined_hosts(hosts: list[str]) -> str:
    """Several hosts in one entry, with commas between: a StringList cannot be encrypted."""
    return Token.as_string(Fn.join(",", hosts))
