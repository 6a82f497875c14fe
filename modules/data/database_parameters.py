"""What a service must know of a database, in Parameter Store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs import Construct

from modules.parameter import Parameter, joined_hosts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cdktf import TerraformResource

    from modules.data.generated_password import GeneratedPassword
    from modules.key import Key
    from modules.label import Label
    from modules.policy import Grantable


class DatabaseParameters(Construct):
    """Host, port, user, password, and all in one as `url`, below `/<project>/<environment>/<database>/`."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        key: Key,
        name: str,
        values: Mapping[str, str],
        url: str,
        reader_hosts: list[str],
        password: GeneratedPassword,
        password_version: int,
        depends_on: list[TerraformResource],
    ) -> None:
        """Make the entries.

        Args:
            label: Names them.
            key: Encrypts them.
            name: The database, as their path has it.
            values: What is no secret, by the last part of its path: `host`, `port`, `username`.
            url: All that a driver needs in one, the password's value included.
            reader_hosts: Where to read from only, if there is such a place.
            password: The database's own.
            password_version: The database's own, too.
            depends_on: What took the password. If it fails, no entry tells a password that was never set.
        """
        super().__init__(scope, id_)
        if reader_hosts:
            values = {**values, "reader-hosts": joined_hosts(reader_hosts)}
        self._values = {
            name_: Parameter.plain(self, name_, label=label, key=key, name=f"{name}/{name_}", value=value)
            for name_, value in values.items()
        }
        self._secrets = {
            secret: Parameter.generated(
                self,
                secret,
                label=label,
                key=key,
                name=f"{name}/{secret}",
                value=value,
                # Never another: sent alone, it would have a password that the database was not given.
                version=password_version,
                depends_on=depends_on,
            )
            for secret, value in {"password": password.value, "url": url}.items()
        }

    @property
    def by_name(self) -> dict[str, Parameter]:
        """Every entry by the last part of its path: `host`, `password`, `url`, ..."""
        return {**self._values, **self._secrets}

    def grant_read(self, grantee: Grantable) -> None:
        """Let `grantee` read all of them."""
        for parameter in self.by_name.values():
            parameter.grant_read(grantee)
