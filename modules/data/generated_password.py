"""Passwords that Terraform generates and passes on, but never stores: in no state, no plan, no JSON."""

from __future__ import annotations

from typing import Final

from cdktf import TerraformStack
from constructs import Construct

_TYPE: Final = "aws_secretsmanager_random_password"
# 40 of 62 letters and digits are 238 bits. DocumentDB accepts up to 100 characters, PostgreSQL 128.
_LENGTH: Final = 40


class GeneratedPassword(Construct):
    """A random value that AWS generates in every run of Terraform; only for write-only arguments.

    A write-only argument is sent only when its `_wo_version` changes, and no value is the same in the next run: one
    resource stores it, and others read it there.

    It has only letters and digits: RDS refuses `/`, `@`, `"` and spaces, and a connection string needs no escaping.
    """

    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(scope, id_)
        name = ephemeral_name(self)
        # cdktf 0.21 has no class for ephemeral resources.
        TerraformStack.of(self).add_override(
            f"ephemeral.{_TYPE}.{name}",
            {"password_length": _LENGTH, "exclude_punctuation": True, "require_each_included_type": True},
        )
        self._reference = f"ephemeral.{_TYPE}.{name}.random_password"

    @property
    def value(self) -> str:
        """For a `_wo` argument; Terraform refuses it in any other."""
        return f"${{{self._reference}}}"

    def json_with_username(self, username: str) -> str:
        """User name and password in the JSON format of a secret of RDS."""
        return f'${{jsonencode({{"username" = "{username}", "password" = {self._reference}}})}}'


def ephemeral_name(construct: Construct) -> str:
    """The name of the ephemeral resource of a construct, after its place in the stack.

    Construct ids are [a-z0-9-], so paths joined by "_" are unique.
    """
    return construct.node.path.partition("/")[2].replace("/", "_")
