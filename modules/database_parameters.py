"""What a service must know of a database, in Parameter Store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs import Construct

from modules.parameter import Parameter, joined_hosts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cdktf import ITerraformDependable

    from modules.generated_password import GeneratedPassword
    from modules.key import Key
    from modules.label import Label
    from modules.policy import Grantable


class DatabaseParameters(Construct):
    """Host, port, user and password below `/<project>/<environment>/<database>/`."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        key: Key,
        name: str,
        facts: Mapping[str, str],
        reader_hosts: list[str],
        password: GeneratedPassword,
        password_version: int,
        after: list[ITerraformDependable],
    ) -> None:
        """Make the entries.

        Args:
            scope: Where they live.
            id_: Their role in that place.
            label: Names them.
            key: Encrypts them.
            name: The database, as their path has it.
            facts: What is no secret, by the last part of its path: `host`, `port`, `username`.
            reader_hosts: Where to read from only, if there is such a place.
            password: The database's own.
            password_version: The database's own, too.
            after: What took the password. If it fails, no entry tells a password that was never set.
        """
        super().__init__(scope, id_)
        if reader_hosts:
            facts = {**facts, "reader-hosts": joined_hosts(reader_hosts)}
        self._facts = {
            fact: Parameter.of(self, fact, label=label, key=key, name=f"{name}/{fact}", value=value)
            for fact, value in facts.items()
        }
        self.password = Parameter.secret(
            self,
            "password",
            label=label,
            key=key,
            name=f"{name}/password",
            value=password.value,
            version=password_version,
            after=after,
        )

    @property
    def by_name(self) -> dict[str, Parameter]:
        """Every entry by the last part of its path: `host`, `port`, `username`, `password`, ..."""
        return {**self._facts, "password": self.password}

    def grant_read(self, grantee: Grantable) -> None:
        """Let `grantee` read all of them."""
        for parameter in self.by_name.values():
            parameter.grant_read(grantee)
