"""Parameter Store parameters, each encrypted with a customer managed key and readable only for those granted."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf import Fn, TerraformResourceLifecycle, Token
from cdktf_cdktf_provider_aws.ssm_parameter import SsmParameter
from constructs import Construct

from modules.key import Key, KeyUse
from modules.policy import Grantable, Statement

if TYPE_CHECKING:
    from cdktf import TerraformResource

    from modules.label import Label

PLACEHOLDER: Final = "unset"
_OTHERS_WRITE: Final = ("allowed_pattern", "data_type", "description", "key_id", "tier", "type")
_WRITTEN_ONCE: Final = 1
_HEXADECIMAL: Final = 16
# Digits of the hash: 28 bits are an exact integer in every JSON parser.
_DIGITS: Final = 7


class Parameter(Construct):
    """One SecureString whose value is in no state and no plan.

    Create it by the source of its value: with `plain`, `generated`, `by_function` or `manual`.

    Terraform writes everything when it creates the parameter, later only the value, and only with a new version:

    - The provider sends a write-only value only if its version changes. An update of anything else sends an empty
      value, which AWS refuses, and then the layer cannot be applied any more:
      https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/ssm/parameter.go
    - A new version together with the other change is not the way out: the password of `generated` is new in each run,
      so it would no longer be the one that the database has. `manual`, and the JWT secrets, would lose their value.
    - Whoever else writes the value, a person or the rotation, sets the key, the tier and the rest as well.

    So every argument that a writer can set is ignored, for each source. The tier is not even declared: an update sends
    the declared one, and AWS refuses to make an advanced parameter a standard one.

    The price: AWS takes the account's default key (`alias/aws/ssm`) for a value that is written without a key, as the
    provider does for a new version. `make secrets` finds such parameters and prints the command that encrypts them with
    the layer's key again.
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
            lifecycle=TerraformResourceLifecycle(ignore_changes=list(_OTHERS_WRITE)),
            depends_on=depends_on,
        )

    @staticmethod
    def plain(scope: Construct, id_: str, *, label: Label, key: Key, name: str, value: str) -> Parameter:
        """A parameter that is not secret, like a host name; Terraform keeps it up to date."""
        return Parameter(scope, id_, label=label, key=key, name=name, value=value, version=version_of(value))

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
    def by_function(scope: Construct, id_: str, *, label: Label, key: Key, name: str) -> Parameter:
        """A parameter that a function writes; until then its value is `unset`, and no apply overwrites it."""
        return Parameter(scope, id_, label=label, key=key, name=name, value=PLACEHOLDER, version=_WRITTEN_ONCE)

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
        grantee.add_to_policy(read_statement(self.arn))
        self._key.grant_decrypt(grantee, KeyUse.parameter(self.arn, sid="DecryptParameters"))

    def grant_read_write(self, grantee: Grantable) -> None:
        """Allow `grantee` to read and overwrite the parameter; Parameter Store keeps the last 100 values."""
        grantee.add_to_policy(
            Statement(
                sid="WriteParameters",
                actions=("ssm:GetParameter", "ssm:GetParameters", "ssm:PutParameter"),
                resources=(self.arn,),
            )
        )
        self._key.grant_encrypt_decrypt(grantee, KeyUse.parameter(self.arn, sid="EncryptParameters"))


def read_statement(arn: str) -> Statement:
    """The right to read one parameter, as a service and as ECS do."""
    return Statement(sid="ReadParameters", actions=("ssm:GetParameter", "ssm:GetParameters"), resources=(arn,))


def version_of(value: str) -> float:
    """The version of a write-only argument, a number derived from a text: another text is another version."""
    return Token.as_number(Fn.parseint(Fn.substr(Fn.sha256(value), 0, _DIGITS), _HEXADECIMAL))


def join_hosts(hosts: list[str]) -> str:
    """Several hosts as one value, separated by commas: a StringList cannot be encrypted."""
    return Fn.join(",", hosts)
