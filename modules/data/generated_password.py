"""Passwords that Terraform passes on and forgets: in no state, no plan, no JSON."""

from __future__ import annotations

from typing import Final

from cdktf import TerraformStack
from constructs import Construct

_TYPE: Final = "aws_secretsmanager_random_password"
# 62 letters and digits: 40 of them are 238 bits, and DocumentDB takes up to 100 characters, PostgreSQL 128.
_LENGTH: Final = 40


class GeneratedPassword(Construct):
    """A random value created again by AWS whenever Terraform runs; for write-only arguments alone.

    A write-only argument is sent only when its `_wo_version` changes. Whatever must hold the same value must
    therefore get it in the same apply: give all of them the same version.

    It has letters and digits only: RDS refuses `/`, `@`, `"` and spaces, and a connection string needs no escaping.
    """

    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(scope, id_)
        # After the stack's own id. Construct ids are of [a-z0-9-], so joined by "_" no two paths are the same name.
        name = self.node.path.partition("/")[2].replace("/", "_")
        # cdktf 0.21 has no class for ephemeral resources.
        TerraformStack.of(self).add_override(
            f"ephemeral.{_TYPE}.{name}",
            {"password_length": _LENGTH, "exclude_punctuation": True, "require_each_included_type": True},
        )
        self._reference = f"ephemeral.{_TYPE}.{name}.random_password"

    @property
    def value(self) -> str:
        """For a `_wo` argument; Terraform refuses it anywhere else."""
        return f"${{{self._reference}}}"

    def as_json_with(self, username: str) -> str:
        """User name and password as the JSON that RDS Proxy reads from its secret."""
        return f'${{jsonencode({{"username" = "{username}", "password" = {self._reference}}})}}'
