"""A parameter known by its name alone, for what is made before the parameter exists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from modules.key import KeyUse, key_alias
from modules.parameter import read_statement
from modules.policy import Condition, Grantable, Statement

if TYPE_CHECKING:
    from modules.label import Label

_SID: Final = "DecryptNamedParameters"


class ReadableParameter(Protocol):
    """What a service needs of a parameter, which need not exist yet."""

    @property
    def name(self) -> str:
        """The full path."""

    @property
    def arn(self) -> str:
        """ARN of the parameter; also the `valueFrom` of a container's `secrets`."""

    def grant_read(self, grantee: Grantable) -> None:
        """Allow `grantee` to read and decrypt the parameter."""


@dataclass(frozen=True, kw_only=True)
class NamedParameter:
    """A parameter, and the key that will encrypt it, by their names."""

    label: Label
    """Of the region of both."""
    path: str
    """The end of its path, like `postgres/url`."""
    key: str
    """Component of the alias of its key."""

    @property
    def name(self) -> str:
        """The full path."""
        return self.label.path(self.path)

    @property
    def arn(self) -> str:
        """ARN of the parameter; also the `valueFrom` of a container's `secrets`."""
        return self.label.arn("ssm", f"parameter{self.name}")

    def grant_read(self, grantee: Grantable) -> None:
        """Allow `grantee` to read and decrypt the parameter; the key can have any id, but only this alias.

        Such a right takes effect up to five minutes after the alias:
        https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
        """
        use = KeyUse.parameter(self.arn, sid=_SID)
        has_alias = Condition(
            operator="ForAnyValue:StringEquals",
            key="kms:ResourceAliases",
            values=(key_alias(self.label, self.key),),
        )
        grantee.add_to_policy(
            read_statement(self.arn),
            Statement(
                sid=_SID,
                actions=("kms:Decrypt",),
                resources=(self.label.arn("kms", "key/*"),),
                conditions=(*use.conditions(self.label.region), has_alias),
            ),
        )
